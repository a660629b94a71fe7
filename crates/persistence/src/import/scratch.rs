//! What an import has its databases do beside the rows themselves.

use diesel::{
    SqliteConnection, connection::SimpleConnection, prelude::Connection as _,
    result::Error as DieselError,
};

use crate::{OpenError, copy::Database};

/// More patience than a request has, since nobody waits for an answer, and more pages in memory: 64 MiB.
/// Names come in no order, so that every page of their index is written to all the time.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 60000; PRAGMA cache_size = -65536";

/// The scratch store needs to survive nothing.
const SCRATCH_SETTINGS: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
    PRAGMA cache_size = -65536; PRAGMA foreign_keys = ON";

/// The name of a file that SQLite makes when it needs one, and that nobody else can open.
const PRIVATE: &str = "";

impl Database {
    /// A store without users that is gone when it is dropped.
    pub(super) fn open_scratch() -> Result<Self, OpenError> {
        let mut connection = SqliteConnection::establish(PRIVATE).map_err(OpenError::connect)?;
        connection.batch_execute(SCRATCH_SETTINGS).map_err(OpenError::connect)?;
        let mut scratch = Self::Sqlite(connection);
        scratch.migrate()?;
        scratch.begin_adding().map_err(OpenError::connect)?;
        Ok(scratch)
    }

    /// Makes it ready for more than a request has.
    pub(super) fn prepare_for_many(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(SQLITE_SETTINGS),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Moves what is in the log beside the file into the file, and makes it small again.
    pub(super) fn empty_log(&mut self) -> Result<(), DieselError> {
        match self {
            Self::Sqlite(connection) => connection
                .batch_execute("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)"),
            Self::Postgres(_) => Ok(()),
        }
    }
}
