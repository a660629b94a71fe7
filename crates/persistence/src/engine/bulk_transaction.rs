//! The transaction of a command that works on every user.

use diesel::{
    Connection as _, PgConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    result::Error as DieselError,
};

use crate::{
    engine::{
        Connection,
        dedicated::LIMIT,
        on,
        postgres::session::{READ_COMMITTED, SNAPSHOT, limited},
    },
    error::messages::is_unsupported,
};

/// Keeps others from writing users until the transaction ends. Waits for transactions that are
/// writing them.
const LOCK: &str = "LOCK TABLE users IN EXCLUSIVE MODE";

/// Moves the log into the file, and gives up soon if others have the file open.
const EMPTY_LOG: &str = "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)";

/// Updates PostgreSQL's statistics of the tables. While it takes them to be as small as they were,
/// it reads a whole table to find one row, on every connection.
const ANALYZE: &str = "ANALYZE users; ANALYZE user_roles";

/// The receiver may be slow, and a reader blocks no writer.
const UNLIMITED: &str = "SET LOCAL idle_in_transaction_session_timeout = 0";

/// What a transaction sees of others, and what others may do meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// Every read sees the same snapshot.
    Snapshot,
    /// No other transaction writes users.
    Exclusive,
    /// Others may write. On SQLite, they wait. On PostgreSQL, only those wait that write a name or
    /// address that this one has written.
    Shared,
}

impl Connection<'_> {
    /// Begins a transaction, which is undone if it is not committed.
    pub(crate) fn begin(&mut self, isolation: Isolation) -> Result<(), DieselError> {
        let (on_sqlite, on_postgres) = match isolation {
            // The first read takes the snapshot.
            Isolation::Snapshot => ("BEGIN", SNAPSHOT),
            Isolation::Exclusive => ("BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL SERIALIZABLE"),
            // Each statement sees what others have committed by then, so that it detects conflicts
            // with that.
            Isolation::Shared => ("BEGIN IMMEDIATE", READ_COMMITTED),
        };
        match self {
            Self::Sqlite(inside) => {
                AnsiTransactionManager::begin_transaction_sql(*inside, on_sqlite)
            }
            Self::Postgres(inside) => {
                // Sets the limits again, since a pooler in between may not have kept them.
                let begin = limited(on_postgres, LIMIT);
                AnsiTransactionManager::begin_transaction_sql(*inside, &begin)?;
                if isolation == Isolation::Exclusive { lock(inside) } else { Ok(()) }
            }
        }
    }

    /// Keeps what was written.
    pub(crate) fn commit(&mut self) -> Result<(), DieselError> {
        on!(self, inside => AnsiTransactionManager::commit_transaction(inside))
    }

    /// Lets this transaction wait for its receiver for any time.
    pub(crate) fn wait_for_receiver(&mut self) -> Result<(), DieselError> {
        self.batch(None, Some(UNLIMITED))
    }

    /// Makes the database fast again at once after many writes, which it does by itself later.
    pub(crate) fn tidy_up(&mut self) -> Result<(), DieselError> {
        self.batch(Some(EMPTY_LOG), Some(ANALYZE))
    }

    fn batch(
        &mut self,
        on_sqlite: Option<&str>,
        on_postgres: Option<&str>,
    ) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(inside) => on_sqlite.map_or(Ok(()), |sql| inside.batch_execute(sql)),
            Self::Postgres(inside) => on_postgres.map_or(Ok(()), |sql| inside.batch_execute(sql)),
        }
    }
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
