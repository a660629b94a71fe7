//! One connection to either end of a copy.

use diesel::{
    PgConnection, SqliteConnection,
    connection::SimpleConnection,
    prelude::{Connection as _, *},
    result::Error as DieselError,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    DatabaseUrl, OpenError,
    connection::{Connection, on},
    migrations::{self, applied},
    sqlite,
    sqlite_file::require_readable,
    sqlite_name::{self, Mode},
    url::PostgresUrl,
};

/// What a connection to PostgreSQL is told first. Longer than a server allows itself, since nobody
/// waits for an answer; and an end, so that a copy that hangs does not lock the target for ever.
const POSTGRES_SETTINGS: &str =
    "SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s'";

/// What a connection to a SQLite file that is only read is told first.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000";

const SQLITE_TABLE: &str =
    "SELECT count(*) AS count FROM sqlite_schema WHERE type = 'table' AND name = ?";

const POSTGRES_TABLE: &str = "SELECT count(*) AS count FROM information_schema.tables \
    WHERE table_schema = ANY (current_schemas(false)) AND table_name = $1";

/// Where diesel keeps the migrations that were applied.
const MIGRATIONS: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// One connection. A transaction that was begun and not committed is undone when it is dropped.
pub(crate) enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    /// Opens what is there, without the means to change it if it is a file.
    pub(crate) fn open_source(url: &DatabaseUrl) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) if !path.exists() => Err(OpenError::Missing(url.to_string())),
            DatabaseUrl::Sqlite(path) => {
                let failed = |error| sqlite::failure(path, error);
                require_readable(path).map_err(|error| failed(error.into()))?;
                let connection = sqlite_name::open(path, Mode::ReadOnly);
                let mut connection = connection.map_err(|error| failed(error.into()))?;
                let set = connection.batch_execute(SQLITE_SETTINGS);
                set.map_err(|error| failed(error.into()))?;
                Ok(Self::Sqlite(connection))
            }
            DatabaseUrl::Postgres(url) => Ok(Self::Postgres(connect_postgres(url)?)),
        }
    }

    /// Opens the database, and makes the file where there is none.
    pub(crate) fn open_target(url: &DatabaseUrl) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => Ok(Self::Sqlite(sqlite::create(path)?)),
            DatabaseUrl::Postgres(url) => Ok(Self::Postgres(connect_postgres(url)?)),
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
            Self::Sqlite(connection) => migrations::run_on_sqlite(connection),
            Self::Postgres(connection) => migrations::run_on_postgres(connection),
        }
    }

    /// Refuses a schema that is not the one of this release.
    pub(crate) fn require_current(&mut self) -> Result<Result<(), OpenError>, DieselError> {
        let Some(versions) = self.migrations()? else { return Ok(Err(OpenError::NoStore)) };
        Ok(match self {
            Self::Sqlite(_) => migrations::require_all_on_sqlite(&versions),
            Self::Postgres(_) => migrations::require_all_on_postgres(&versions),
        })
    }

    /// Refuses a schema of SQLite that is neither the one of this release nor of an earlier one.
    pub(crate) fn require_known(&mut self) -> Result<Result<(), OpenError>, DieselError> {
        match self.migrations()? {
            Some(versions) => Ok(migrations::refuse_newer_on_sqlite(&versions)),
            None => Ok(Err(OpenError::NoStore)),
        }
    }

    /// The migrations that were applied; none where there is no store.
    fn migrations(&mut self) -> Result<Option<Vec<String>>, DieselError> {
        if !self.has_table(MIGRATIONS)? || !self.has_table("users")? {
            return Ok(None);
        }
        let versions = applied::table.select(applied::version);
        Ok(Some(on!(&mut self.connection(), it => versions.load(it)?)))
    }

    /// Whether there is a table of this name.
    pub(crate) fn has_table(&mut self, name: &str) -> Result<bool, DieselError> {
        let found: Count = match self {
            Self::Sqlite(connection) => {
                sql_query(SQLITE_TABLE).bind::<Text, _>(name).get_result(connection)?
            }
            Self::Postgres(connection) => {
                sql_query(POSTGRES_TABLE).bind::<Text, _>(name).get_result(connection)?
            }
        };
        Ok(found.count > 0)
    }
}

fn connect_postgres(url: &PostgresUrl) -> Result<PgConnection, OpenError> {
    let mut connection = PgConnection::establish(url.as_str()).map_err(connecting)?;
    connection.batch_execute(POSTGRES_SETTINGS).map_err(connecting)?;
    Ok(connection)
}

fn connecting(error: impl std::error::Error + Send + Sync + 'static) -> OpenError {
    OpenError::Connect(Box::new(error))
}
