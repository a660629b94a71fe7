//! SQLite's file before SQLite opens it: here the flaw is known, and there only that
//! it can't be opened.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, access},
    io::Errno,
};

/// How the name of the log beside a file ends, which has the newest changes, and that of its index.
pub(crate) const LOG: &str = "-wal";
pub(crate) const LOG_INDEX: &str = "-shm";

/// The same of the log that SQLite keeps while a file is not in WAL mode.
pub(crate) const JOURNAL: &str = "-journal";

/// How many links follow each other before the system gives up.
const MAX_LINKS: usize = 40;

/// What SQLite keeps beside the file at `path`: where a link leads to, as SQLite itself does.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    followed_by(&resolved(path), ending)
}

/// The path with `ending` behind its last name.
pub(crate) fn followed_by(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Where the links at `path` lead to, also if there is no file at their end.
fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        if let Ok(path) = fs::canonicalize(&path) {
            return path;
        }
        let Ok(target) = fs::read_link(&path) else { break };
        path.pop();
        path.push(target);
    }
    path
}

/// The log, or its index, of a file that is missing or empty at `path`. SQLite would delete a log
/// beside a new file, though it may be all that there is of the newest changes. An index alone says
/// that another process has the file open, or was killed.
pub(crate) fn lone_log(path: &Path) -> Option<PathBuf> {
    if has_bytes(path) || path.is_dir() {
        return None;
    }
    [LOG, LOG_INDEX].map(|ending| beside(path, ending)).into_iter().find(|log| log.exists())
}

/// Whether no file is at `path`, or one that has nothing in it.
pub(crate) fn is_missing_or_empty(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file() && metadata.len() == 0)
}

/// Where the session secret of the store at `path` is kept, unless a setting gives it.
#[must_use]
pub fn session_secret(path: &Path) -> PathBuf {
    followed_by(path, "-session-secret")
}

/// Whether there is anything in the file at `path`.
pub(crate) fn has_bytes(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0)
}

/// Makes the file before SQLite does, readable by its owner only: it holds password hashes. SQLite
/// gives the files beside it the same permissions.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Refuses what this process may not write, or not make the log beside.
pub(crate) fn require_writable(path: &Path) -> io::Result<()> {
    require_readable(path)?;
    access(path, Access::WRITE_OK)?;
    // A command that root ran after a crash may have left them to root.
    for path in [LOG, LOG_INDEX, JOURNAL].map(|ending| beside(path, ending)) {
        if path.exists() {
            access(&path, Access::READ_OK | Access::WRITE_OK)
                .map_err(|error| named(&path, error))?;
        }
    }
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    access(folder, Access::WRITE_OK).map_err(|error| {
        let error = io::Error::from(error);
        io::Error::new(error.kind(), format!("the folder {}: {error}", folder.display()))
    })
}

fn named(path: &Path, error: Errno) -> io::Error {
    let error = io::Error::from(error);
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Refuses a path that this process may not read, or that is no file. Nothing is opened: closing it
/// would give back the locks that this process has on it.
pub(crate) fn require_readable(path: &Path) -> io::Result<()> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
    }
    if !kind.is_file() {
        return Err(io::Error::other("is a device, pipe or socket; a regular file is accepted"));
    }
    Ok(access(path, Access::READ_OK)?)
}
