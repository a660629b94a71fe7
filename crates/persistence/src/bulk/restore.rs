//! Putting a file in the place of a store that no process has open.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use diesel::connection::SimpleConnection;
use rustix::fs::{FlockOperation, fcntl_lock};
use thiserror::Error;

use crate::{
    bulk::{backup::BackupError, raw_users::has_users_of_any_release},
    engine::{
        Connection,
        dedicated::DedicatedConnection,
        sqlite::{
            file::{JOURNAL, LOG, LOG_INDEX, beside, lone_log},
            file_use::{is_log_in_use, require_same_use},
            sqlite_name::{self, Mode},
        },
        url::DatabaseUrl,
    },
    error::{messages::is_conflict, open::OpenError},
    migrations::history::has_table,
};

/// Leaves one file instead of three. SQLite does so only if no other connection exists.
const LEAVE_WAL: &str = "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE";

/// What SQLite keeps beside a file.
const BESIDE: [&str; 3] = [LOG, LOG_INDEX, JOURNAL];

/// Leaves one file when it is closed, and nothing of what was deleted in it.
const CHANGING: &str = "PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON";

/// Ends every session and reset code, and forgets which signatures were used, by table.
const DROP_SESSIONS: [(&str, &str); 3] = [
    ("sessions", "DELETE FROM sessions"),
    ("used_signatures", "DELETE FROM used_signatures"),
    ("reset_codes", "DELETE FROM reset_codes"),
];

/// Raises the cost to that of the hashes which are there.
const RECOUNT: [(&str, &str); 1] = [(
    "hash_cost",
    "UPDATE hash_cost SET cost = max(cost, (
        SELECT coalesce(max(CAST(substr(password_hash, 5, 2) AS INTEGER)), 0) FROM users
        WHERE password_hash GLOB '$2[aby]$[0-9][0-9]$*'
            AND CAST(substr(password_hash, 5, 2) AS INTEGER) BETWEEN 4 AND 16))",
)];

/// Why a store can't be replaced. Shown to the operator.
#[derive(Debug, Error)]
pub enum ReplaceError {
    /// Some process has it open.
    #[error("is in use; stop the server and all else that has it open")]
    InUse,
    /// There are users in it.
    #[error("has users; --overwrite replaces them")]
    NotEmpty,
    /// There is something in it that is not a store, or a damaged one.
    #[error("can't be read as a store; --overwrite replaces it")]
    Unreadable,
    /// There is a log with changes of a file that was there.
    #[error("is missing, and {0} has changes of it; put it back, or lose them with --overwrite")]
    LoneLog(String),
    /// Some process has another file open at its path.
    #[error("can't be replaced: {0}")]
    Elsewhere(#[from] OpenError),
    /// The file system does not let it be replaced.
    #[error("can't be replaced: {0}")]
    Io(#[from] io::Error),
}

/// A store, or the place for one, that no other process can open until this is dropped.
pub struct ExclusiveStoreLock {
    path: PathBuf,
    /// The system takes the lock back when this is closed, and with any other file that this
    /// process opens at the same path and closes.
    _lock: Option<File>,
}

impl ExclusiveStoreLock {
    /// Takes the store at `path` for itself, which must have no users unless they may be lost: with
    /// `overwrite`. The changes in the log are moved into the file, if that can be read.
    ///
    /// # Errors
    /// [`ReplaceError`]; the store is as it was then.
    pub fn take(path: &Path, overwrite: bool) -> Result<Self, ReplaceError> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        // A server goes on with its log after its file was moved away.
        if !fs::exists(&path)? && is_log_in_use(&path) {
            return Err(ReplaceError::InUse);
        }
        if !overwrite && let Some(log) = lone_log(&path) {
            return Err(ReplaceError::LoneLog(log.display().to_string()));
        }
        if !fs::exists(&path)? {
            return Ok(Self { path, _lock: None });
        }
        // Before SQLite opens it, which would mend what was left by a crash.
        drop(lock(&path)?);
        require_same_use(&path)?;
        if !overwrite && fs::metadata(&path)?.len() > 0 {
            require_empty(&path)?;
        }
        leave_wal(&path)?;
        let lock = lock(&path)?;
        Ok(Self { path, _lock: Some(lock) })
    }

    /// Puts the file at `temporary`, which must be in the same folder, in the place of the store.
    ///
    /// # Errors
    /// [`ReplaceError::Io`]. Either the old store or the new one is there, never a part.
    pub fn fill(self, temporary: &Path) -> Result<(), ReplaceError> {
        // There are such files only if what they belong to is damaged: they would damage the new
        // one.
        for ending in BESIDE {
            match fs::remove_file(beside(&self.path, ending)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        fs::rename(temporary, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok(File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
    }
}

/// Ends every session and reset code in the file at `path`, a store of this release or an earlier
/// one that no other process has open, and forgets which signatures were used: as after
/// [`copy`](fn@crate::copy), users log in again.
///
/// # Errors
/// [`BackupError`].
pub fn drop_sessions(path: &Path) -> Result<(), BackupError> {
    change(path, &DROP_SESSIONS)
}

/// Has the SQLite store at `path`, which no other process has open, keep the highest cost of its
/// hashes, whatever it kept before. The store of an earlier release learns it when it is opened.
///
/// # Errors
/// [`BackupError`] when the store fails.
pub fn recount_hash_cost(path: &Path) -> Result<(), BackupError> {
    change(path, &RECOUNT)
}

/// Changes the tables, of which a store of an earlier release may lack any.
fn change(path: &Path, statements: &[(&str, &str)]) -> Result<(), BackupError> {
    let mut connection = sqlite_name::open(path, Mode::ReadWrite).map_err(OpenError::connect)?;
    connection.batch_execute(CHANGING)?;
    for (table, statement) in statements {
        if has_table(&mut Connection::Sqlite(&mut connection), table)? {
            connection.batch_execute(statement)?;
        }
    }
    Ok(())
}

/// A lock on all of the file, also on the bytes by which SQLite's processes say that they have it
/// open: in WAL mode they do so for as long as they have.
fn lock(path: &Path) -> Result<File, ReplaceError> {
    let file = File::options().read(true).write(true).open(path)?;
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Err(ReplaceError::InUse),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

fn require_empty(path: &Path) -> Result<(), ReplaceError> {
    let url = DatabaseUrl::Sqlite(path.to_owned());
    let has_users = DedicatedConnection::open_source(&url)
        .map_err(|_| ReplaceError::Unreadable)
        .and_then(|mut store| {
            has_users_of_any_release(&mut store.borrow()).map_err(|_| ReplaceError::Unreadable)
        })?;
    if has_users { Err(ReplaceError::NotEmpty) } else { Ok(()) }
}

/// Moves the changes in the log into the file. If that fails although no other process has the log
/// open, it holds nothing that could be saved.
fn leave_wal(path: &Path) -> Result<(), ReplaceError> {
    let Ok(mut connection) = sqlite_name::open(path, Mode::ReadWrite) else {
        return Ok(());
    };
    match connection.batch_execute(LEAVE_WAL) {
        Err(error) if is_conflict(&error) => Err(ReplaceError::InUse),
        _ => Ok(()),
    }
}
