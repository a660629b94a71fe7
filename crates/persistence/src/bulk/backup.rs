//! Copies of a SQLite file as a whole, with its ids, sessions and everything: made while it is in
//! use, and checked before they are trusted.

use std::path::Path;

use diesel::{RunQueryDsl, sql_query, sql_types::Text};
use thiserror::Error;

use crate::{
    bulk::raw_users::counts,
    engine::{
        Connection,
        dedicated::DedicatedConnection,
        sqlite::{
            failure,
            quick_check::flaw,
            sqlite_name::{self, Mode},
        },
        url::DatabaseUrl,
    },
    error::{
        messages::{NOT_A_DATABASE, is_damage},
        open::OpenError,
    },
    migrations::{self, Fit},
};

/// Checks a file that only this process has.
const CHECK: &str = "PRAGMA integrity_check(1)";

/// Writes a snapshot, in one transaction that blocks no writer.
const COPY: &str = "VACUUM INTO ?";

/// Why a file was not copied. Shown to the operator.
#[derive(Debug, Error)]
pub enum BackupError {
    /// It could not be opened.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// It could not be read, or the copy not be written.
    #[error("{0}")]
    Copy(diesel::result::Error),
    /// There is no store in it, which is to be a backup.
    #[error("there is no store in it; give a file of `rollcall backup`")]
    NoStore,
    /// It can be read, and is not as SQLite writes files.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

impl From<diesel::result::Error> for BackupError {
    fn from(error: diesel::result::Error) -> Self {
        let reason = error.to_string();
        if is_damage(&reason) { Self::Damaged(reason) } else { Self::Copy(error) }
    }
}

/// Copies the SQLite store at `from`, which may be in use, to `to`, an empty file. It may be of an
/// earlier release. Returns how many users there are in the copy, which has been read back.
///
/// # Errors
/// [`BackupError`]; the file at `to` is useless then.
pub fn back_up(from: &Path, to: &Path) -> Result<usize, BackupError> {
    let url = DatabaseUrl::Sqlite(from.to_owned());
    let store = DedicatedConnection::open_store(&url, Fit::Known, None)?;
    copy(store, to).map_err(|error| match error {
        BackupError::Damaged(reason) => BackupError::Open(failure(from, reason.into())),
        error => error,
    })
}

/// The same with a backup, of which there may be hard links.
///
/// # Errors
/// As [`back_up`].
pub fn copy_backup(from: &Path, to: &Path) -> Result<usize, BackupError> {
    let mut backup = open_backup(from)?;
    require_known(&mut backup, from)?;
    copy(backup, to)
}

fn open_backup(path: &Path) -> Result<DedicatedConnection, BackupError> {
    let opened = DedicatedConnection::open_source(&DatabaseUrl::Sqlite(path.to_owned()));
    opened.map_err(of_backup)
}

/// Refuses a backup that holds no store, or one of a later release.
fn require_known(backup: &mut DedicatedConnection, path: &Path) -> Result<(), BackupError> {
    migrations::require(&mut backup.borrow(), Fit::Known).map_err(|error| match error {
        OpenError::NoStore => BackupError::NoStore,
        OpenError::Migrate(source) => of_backup(failure(path, source)),
        error => BackupError::Open(error),
    })
}

/// Damage is told without the words for a store: no other backup mends this one.
fn of_backup(error: OpenError) -> BackupError {
    match error {
        OpenError::Damaged { reason, .. } => BackupError::Damaged(reason),
        OpenError::NotSqlite(_) => BackupError::Damaged(NOT_A_DATABASE.to_owned()),
        error => BackupError::Open(error),
    }
}

fn copy(mut source: DedicatedConnection, to: &Path) -> Result<usize, BackupError> {
    if let Connection::Sqlite(source) = source.borrow() {
        sql_query(COPY).bind::<Text, _>(sqlite_name::name(to, Mode::ReadWrite)).execute(source)?;
    }
    check(to)
}

/// Counts the users of a store. Refuses a file that is damaged, that is no store, or that is of a
/// later release.
///
/// # Errors
/// [`BackupError`].
pub fn check(path: &Path) -> Result<usize, BackupError> {
    let mut file = open_backup(path)?;
    if let Connection::Sqlite(file) = file.borrow()
        && let Some(flaw) = flaw(file, CHECK)?
    {
        return Err(BackupError::Damaged(flaw));
    }
    require_known(&mut file, path)?;
    Ok(counts(&mut file.borrow())?.0)
}
