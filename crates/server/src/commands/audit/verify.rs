//! `rollcall audit verify`.

use std::path::PathBuf;

use rollcall_domain::{
    StoreError,
    audit::{Chain, ChainFlaw, ChainMark, VerifiedLog},
};
use rollcall_persistence::Store;

use super::archive_file;
use crate::{commands::output, config::store::DatabaseSettings, failure::Failure};

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
        return print(verified, archives);
    }
    loop {
        let anchor = store.log_anchor().map_err(failed)?;
        let required = read(archives, anchor, contains)?;
        let verified = store.verify_log(&required).map_err(failed)?;
        // Entries that were removed meanwhile are in the files, which were read for others.
        if store.log_anchor().map_err(failed)? == anchor {
            return print(verified, archives);
        }
    }
}

fn print(verified: Result<VerifiedLog, ChainFlaw>, archives: &[PathBuf]) -> Result<(), Failure> {
    let log = verified.map_err(|flaw| explain(&flaw))?;
    output::print_verdict(&verdict(log, !archives.is_empty()))
}

/// Verifies the files as one chain that leads to the anchor. Returns the entries that the log must
/// have.
fn read(
    archives: &[PathBuf],
    anchor: ChainMark,
    contains: Option<ChainMark>,
) -> Result<Vec<ChainMark>, Failure> {
    let known = contains.into_iter().collect();
    let mut chain = Chain::behind(ChainMark::START, known);
    let mut has_anchor = anchor == ChainMark::START;
    for path in archives {
        archive_file::read(path, &mut chain, |entry| {
            has_anchor |= entry.mark() == anchor;
            Ok(())
        })?;
    }
    let end = chain.last();
    if end.number < anchor.number {
        return Err(altered(&ChainFlaw::Missing(end.number + 1)));
    }
    if !has_anchor {
        return Err(altered(&ChainFlaw::Altered(anchor.number)));
    }
    let later = contains.filter(|mark| mark.number > end.number);
    Ok([end].into_iter().filter(|mark| *mark != ChainMark::START).chain(later).collect())
}

fn explain(flaw: &ChainFlaw) -> Failure {
    match flaw {
        ChainFlaw::Archived(number) => {
            format!("--contains: entry {number} was archived; give the files with --archive").into()
        }
        flaw => altered(flaw),
    }
}

fn altered(flaw: &ChainFlaw) -> Failure {
    format!("the audit log is altered or incomplete: {flaw}").into()
}

fn verdict(VerifiedLog { anchor, unfinished, end }: VerifiedLog, has_archives: bool) -> String {
    let in_log = match end.number - anchor.number {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    let archived = anchor.number;
    let verdict = match (end.number, archived, has_archives) {
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
        let remedy = "run `rollcall audit archive` again";
        format!("the archive that ends with {end} is unfinished; {remedy}\n")
    });
    verdict + &unfinished
}
