//! Copies of a SQLite file as a whole, with its ids, sessions and everything: made while it is in
//! use, and checked before they are trusted.

use std::path::Path;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use thiserror::Error;

use crate::{
    engine::{
        dedicated::Database,
        presence::explain_absence,
        sqlite::{
            failure,
            sqlite_name::{self, Mode},
        },
        url::DatabaseUrl,
    },
    error::{NOT_A_DATABASE, is_damage, open::OpenError},
};

/// Checks a file that only this process has.
const CHECK: &str = "PRAGMA integrity_check(1)";

/// Writes a snapshot, in one transaction that blocks no writer.
const COPY: &str = "VACUUM INTO ?";

/// What SQLite says of a file without a flaw.
const FLAWLESS: &str = "ok";

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

#[derive(QueryableByName)]
struct Check {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Copies the SQLite store at `from`, which may be in use, to `to`, an empty file. It may be of an
/// earlier release. Returns how many users there are in the copy, which has been read back.
///
/// # Errors
/// [`BackupError`]; the file at `to` is useless then.
pub fn back_up(from: &Path, to: &Path) -> Result<usize, BackupError> {
    let url = DatabaseUrl::Sqlite(from.to_owned());
    copy(Database::open_store(&url)?, to).map_err(|error| match error {
        BackupError::Open(error) => BackupError::Open(explain_absence(&url, error)),
        BackupError::Damaged(reason) => BackupError::Open(failure(from, reason.into())),
        error => error,
    })
}

/// The same with a backup, of which there may be hard links.
///
/// # Errors
/// As [`back_up`].
pub fn copy_backup(from: &Path, to: &Path) -> Result<usize, BackupError> {
    copy(open_backup(from)?, to)
}

/// A backup, which no other backup mends.
fn open_backup(path: &Path) -> Result<Database, BackupError> {
    let opened = Database::open_source(&DatabaseUrl::Sqlite(path.to_owned()));
    opened.map_err(|error| match error {
        OpenError::Damaged { reason, .. } => BackupError::Damaged(reason),
        OpenError::NotSqlite(_) => BackupError::Damaged(NOT_A_DATABASE.to_owned()),
        error => BackupError::Open(error),
    })
}

fn copy(mut source: Database, to: &Path) -> Result<usize, BackupError> {
    source.require_known()??;
    if let Database::Sqlite(source) = &mut source {
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
    if let Database::Sqlite(connection) = &mut file {
        let check: Check = sql_query(CHECK).get_result(connection)?;
        if check.integrity_check != FLAWLESS {
            return Err(BackupError::Damaged(check.integrity_check));
        }
    }
    match file.require_known()? {
        Err(OpenError::NoStore) => return Err(BackupError::NoStore),
        known => known?,
    }
    Ok(file.counts()?.0)
}
