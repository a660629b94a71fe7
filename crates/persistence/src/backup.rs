//! Copies of a SQLite file as a whole, with its ids, sessions and everything: made while it is in use, and
//! checked before they are trusted.

use std::path::Path;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use thiserror::Error;

use crate::{
    DatabaseUrl, OpenError,
    copy::Database,
    sqlite_name::{self, Mode},
};

/// A file of one's own that nobody has looked at since it was written.
const CHECK: &str = "PRAGMA integrity_check(1)";

/// Writes what is there at one moment, in one transaction that keeps nobody from writing.
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
    Copy(#[from] diesel::result::Error),
    /// It can be read, and is not as SQLite writes files.
    #[error("it is damaged: {0}")]
    Damaged(String),
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
/// [`BackupError`]; what is at `to` is of no use then.
pub fn back_up(from: &Path, to: &Path) -> Result<usize, BackupError> {
    copy(Database::open_store(&DatabaseUrl::Sqlite(from.to_owned()))?, to)
}

/// The same with a backup, of which there may be hard links.
///
/// # Errors
/// As [`back_up`].
pub fn copy_backup(from: &Path, to: &Path) -> Result<usize, BackupError> {
    copy(Database::open_source(&DatabaseUrl::Sqlite(from.to_owned()))?, to)
}

fn copy(mut source: Database, to: &Path) -> Result<usize, BackupError> {
    source.require_known()??;
    if let Database::Sqlite(source) = &mut source {
        sql_query(COPY).bind::<Text, _>(sqlite_name::name(to, Mode::ReadWrite)).execute(source)?;
    }
    check(to)
}

/// Refuses a file that is damaged, no store, or that of a later release; says how many users it has.
///
/// # Errors
/// [`BackupError`].
pub fn check(path: &Path) -> Result<usize, BackupError> {
    let mut file = Database::open_source(&DatabaseUrl::Sqlite(path.to_owned()))?;
    if let Database::Sqlite(connection) = &mut file {
        let check: Check = sql_query(CHECK).get_result(connection)?;
        if check.integrity_check != FLAWLESS {
            return Err(BackupError::Damaged(check.integrity_check));
        }
    }
    file.require_known()??;
    Ok(file.counts()?.0)
}
