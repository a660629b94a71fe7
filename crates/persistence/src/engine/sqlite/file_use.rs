//! Whether the processes that have a SQLite file open came by the same path.
//!
//! SQLite keeps the log beside the path that it opens a file by. A process that has come by another
//! path has another log: by a link, by a mount of the file alone, or by the path at which another
//! file lay before. Then one of the logs is lost, or goes into the wrong file. In WAL mode, every
//! process has locks on the file and on the index of the log, for as long as it has them open. So
//! other processes have locks on both, or on neither. The log itself has none, and `log_mark` tells
//! which one a process has open.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Flock, FlockType, fcntl_getlk};

use crate::{
    engine::sqlite::{
        file::{LOG, LOG_INDEX, beside, followed_by, has_bytes},
        file_place::{linked, links},
        log_mark,
    },
    error::open::OpenError,
};

/// The bytes that processes lock of a file that they have open: from `SHARED_FIRST` on.
const OF_FILE: Bytes = Bytes { start: 0x4000_0002, length: 510 };

/// The byte that processes lock of an index that they have open: `UNIX_SHM_DMS`.
const OF_INDEX: Bytes = Bytes { start: 128, length: 1 };

/// Where a file says how it is written and read: 2 for the WAL mode.
const MODES: u64 = 18;
const WAL_MODE: [u8; 2] = [2, 2];

/// How long a process may take between one lock and the other, when it opens or closes the file.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long to wait before the next look.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Some bytes of a file, to its end if the length is 0.
pub(crate) struct Bytes {
    pub(crate) start: u64,
    pub(crate) length: u64,
}

/// Refuses a file that has several names, or a log beside a link to it. The log of each would be
/// another one.
pub(crate) fn require_one_name(path: &Path) -> Result<(), OpenError> {
    let links = links(path);
    if links > 1 {
        return Err(OpenError::Linked(linked(path, links)));
    }
    let log = followed_by(path, LOG);
    if has_bytes(&log) && fs::canonicalize(&log).ok() != Some(beside(path, LOG)) {
        let [path, log] = [path, &log].map(|path| path.display().to_string());
        return Err(OpenError::LogBesideLink { path, log });
    }
    Ok(())
}

/// Refuses a file if other processes have another file open beside the log at `path`, this file by
/// another path, or another log, or another index of it. Must be called before SQLite opens the
/// file.
pub(crate) fn require_same_use(path: &Path) -> Result<(), OpenError> {
    let begun = Instant::now();
    loop {
        match difference(path) {
            None => return Ok(()),
            Some(error) if begun.elapsed() >= PATIENCE => return Err(error),
            Some(_) => thread::sleep(BETWEEN_LOOKS),
        }
    }
}

/// Whether another process has the log at `path` open, whichever file it writes its changes to.
pub(crate) fn is_log_in_use(path: &Path) -> bool {
    locked_index(path).is_some()
}

/// Whether another process has the file at `path` open, or reads or writes it at the moment.
pub(crate) fn is_file_in_use(path: &Path) -> bool {
    opened(path).is_some_and(|file| lock_of(file, &OF_FILE).is_some())
}

/// Says to other processes that this one has the log at `path` open, where the file system has
/// locks.
pub(crate) fn mark_log(path: &Path) {
    let Some(index) = opened(&beside(path, LOG_INDEX)) else { return };
    if let Err(error) = log_mark::set(index, &beside(path, LOG)) {
        log::debug!("marking {}{LOG_INDEX}: {error}", path.display());
    }
}

/// The index of the log at `path`, if another process has it open.
fn locked_index(path: &Path) -> Option<&'static File> {
    opened(&beside(path, LOG_INDEX)).filter(|index| lock_of(index, &OF_INDEX).is_some())
}

fn difference(path: &Path) -> Option<OpenError> {
    let file = opened(path)?;
    let (lock_of_file, index) = (lock_of(file, &OF_FILE), locked_index(path));
    let (log, name) = (beside(path, LOG), path.display().to_string());
    match (lock_of_file, index) {
        (None, Some(_)) => Some(OpenError::OtherFile(name)),
        (Some(_), Some(_)) if !log.exists() => Some(OpenError::LogMoved(name)),
        (Some(_), Some(index)) if log_mark::is_of_another_log(index, &log) => {
            Some(OpenError::Replaced(format!("{name}{LOG}")))
        }
        // A process that has the file for itself needs no index, and SQLite refuses the file.
        (Some(FlockType::ReadLock), None) if is_in_wal_mode(file) => Some(if log.exists() {
            OpenError::Replaced(format!("{name}{LOG_INDEX}"))
        } else {
            OpenError::OtherPath(name)
        }),
        _ => None,
    }
}

/// The file at `path`, which is never closed: the system takes every lock on a file from a process
/// that closes it, also those that SQLite has.
pub(crate) fn opened(path: &Path) -> Option<&'static File> {
    let file = File::open(path).ok()?;
    Some(Box::leak(Box::new(file)))
}

/// The lock that another process has on any of the bytes; none where that can not be told.
pub(crate) fn lock_of(file: &File, bytes: &Bytes) -> Option<FlockType> {
    let mut lock = Flock::from(FlockType::WriteLock);
    (lock.start, lock.length) = (bytes.start, bytes.length);
    fcntl_getlk(file, &lock).ok()?.map(|found| found.typ)
}

fn is_in_wal_mode(file: &File) -> bool {
    let mut modes = [0; WAL_MODE.len()];
    file.read_exact_at(&mut modes, MODES).is_ok() && modes == WAL_MODE
}
