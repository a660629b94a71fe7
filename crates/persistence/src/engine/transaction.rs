//! The single transaction at either end of a copy.

use diesel::{
    PgConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    prelude::*,
    result::Error as DieselError,
};

use crate::engine::dedicated::{Database, LIMIT};
use crate::{
    engine::{on, postgres::session::limited},
    error::is_unsupported,
};

/// Keeps others from writing users until the transaction ends. Waits for transactions that are
/// writing them.
const LOCK: &str = "LOCK TABLE users IN EXCLUSIVE MODE";

/// Updates PostgreSQL's statistics of the tables. While it takes them to be as small as they were,
/// it reads a whole table to find one row, on every connection.
const ANALYZE: &str = "ANALYZE users; ANALYZE user_roles";

impl Database {
    /// Begins a transaction in which every read sees the same snapshot.
    pub(crate) fn begin_reading(&mut self) -> Result<(), DieselError> {
        match self {
            // The first read takes the snapshot.
            Self::Sqlite(connection) => begin(connection, "BEGIN"),
            Self::Postgres(connection) => {
                begin_postgres(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        }
    }

    /// Begins a transaction during which no other transaction writes users.
    pub(crate) fn begin_writing(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => begin(connection, "BEGIN IMMEDIATE"),
            Self::Postgres(connection) => {
                begin_postgres(connection, "BEGIN ISOLATION LEVEL SERIALIZABLE")?;
                lock(connection)
            }
        }
    }

    /// Begins a transaction that adds users while others may write. On SQLite, other writers wait.
    /// On PostgreSQL, only those wait that write a name or address that this one has written.
    pub(crate) fn begin_adding(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => begin(connection, "BEGIN IMMEDIATE"),
            // Each statement sees what others have committed by then, so that it detects conflicts
            // with that.
            Self::Postgres(connection) => {
                begin_postgres(connection, "BEGIN ISOLATION LEVEL READ COMMITTED")
            }
        }
    }

    /// Keeps what was written.
    pub(crate) fn commit(&mut self) -> Result<(), DieselError> {
        on!(&mut self.connection(), it => AnsiTransactionManager::commit_transaction(it))
    }

    /// Updates the statistics of the tables where the database does not do so at once by itself.
    pub(crate) fn analyze(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(connection) => connection.batch_execute(ANALYZE),
        }
    }
}

/// Sets the limits again, since a pooler in between may not have kept them.
fn begin_postgres(connection: &mut PgConnection, words: &str) -> Result<(), DieselError> {
    begin(connection, &limited(words, LIMIT))
}

fn begin<C>(connection: &mut C, sql: &str) -> Result<(), DieselError>
where
    C: diesel::Connection<TransactionManager = AnsiTransactionManager>,
{
    AnsiTransactionManager::begin_transaction_sql(connection, sql)
}

/// Takes the lock before the first read, so that the snapshot shows the tables as they were once
/// the lock was held.
///
/// Databases that speak PostgreSQL's protocol without such a lock isolate serializable transactions
/// from all others, which PostgreSQL itself does not.
fn lock(connection: &mut PgConnection) -> Result<(), DieselError> {
    match connection.transaction(|connection| connection.batch_execute(LOCK)) {
        Err(error) if is_unsupported(&error) => Ok(()),
        outcome => outcome,
    }
}
