//! `rollcall audit archive` with a file that exists.

use std::{
    fmt::Display,
    fs::{File, TryLockError},
    io,
    path::Path,
};

use jiff::Timestamp;
use rollcall_domain::audit::{AnnouncedArchive, Chain};
use rollcall_persistence::LogBeginning;

use super::{archive::ArchiveFile, archive_file};
use crate::{commands::files::writing, failure::Failure};

/// The archive that ends at the beginning of the log, if the file has it: then an earlier run has
/// done all of its work.
pub(super) fn finished(
    LogBeginning { finished, .. }: LogBeginning,
    path: &Path,
) -> Option<AnnouncedArchive> {
    finished.filter(|archive| {
        let mut chain = Chain::behind(archive.start, Vec::new());
        archive_file::read(path, &mut chain, |_| Ok(())).is_ok() && chain.last() == archive.end
    })
}

/// The archive in an existing file. Its contents tell whether an interrupted run wrote it: it has
/// the entries of this log, from the beginning of the log or of the unfinished archive on.
pub(super) fn resume(
    LogBeginning { anchor, unfinished, .. }: LogBeginning,
    before: Timestamp,
    path: &Path,
) -> Result<ArchiveFile, Failure> {
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
    let locked = sync(path).map_err(|error| writing(path, &error))?;
    locked.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => format!("another run uses {shown}; wait until it ends").into(),
        TryLockError::Error(error) => writing(path, &error),
    })?;
    Ok(ArchiveFile { archive, is_new: false, locked })
}

/// The run before may have ended before it did this.
fn sync(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    file.sync_all()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(file)
}
