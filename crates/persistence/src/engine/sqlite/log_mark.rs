//! Which log a process has open: told to other processes by a lock on the index of the log.
//!
//! SQLite locks the file and the index of the log, and not the log itself. So each process locks
//! one more byte of the index, far behind all that SQLite uses. Its number tells the inode of the
//! log that the process has open. The lock ends with SQLite's own, since it is taken by the process
//! and not by a descriptor.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
};

use nix::{
    fcntl::{FcntlArg, fcntl},
    libc,
};

use crate::engine::sqlite::file_use::{Bytes, lock_of};

/// The first byte that tells of a log. There are as many behind it as a lock can reach.
const FIRST: u64 = 1 << 62;

/// How long a lock is that reaches to the end of all bytes.
const TO_THE_END: u64 = 0;

/// Says to other processes that this one has the log at `log` open. `index` must never be closed:
/// that would give back every lock that this process has on it.
pub(crate) fn set(index: &'static File, log: &Path) -> io::Result<()> {
    let start = mark_of(log)?.try_into().map_err(io::Error::other)?;
    let lock = libc::flock {
        l_type: libc::F_RDLCK.try_into().map_err(io::Error::other)?,
        l_whence: libc::SEEK_SET.try_into().map_err(io::Error::other)?,
        l_start: start,
        l_len: 1,
        l_pid: 0,
    };
    Ok(fcntl(index, FcntlArg::F_SETLK(&lock)).map(drop)?)
}

/// Whether another process has the index open with another log than the one at `log`. No where that
/// can not be told: other programs, and earlier releases, do not say which log they have open.
pub(crate) fn is_of_another_log(index: &File, log: &Path) -> bool {
    let Ok(mark) = mark_of(log) else { return false };
    let is_marked = |start, length| lock_of(index, &Bytes { start, length }).is_some();
    let before = mark - FIRST;
    before > 0 && is_marked(FIRST, before) || is_marked(mark + 1, TO_THE_END)
}

/// The byte that stands for the log at `log`.
fn mark_of(log: &Path) -> io::Result<u64> {
    // The last byte has none behind it.
    Ok(FIRST + fs::metadata(log)?.ino() % (FIRST - 1))
}
