//! `rollcall audit archive`.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
    thread,
    time::Instant,
};

use jiff::Timestamp;
use rollcall_domain::audit::{AnnouncedArchive, Chain, ChainMark};
use rollcall_persistence::{LogBeginning, RemovalError, Store};

use super::{
    archive_file::{self, ArchiveWriter},
    archive_resume::{finished, resume},
    verify::not_archived,
};
use crate::{
    commands::{
        files::{
            new_file::{Existing, NewFile},
            writing,
        },
        output,
    },
    config::store::DatabaseSettings,
    failure::{Failure, escaped},
};

/// A file with entries that are in the log.
pub(super) struct ArchiveFile {
    pub(super) archive: AnnouncedArchive,
    /// Whether this run wrote it.
    pub(super) is_new: bool,
    /// Locked, so that no other run goes on with a file that this one may delete.
    pub(super) locked: File,
}

/// Moves entries before `before` to the file at `path`.
pub(super) fn run(
    store: &Store,
    before: Timestamp,
    path: &Path,
    database: &DatabaseSettings,
) -> Result<(), Failure> {
    store.require_archiving().map_err(|error| database.failure(&error))?;
    require_whole(store, database)?;
    let beginning = store.log_beginning().map_err(|error| database.failure(&error))?;
    let shown = escaped(&path.to_string_lossy());
    let file = if fs::symlink_metadata(path).is_ok() {
        if let Some(AnnouncedArchive { end, .. }) = finished(beginning, path) {
            let done = format!("{shown} has the archive that ends with {end} already\n");
            return output::print_done(&done);
        }
        resume(beginning, before, path)?
    } else {
        let Some(file) = write(store, beginning, before, path, database)? else {
            return output::print_done("no entry is old enough; nothing was archived\n");
        };
        read_back(path, file.archive)?;
        file
    };
    let AnnouncedArchive { start, end } = file.archive;
    remove(store, beginning.anchor, file, path, database)?;
    let entries = match end.number - start.number {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    output::print_done(&format!("archived {entries} in {shown}; the log begins after {end}\n"))
}

/// Refuses a log with a flaw: an archive would seal it.
fn require_whole(store: &Store, database: &DatabaseSettings) -> Result<(), Failure> {
    let verified = store.verify_log(&[]).map_err(|error| database.failure(&error))?;
    verified.map(drop).map_err(|flaw| not_archived(&flaw))
}

/// Writes the file, whose entries are verified as they are read; none if there is no such entry.
fn write(
    store: &Store,
    LogBeginning { anchor, unfinished, .. }: LogBeginning,
    before: Timestamp,
    path: &Path,
    database: &DatabaseSettings,
) -> Result<Option<ArchiveFile>, Failure> {
    let shown = path.display();
    if let Some(AnnouncedArchive { end, .. }) = unfinished {
        return Err(format!(
            "{shown} does not exist, and the archive that ends with {end} is unfinished; give its \
             file or, if that is lost, run `rollcall audit abandon {end}`"
        )
        .into());
    }
    let file = NewFile::begin(path, Existing::Keep, &database.files()?)?;
    let failed = |error: io::Error| writing(path, &error);
    let locked = file.file().map_err(failed)?;
    locked.lock().map_err(failed)?;
    let output = BufWriter::new(file.file().map_err(failed)?);
    let mut writer = ArchiveWriter { chain: Chain::behind(anchor, Vec::new()), before, output };
    loop {
        let entries = store.entries_after(writer.chain.last().number);
        let entries = entries.map_err(|error| database.failure(&error))?;
        if entries.is_empty() || !writer.append(path, entries)? {
            break;
        }
    }
    writer.output.flush().map_err(failed)?;
    let end = writer.chain.last();
    if end == anchor {
        return Ok(None);
    }
    file.complete()?;
    let archive = AnnouncedArchive { start: anchor, end };
    Ok(Some(ArchiveFile { archive, is_new: true, locked }))
}

/// Verifies the file once it has its name.
fn read_back(path: &Path, archive: AnnouncedArchive) -> Result<(), Failure> {
    let mut chain = Chain::behind(archive.start, vec![archive.end]);
    archive_file::read(path, &mut chain, |_| Ok(()))?;
    if chain.last() != archive.end {
        let shown = path.display();
        return Err(format!("{shown} is not as it was written; nothing was removed").into());
    }
    Ok(())
}

/// Removes the entries of the archive.
fn remove(
    store: &Store,
    anchor: ChainMark,
    ArchiveFile { archive, is_new, locked }: ArchiveFile,
    path: &Path,
    database: &DatabaseSettings,
) -> Result<(), Failure> {
    let mut last = anchor;
    while last != archive.end {
        let begun = Instant::now();
        last = store.remove_archived(last, archive).map_err(|error| {
            let is_refusal = is_refusal(&error);
            let is_duplicate = is_new && last == anchor && is_refusal;
            let was_deleted = is_duplicate && fs::remove_file(path).is_ok();
            let outcome = if was_deleted { "was deleted" } else { "has the entries" };
            let said = format!("{error}; {} {outcome}", path.display());
            if is_refusal { said.into() } else { database.failure(&said) }
        })?;
        // On SQLite, servers write meanwhile.
        thread::sleep(begun.elapsed());
    }
    drop(locked);
    Ok(())
}

/// Whether the store certainly removed and announced nothing.
fn is_refusal(error: &RemovalError) -> bool {
    !matches!(error, RemovalError::Store(_))
}
