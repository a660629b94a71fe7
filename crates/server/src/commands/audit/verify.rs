//! `rollcall audit verify`.

use std::path::PathBuf;

use rollcall_domain::{
    StoreError,
    audit::{AnnouncedArchive, Chain, ChainFlaw, ChainMark, VerifiedLog},
};
use rollcall_persistence::Store;

use super::{abandon::recorded, archive_file};
use crate::{commands::output, config::store::DatabaseSettings, failure::Failure};

/// How an interrupted archive is completed.
const FINISH: &str = "run `rollcall audit archive` again, or `rollcall audit abandon` if its file \
                      is lost";

/// What the files have.
struct Files {
    /// Their last entry.
    end: ChainMark,
    /// The entries that the log must have.
    required: Vec<ChainMark>,
    /// The lost archives between them.
    skipped: Vec<AnnouncedArchive>,
}

/// Runs the command.
pub(super) fn run(
    store: &Store,
    contains: Option<ChainMark>,
    archives: &[PathBuf],
    database: &DatabaseSettings,
) -> Result<(), Failure> {
    let failed = |error: StoreError| database.failure(&error);
    if archives.is_empty() {
        let required: Vec<_> = contains.into_iter().collect();
        let verified = store.verify_log(&required).map_err(failed)?;
        return print(verified, None);
    }
    loop {
        let anchor = store.log_anchor().map_err(failed)?;
        let lost = store.lost_archives().map_err(failed)?;
        let files = read(archives, anchor, contains, lost.clone()).or_else(|failure| {
            // A later archive may have the entry that records the loss of an earlier one.
            let recorded = archive_file::lost(archives)?;
            if recorded.is_empty() {
                return Err(failure);
            }
            read(archives, anchor, contains, [lost, recorded].concat())
        })?;
        let verified = store.verify_log(&files.required).map_err(failed)?;
        // Entries that were removed meanwhile are in the files, which were read for others.
        if store.log_anchor().map_err(failed)? == anchor {
            return print(verified, Some(files));
        }
    }
}

fn print(verified: Result<VerifiedLog, ChainFlaw>, files: Option<Files>) -> Result<(), Failure> {
    let log = verified.map_err(|flaw| explain(&flaw))?;
    files.as_ref().map_or(Ok(()), |files| require_unfinished(&log, files))?;
    output::print_verdict(&verdict(log, files))
}

/// Verifies the files as one chain that leads to the anchor.
fn read(
    archives: &[PathBuf],
    anchor: ChainMark,
    contains: Option<ChainMark>,
    lost: Vec<AnnouncedArchive>,
) -> Result<Files, Failure> {
    let known = contains.into_iter().collect();
    let mut chain = Chain::behind(ChainMark::START, known).without(lost);
    let mut has_anchor = anchor == ChainMark::START;
    for path in archives {
        archive_file::read(path, &mut chain, |entry| {
            has_anchor |= entry.mark() == anchor;
            Ok(())
        })?;
    }
    if chain.last().number < anchor.number {
        chain.skip_lost().map_err(|flaw| altered(&flaw))?;
    }
    let end = chain.last();
    // Nothing may be removed yet behind a lost archive.
    has_anchor |= end == anchor || chain.skipped().iter().any(|lost| lost.end == anchor);
    if end.number < anchor.number {
        return Err(altered(&ChainFlaw::Missing(end.number + 1)));
    }
    if !has_anchor {
        return Err(altered(&ChainFlaw::Altered(anchor.number)));
    }
    let later = contains.filter(|mark| mark.number > end.number);
    let required = [end].into_iter().filter(|mark| *mark != ChainMark::START).chain(later);
    Ok(Files { end, required: required.collect(), skipped: chain.skipped().to_vec() })
}

/// Refuses files that lack entries of an unfinished archive, which are in the log still.
fn require_unfinished(log: &VerifiedLog, files: &Files) -> Result<(), Failure> {
    match (files.end.number, log.unfinished.map(|archive| archive.end.number)) {
        (last, Some(end)) if last < end => Err(altered(&ChainFlaw::CutFile { last, end })),
        _ => Ok(()),
    }
}

fn explain(flaw: &ChainFlaw) -> Failure {
    match flaw {
        ChainFlaw::Archived(number) => {
            format!("--contains: entry {number} was archived; give the files with --archive").into()
        }
        flaw => altered(flaw),
    }
}

/// The error for a log with a flaw: an archive would seal it.
pub(super) fn not_archived(flaw: &ChainFlaw) -> Failure {
    format!("{}; nothing was archived", altered(flaw)).into()
}

fn altered(flaw: &ChainFlaw) -> Failure {
    format!("the audit log is altered or incomplete: {flaw}").into()
}

fn verdict(log: VerifiedLog, files: Option<Files>) -> String {
    let VerifiedLog { anchor, unfinished, mut lost, end } = log;
    let in_log = match end.number - anchor.number {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    let has_archives = files.is_some();
    let skipped = files.map(|files| files.skipped).unwrap_or_default();
    let count = |AnnouncedArchive { start, end }: &AnnouncedArchive| end.number - start.number;
    let archived = anchor.number - skipped.iter().map(count).sum::<i64>();
    lost.extend(skipped);
    lost.sort_by_key(|archive| archive.start.number);
    lost.dedup();
    let verdict = match (end.number, anchor.number, has_archives) {
        (0, ..) => "the audit log has no entries\n".to_owned(),
        (_, 0, _) => format!("verified {in_log}; the last is {end}\n"),
        (_, _, true) => {
            format!("verified {in_log} and {archived} archived before; the last is {end}\n")
        }
        (_, _, false) => {
            format!("verified {in_log} after the archived entry {anchor}; the last is {end}\n")
        }
    };
    let unfinished = unfinished.map_or_else(String::new, |archive| {
        let end = archive.end;
        format!("the archive that ends with {end} is unfinished; {FINISH}\n")
    });
    verdict + &lost.into_iter().map(recorded).collect::<String>() + &unfinished
}
