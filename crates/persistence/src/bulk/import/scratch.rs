//! The databases of an import: their settings, and the scratch store of a rehearsal.

use diesel::{
    SqliteConnection, connection::SimpleConnection, prelude::Connection as _,
    result::Error as DieselError,
};

use crate::{engine::dedicated::Database, error::open::OpenError};

/// A longer timeout than requests have, since no client waits, and a page cache of 64 MiB: names
/// come in random order, so every page of their index is written all the time.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 60000; PRAGMA cache_size = -65536";

/// The scratch store need not survive a crash.
const SCRATCH_SETTINGS: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
    PRAGMA cache_size = -65536; PRAGMA foreign_keys = ON";

/// The name of a file that SQLite creates when it needs one, and that no other process can open.
const PRIVATE: &str = "";

impl Database {
    /// An empty store that is deleted when it is dropped.
    pub(super) fn open_scratch() -> Result<Self, OpenError> {
        let mut connection = SqliteConnection::establish(PRIVATE).map_err(OpenError::connect)?;
        connection.batch_execute(SCRATCH_SETTINGS).map_err(OpenError::connect)?;
        let mut scratch = Self::Sqlite(connection);
        scratch.migrate()?;
        scratch.begin_adding().map_err(OpenError::connect)?;
        Ok(scratch)
    }

    /// Sets longer limits than a request has.
    pub(super) fn prepare_for_many(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(SQLITE_SETTINGS),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Moves the write-ahead log into the database file and truncates it.
    pub(super) fn empty_log(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => connection
                .batch_execute("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)"),
            Self::Postgres(_) => Ok(()),
        }
    }
}
