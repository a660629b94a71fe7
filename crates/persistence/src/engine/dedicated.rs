//! The connection of a command that works on every user.

use diesel::{PgConnection, SqliteConnection};

use crate::{
    engine::{
        Connection,
        bulk_transaction::Isolation,
        postgres::{
            privileges::{self, TO_READ},
            refusal,
            session::connect,
        },
        presence::{explain, require_file},
        sqlite::{self, file_use::require_one_name, log_stamp},
        url::DatabaseUrl,
    },
    error::open::OpenError,
    migrations::{self, Fit},
};

/// How long a statement on PostgreSQL may take, and a pause in a transaction. Longer than a server
/// allows itself, since no client waits; and an end, so that a copy that hangs unlocks the target.
pub(crate) const LIMIT: &str = "60s";

/// One connection, outside the pools.
pub(crate) enum DedicatedConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl DedicatedConnection {
    /// Opens a store that fits this release so well, without the means to change it if it is a
    /// file, and begins a transaction if one is given. The file must have one name: a process that
    /// came by another one would have the newest changes elsewhere.
    pub(crate) fn open_store(
        url: &DatabaseUrl,
        fit: Fit,
        isolation: Option<Isolation>,
    ) -> Result<Self, OpenError> {
        if let DatabaseUrl::Sqlite(path) = url {
            require_file(path)?;
            require_one_name(path)?;
        }
        let mut store = Self::open_source(url)?;
        let begun = isolation.map_or(Ok(()), |isolation| store.borrow().begin(isolation));
        let fits = begun.map_err(OpenError::from);
        let fits = fits.and_then(|()| migrations::require(&mut store.borrow(), fit));
        fits.map_err(|error| explain(url, error))?;
        Ok(store)
    }

    /// Opens a database to read it, whatever is in it: a file may be a backup, of which there may
    /// be hard links.
    pub(crate) fn open_source(url: &DatabaseUrl) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => sqlite::open_to_read(path).map(Self::Sqlite),
            DatabaseUrl::Postgres(url) => {
                let mut connection = connect(url, LIMIT)?;
                privileges::require(&mut connection, TO_READ)?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    /// Opens the database to write it, and makes the file where there is none.
    pub(crate) fn open_target(url: &DatabaseUrl) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => sqlite::create(path).map(Self::Sqlite),
            DatabaseUrl::Postgres(url) => {
                let mut connection = connect(url, LIMIT)?;
                refusal::require_writable(&mut connection)?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    /// The connection for one piece of work.
    pub(crate) fn borrow(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(connection) => Connection::Sqlite(connection),
            Self::Postgres(connection) => Connection::Postgres(connection),
        }
    }

    /// Brings the schema up to date.
    pub(crate) fn migrate(&mut self) -> Result<(), OpenError> {
        match self {
            Self::Sqlite(connection) => {
                migrations::run_on_sqlite(connection)?;
                // A log begins here, too.
                log_stamp::raise_if_possible(connection);
                Ok(())
            }
            Self::Postgres(connection) => migrations::run_on_postgres(connection),
        }
    }
}
