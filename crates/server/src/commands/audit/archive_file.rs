//! Files of archived entries: one line of JSON for each, the oldest first.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

use jiff::Timestamp;
use rollcall_domain::audit::{AuditEntry, Chain};
use rollcall_persistence::NumberedEntry;

use super::entry_json;
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
            self.chain.step(number, entry).map_err(|flaw| {
                format!("the audit log is altered or incomplete: {flaw}; nothing was archived")
            })?;
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
        let entry = entry.ok_or_else(|| invalid(path, place))?;
        let number = entry.number;
        each(&entry)?;
        chain.step(number, Ok(Some(entry))).map_err(|flaw| {
            let order = if place == 1 { "; give all archives, the oldest first" } else { "" };
            Failure::from(format!("{}, line {place}: {flaw}{order}", path.display()))
        })?;
    }
}

fn invalid(path: &Path, place: u64) -> Failure {
    let path = path.display();
    format!("{path}, line {place}: not a whole entry as `rollcall audit archive` writes it").into()
}
