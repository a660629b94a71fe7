//! One connection to either end of a copy.

use std::collections::BTreeSet;

use diesel::{
    PgConnection, SqliteConnection, connection::SimpleConnection, result::Error as DieselError,
};

use crate::{
    engine::{
        Connection,
        postgres::{
            privileges::{self, TO_READ},
            refusal,
            session::connect,
        },
        presence::require_file,
        sqlite::{
            self,
            contents_watch::require_fitting_log,
            file::require_readable,
            file_use::{require_one_name, require_same_use},
            log_stamp::{self, require_own_log},
            sqlite_name::{self, Mode},
        },
        url::DatabaseUrl,
    },
    error::open::OpenError,
    migrations::{
        self,
        history::{self, SchemaHistory},
    },
};

/// How long a statement on PostgreSQL may take, and a pause in a transaction. Longer than a server
/// allows itself, since no client waits; and an end, so that a copy that hangs unlocks the target.
pub(crate) const LIMIT: &str = "60s";

/// What a connection to a SQLite file that is only read is told first.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000";

/// One connection. A transaction that was begun and not committed is undone when it is dropped.
pub(crate) enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    /// Opens a store, without the means to change it if it is a file, which must have one name: a
    /// process that came by another one would have the newest changes elsewhere.
    pub(crate) fn open_store(url: &DatabaseUrl) -> Result<Self, OpenError> {
        if let DatabaseUrl::Sqlite(path) = url {
            require_file(path)?;
            require_one_name(path)?;
        }
        Self::open_source(url)
    }

    /// The same with a file that may be a backup, of which there may be hard links.
    pub(crate) fn open_source(url: &DatabaseUrl) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                require_file(path)?;
                let failed = |error| sqlite::failure(path, error);
                require_readable(path).map_err(|error| failed(error.into()))?;
                require_same_use(path)?;
                require_fitting_log(path)?;
                require_own_log(path)?;
                let connection = sqlite_name::open(path, Mode::ReadOnly);
                let mut connection = connection.map_err(|error| failed(error.into()))?;
                let set = connection.batch_execute(SQLITE_SETTINGS);
                set.map_err(|error| failed(error.into()))?;
                Ok(Self::Sqlite(connection))
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = connect(url, LIMIT)?;
                privileges::require(&mut connection, TO_READ)?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    /// Opens the database, and makes the file where there is none.
    pub(crate) fn open_target(url: &DatabaseUrl) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => Ok(Self::Sqlite(sqlite::create(path)?)),
            DatabaseUrl::Postgres(url) => {
                let mut connection = connect(url, LIMIT)?;
                refusal::require_writable(&mut connection)?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(connection) => Connection::Sqlite(connection),
            Self::Postgres(connection) => Connection::Postgres(connection),
        }
    }

    /// Whether there are users, whatever else there is.
    pub(crate) fn has_users_of_any_release(&mut self) -> Result<bool, DieselError> {
        Ok(self.has_table("users")? && self.has_users()?)
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

    /// Refuses a schema that lacks something, or that this binary may not use.
    pub(crate) fn require_usable(&mut self) -> Result<Result<(), OpenError>, DieselError> {
        let Some(history) = self.history()? else { return Ok(Err(OpenError::NoStore)) };
        Ok(self.known().and_then(|known| {
            history.refuse_incompatible(&known)?;
            match history.first_missing(&known) {
                Some(version) => Err(OpenError::Older(version)),
                None => Ok(()),
            }
        }))
    }

    /// The same, and refuses one that has more than this release knows, which a copy would lose.
    pub(crate) fn require_current(&mut self) -> Result<Result<(), OpenError>, DieselError> {
        if let Err(error) = self.require_usable()? {
            return Ok(Err(error));
        }
        let Some(history) = self.history()? else { return Ok(Err(OpenError::NoStore)) };
        Ok(self.known().and_then(|known| history.refuse_unknown(&known)))
    }

    /// Refuses a database without a store, and a store that this binary may not use. A store of an
    /// earlier release passes.
    pub(crate) fn require_known(&mut self) -> Result<Result<(), OpenError>, DieselError> {
        let Some(history) = self.history()? else { return Ok(Err(OpenError::NoStore)) };
        Ok(self.known().and_then(|known| history.refuse_incompatible(&known)))
    }

    /// The versions of the migrations that this release has.
    fn known(&self) -> Result<BTreeSet<String>, OpenError> {
        match self {
            Self::Sqlite(_) => migrations::known_on_sqlite(),
            Self::Postgres(_) => migrations::known_on_postgres(),
        }
    }

    /// What was done to the schema; none where there is no store.
    fn history(&mut self) -> Result<Option<SchemaHistory>, DieselError> {
        if !self.has_table("users")? {
            return Ok(None);
        }
        let history = SchemaHistory::read(&mut self.connection())?;
        Ok((!history.is_empty()).then_some(history))
    }

    /// Whether there is a table of this name.
    pub(crate) fn has_table(&mut self, name: &str) -> Result<bool, DieselError> {
        history::has_table(&mut self.connection(), name)
    }
}
