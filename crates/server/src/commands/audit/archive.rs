//! `rollcall audit archive`.

use std::{
    fmt::Display,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
    thread,
    time::Instant,
};

use jiff::Timestamp;
use rollcall_domain::audit::{AnnouncedArchive, Chain, ChainMark};
use rollcall_persistence::{LogBeginning, Store};

use super::archive_file::{self, ArchiveWriter};
use crate::{
    commands::{
        files::{new_file::NewFile, writing},
        output,
    },
    config::store::DatabaseSettings,
    failure::{Failure, escaped},
};

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
    let archive = if fs::symlink_metadata(path).is_ok() {
        if let Some(AnnouncedArchive { end, .. }) = finished(beginning, path) {
            let done = format!("{shown} has the archive that ends with {end} already\n");
            return output::print_done(&done);
        }
        resume(beginning, before, path)?
    } else {
        let Some(archive) = write(store, beginning, before, path, database)? else {
            return output::print_done("no entry is old enough; nothing was archived\n");
        };
        read_back(path, archive)?;
        archive
    };
    remove(store, beginning.anchor, archive, path, database)?;
    let AnnouncedArchive { start, end } = archive;
    let entries = match end.number - start.number {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    output::print_done(&format!("archived {entries} in {shown}; the log begins after {end}\n"))
}

/// Refuses a log with a flaw: an archive would seal it.
fn require_whole(store: &Store, database: &DatabaseSettings) -> Result<(), Failure> {
    let verified = store.verify_log(&[]).map_err(|error| database.failure(&error))?;
    verified.map(drop).map_err(|flaw| {
        format!("the audit log is altered or incomplete: {flaw}; nothing was archived").into()
    })
}

/// The archive that ends at the beginning of the log, if the file has it: then an earlier run has
/// done all of its work.
fn finished(LogBeginning { finished, .. }: LogBeginning, path: &Path) -> Option<AnnouncedArchive> {
    finished.filter(|archive| {
        let mut chain = Chain::behind(archive.start, Vec::new());
        archive_file::read(path, &mut chain, |_| Ok(())).is_ok() && chain.last() == archive.end
    })
}

/// Writes the file, whose entries are verified as they are read; none if there is no such entry.
fn write(
    store: &Store,
    LogBeginning { anchor, unfinished, .. }: LogBeginning,
    before: Timestamp,
    path: &Path,
    database: &DatabaseSettings,
) -> Result<Option<AnnouncedArchive>, Failure> {
    let shown = path.display();
    if let Some(AnnouncedArchive { end, .. }) = unfinished {
        let error = format!("the archive that ends with {end} is unfinished; give its file");
        return Err(format!("{shown} does not exist, and {error}").into());
    }
    let file = NewFile::begin(path, false, &database.files()?)?;
    let failed = |error: io::Error| writing(path, &error);
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
    Ok(Some(AnnouncedArchive { start: anchor, end }))
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

/// The archive in an existing file. Its contents tell whether an interrupted run wrote it: it has
/// the entries of this log, from the beginning of the log or of the unfinished archive on.
fn resume(
    LogBeginning { anchor, unfinished, .. }: LogBeginning,
    before: Timestamp,
    path: &Path,
) -> Result<AnnouncedArchive, Failure> {
    let shown = path.display();
    let other = |reason: &dyn Display| {
        Failure::from(format!(
            "{shown} exists and is not the file of an interrupted run; give another name ({reason})"
        ))
    };
    let start = unfinished.map_or(anchor, |archive| archive.start);
    let removed = Some(anchor).filter(|mark| *mark != start);
    let mut chain = Chain::behind(start, removed.into_iter().collect());
    let read = archive_file::read(path, &mut chain, |entry| match entry.number {
        number if number <= start.number => {
            Err(format!("it begins with entry {number}, and the log after {}", start.number).into())
        }
        number if entry.time >= before => {
            Err(format!("entry {number} is not before --before").into())
        }
        _ => Ok(()),
    });
    read.map_err(|reason| other(&reason))?;
    let archive = AnnouncedArchive { start, end: chain.last() };
    if let Some(announced) = unfinished.filter(|announced| *announced != archive) {
        return Err(other(&format!("that one ends with {}", announced.end)));
    }
    if archive.end == start {
        return Err(other(&"it has no entries"));
    }
    sync(path).map_err(|error| writing(path, &error))?;
    Ok(archive)
}

/// The run before may have ended before it did this.
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Removes the entries of the archive.
fn remove(
    store: &Store,
    mut anchor: ChainMark,
    archive: AnnouncedArchive,
    path: &Path,
    database: &DatabaseSettings,
) -> Result<(), Failure> {
    while anchor != archive.end {
        let begun = Instant::now();
        anchor = store.remove_archived(anchor, archive).map_err(|error| {
            let shown = path.display();
            database.failure(&format!("{error}; {shown} has the entries"))
        })?;
        // On SQLite, servers write meanwhile.
        thread::sleep(begun.elapsed());
    }
    Ok(())
}
