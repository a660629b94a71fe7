//! `rollcall import`: adds many users from a file.
//!
//! All or none: the file is first read to its end, and all users are checked, hashed and spooled to
//! an anonymous file. Then one transaction writes them, and the store is locked only during that.
//! With `--skip-errors` each batch is a transaction.

mod batches;
mod costs;
mod names;
mod report;
mod resolve;
mod spool;

use std::process::ExitCode;

use rollcall_persistence::{ImportError, ImportedLine, Importer};
use rollcall_user_file::{Format, Line, Reader, Record, Source};

use self::{
    batches::{Batches, SourceSize},
    costs::Costs,
    report::Report,
    resolve::Resolver,
    spool::Spool,
};
use crate::{
    commands::output::{
        self,
        pace::{Pace, Part},
    },
    config::{import::ImportSettings, input},
    failure::Failure,
    telemetry,
};

/// The most invalid lines that a failed import reports.
const MAX_REFUSED: u64 = 100;

/// The exit code when only some lines were imported.
const SOME_SKIPPED: u8 = 2;

/// Imports the file, and prints the result.
pub(crate) fn run(settings: &ImportSettings) -> Result<ExitCode, Failure> {
    telemetry::log::direct();
    let ImportSettings { file, skip_errors, dry_run, store, .. } = settings;
    let format = settings
        .format
        .or_else(|| Format::of(file))
        .ok_or("--format is required (ndjson or csv) for names without .ndjson, .jsonl or .csv")?;
    let source = input::wait("the file to import", file, || Source::open(file))?;
    let size = SourceSize::of(&source);
    let batches = Batches::new(size, Reader::new(source, format)?);
    let url = store.url()?;
    let importer = if *dry_run { Importer::rehearse(&url) } else { Importer::open(&url) };
    let mut importer = importer.map_err(|error| store.database.failure(&error))?;
    let stored = importer.hash_cost().map_err(|error| store.database.failure(&error))?;
    let costs = Costs::new(store.bcrypt_cost_beside(stored), stored);
    let resolver = Resolver::new(costs.new);
    let report = Report::new(if *dry_run || *skip_errors { u64::MAX } else { MAX_REFUSED });
    let mut import = Import { settings, importer, costs, resolver, report };
    let outcome = if *dry_run || *skip_errors {
        import.line_by_line(batches)
    } else {
        import.all_or_none(batches)
    };
    import.report.end();
    outcome?;
    import.conclude()
}

struct Import<'a> {
    settings: &'a ImportSettings,
    importer: Importer,
    costs: Costs,
    resolver: Resolver,
    report: Report,
}

impl Import<'_> {
    /// Imports each batch in its own transaction.
    fn line_by_line(&mut self, mut batches: Batches) -> Result<(), Failure> {
        let verb = if self.settings.dry_run { "checking" } else { "importing" };
        let pace = Pace::start(verb, "user");
        while let Some(batch) = batches.next()? {
            let users = self.resolve(batch, !self.settings.dry_run)?;
            let added = self.add_batch(&users);
            added.map_err(|error| self.settings.store.database.failure(&error))?;
            self.report.progress(&pace, batches.count(), batches.part(), false);
        }
        self.report.progress(&pace, batches.count(), batches.part(), true);
        Ok(())
    }

    fn add_batch(&mut self, users: &[ImportedLine]) -> Result<(), ImportError> {
        if users.is_empty() {
            return Ok(());
        }
        self.importer.begin()?;
        let outcomes = self.importer.add(users)?;
        self.importer.commit()?;
        self.report.outcomes(users, outcomes);
        Ok(())
    }

    /// Imports the whole file in one transaction, if every line is valid.
    fn all_or_none(&mut self, mut batches: Batches) -> Result<(), Failure> {
        let mut spool = Spool::new().map_err(|error| spool_failure(&error))?;
        let pace = Pace::start("checking", "user");
        while !self.report.is_full()
            && let Some(batch) = batches.next()?
        {
            // After an invalid line nothing is written, so hashes are not required.
            let users = self.resolve(batch, self.report.refused() == 0)?;
            spool.push(users).map_err(|error| spool_failure(&error))?;
            self.report.progress(&pace, batches.count(), batches.part(), false);
        }
        self.report.progress(&pace, batches.count(), batches.part(), true);
        if self.report.refused() > 0 { Ok(()) } else { self.add_all(spool) }
    }

    fn add_all(&mut self, spool: Spool) -> Result<(), Failure> {
        let failure = |error: ImportError| {
            let error = format!("{error}; nothing was imported; run the import again");
            self.settings.store.database.failure(&error)
        };
        let (total, pace) = (spool.count(), Pace::start("adding", "user"));
        let mut spooled = spool.read().map_err(|error| spool_failure(&error))?;
        let mut done = 0;
        self.importer.begin_for(total).map_err(failure)?;
        while !self.report.is_full()
            && let Some(users) = spooled.next().map_err(|error| spool_failure(&error))?
        {
            let outcomes = self.importer.add(&users).map_err(failure)?;
            done += users.len() as u64;
            self.report.outcomes(&users, outcomes);
            self.report.progress(&pace, done, Some(Part { done, total }), done == total);
        }
        if self.report.refused() == 0 { self.importer.commit().map_err(failure) } else { Ok(()) }
    }

    /// The valid users of a batch, with hashes.
    fn resolve(
        &mut self,
        batch: Vec<Line>,
        needs_hashes: bool,
    ) -> Result<Vec<ImportedLine>, Failure> {
        let Self { settings, importer, costs, resolver, report } = self;
        let mut users = Vec::with_capacity(batch.len());
        for line in batch {
            match line.record.and_then(Record::parse).and_then(|user| costs.check(user)) {
                Ok(user) => users.push((line.number, user)),
                Err(reason) => report.refuse(line.number, &reason),
            }
        }
        let failure = |error: &ImportError| settings.store.database.failure(error);
        let users = names::refuse_new(importer, report, users).map_err(|error| failure(&error))?;
        let resolved = resolver.resolve(importer, users, needs_hashes);
        resolved.map_err(|error| error.into_failure(failure))
    }

    /// Prints the result, and returns the exit code.
    fn conclude(self) -> Result<ExitCode, Failure> {
        let Self { settings, importer, report, .. } = self;
        let (refused, is_partial) = (report.refused(), settings.skip_errors && !settings.dry_run);
        if refused > 0 && !is_partial {
            return Err(report.failure(settings.dry_run).into());
        }
        importer.finish();
        let summary = report.summary(settings.dry_run);
        if settings.dry_run {
            output::print(&summary)?;
        } else {
            output::print_done(&summary)?;
        }
        Ok(if refused > 0 { SOME_SKIPPED.into() } else { ExitCode::SUCCESS })
    }
}

fn spool_failure(error: &std::io::Error) -> Failure {
    format!("writing temporary data in {}: {error}", std::env::temp_dir().display()).into()
}
