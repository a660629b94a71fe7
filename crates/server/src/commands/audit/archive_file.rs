//! Files of archived entries: one line of JSON for each, the oldest first.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rollcall_domain::audit::{AnnouncedArchive, AuditEntry, Chain, ChainFlaw};
use rollcall_persistence::NumberedEntry;

use super::{entry_json, verify::not_archived};
use crate::{
    commands::files::{require_regular, writing},
    failure::Failure,
};

/// The longest line. Those of servers have some kilobytes.
const MAX_LINE: u64 = 64 << 20;

/// Writes entries until one is not old enough.
pub(super) struct ArchiveWriter {
    pub(super) chain: Chain,
    pub(super) before: Timestamp,
    pub(super) output: BufWriter<File>,
}

impl ArchiveWriter {
    /// Appends entries. Returns whether later ones may be old enough, too.
    pub(super) fn append(
        &mut self,
        path: &Path,
        entries: Vec<NumberedEntry>,
    ) -> Result<bool, Failure> {
        for (number, entry) in entries {
            let written = entry.as_ref().ok().and_then(Option::as_ref);
            if written.is_some_and(|entry| entry.time >= self.before) {
                return Ok(false);
            }
            let line = written.map(entry_json::line).unwrap_or_default();
            self.chain.step(number, entry).map_err(|flaw| not_archived(&flaw))?;
            writeln!(self.output, "{line}").map_err(|error| writing(path, &error))?;
        }
        Ok(true)
    }
}

/// Reads a file and verifies it as the continuation of `chain`. Hands every entry to `each`.
pub(super) fn read(
    path: &Path,
    chain: &mut Chain,
    mut each: impl FnMut(&AuditEntry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    entries(path, |place, entry| {
        let number = entry.number;
        each(&entry)?;
        chain.step(number, Ok(Some(entry))).map_err(|flaw| {
            let is_first = place == 1 && !matches!(flaw, ChainFlaw::Lost(_));
            let order = if is_first { "; give all archives, the oldest first" } else { "" };
            Failure::from(format!("{}, line {place}: {flaw}{order}", path.display()))
        })
    })
}

/// The lost archives that entries of these files record. The entries are not verified.
pub(super) fn lost(paths: &[PathBuf]) -> Result<Vec<AnnouncedArchive>, Failure> {
    let mut lost = Vec::new();
    for path in paths {
        entries(path, |_, entry| {
            lost.extend(entry.lost_archive());
            Ok(())
        })?;
    }
    Ok(lost)
}

/// Hands every entry of a file to `each`, with its line number.
fn entries(
    path: &Path,
    mut each: impl FnMut(u64, AuditEntry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    require_regular(path)?;
    let failed = |error| Failure::from(format!("{} can't be read: {error}", path.display()));
    let mut file = BufReader::with_capacity(1 << 17, File::open(path).map_err(failed)?);
    let (mut line, mut place) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        let length = (&mut file).take(MAX_LINE).read_until(b'\n', &mut line).map_err(failed)?;
        if length == 0 {
            return Ok(());
        }
        place += 1;
        let entry = line.strip_suffix(b"\n").and_then(entry_json::parse);
        each(place, entry.ok_or_else(|| invalid(path, place))?)?;
    }
}

fn invalid(path: &Path, place: u64) -> Failure {
    let path = path.display();
    format!("{path}, line {place}: not a whole entry as `rollcall audit archive` writes it").into()
}
