//! The one transaction on either end of a copy.

use diesel::{
    PgConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    prelude::*,
    result::Error as DieselError,
};

use super::{Database, database::LIMIT};
use crate::{connection::on, error::is_unsupported, postgres_session::limited};

/// Keeps others from writing users until the transaction ends, and waits for those who are at it.
const LOCK: &str = "LOCK TABLE users IN EXCLUSIVE MODE";

/// Lets PostgreSQL know that the tables have become large: for as long as it takes them for the small
/// ones that they were, it reads all of a table to find one row, on every connection.
const ANALYZE: &str = "ANALYZE users; ANALYZE user_roles";

impl Database {
    /// From here on, everything is read as it is at this moment.
    pub(crate) fn begin_reading(&mut self) -> Result<(), DieselError> {
        match self {
            // The first read that follows takes the snapshot.
            Self::Sqlite(connection) => begin(connection, "BEGIN"),
            Self::Postgres(connection) => {
                begin_postgres(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        }
    }

    /// From here on, nobody else writes users until this ends.
    pub(crate) fn begin_writing(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => begin(connection, "BEGIN IMMEDIATE"),
            Self::Postgres(connection) => {
                begin_postgres(connection, "BEGIN ISOLATION LEVEL SERIALIZABLE")?;
                lock(connection)
            }
        }
    }

    /// From here on, what is written is kept together or not at all, beside others who write: on SQLite
    /// they wait, on PostgreSQL only who wants a name or an address that is being taken.
    pub(crate) fn begin_adding(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => begin(connection, "BEGIN IMMEDIATE"),
            // Each statement sees what others have committed by then, which is what it collides with.
            Self::Postgres(connection) => {
                begin_postgres(connection, "BEGIN ISOLATION LEVEL READ COMMITTED")
            }
        }
    }

    /// Keeps what was written.
    pub(crate) fn commit(&mut self) -> Result<(), DieselError> {
        on!(&mut self.connection(), it => AnsiTransactionManager::commit_transaction(it))
    }

    /// Has the engine look at what the tables have become, if it does not do so by itself at once.
    pub(crate) fn analyze(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(connection) => connection.batch_execute(ANALYZE),
        }
    }
}

/// With the limits again, which a pooler in between has not kept.
fn begin_postgres(connection: &mut PgConnection, words: &str) -> Result<(), DieselError> {
    begin(connection, &limited(words, LIMIT))
}

fn begin<C>(connection: &mut C, sql: &str) -> Result<(), DieselError>
where
    C: diesel::Connection<TransactionManager = AnsiTransactionManager>,
{
    AnsiTransactionManager::begin_transaction_sql(connection, sql)
}

/// Before anything is read, so that what is read then is what was there once the lock was given.
///
/// Engines that speak PostgreSQL's protocol and have no such lock keep serializable transactions apart
/// from every other one; PostgreSQL itself does not.
fn lock(connection: &mut PgConnection) -> Result<(), DieselError> {
    match connection.transaction(|connection| connection.batch_execute(LOCK)) {
        Err(error) if is_unsupported(&error) => Ok(()),
        outcome => outcome,
    }
}
