//! The embedded migrations.

pub(crate) mod history;

use std::collections::BTreeSet;

use diesel::{
    PgConnection, SqliteConnection, connection::SimpleConnection, migration::MigrationSource,
    pg::Pg, prelude::*, sql_query, sql_types::Text, sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    engine::{
        Connection,
        postgres::{
            privileges::{self, TO_SERVE},
            refusal,
            session::{limited, within},
        },
    },
    error::open::OpenError,
    migrations::history::SchemaHistory,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Begins the transaction on PostgreSQL. It must see what other processes have applied meanwhile,
/// whatever the database's default isolation level is.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// How long one statement of a migration may take, including the wait for another migrating
/// process.
const LIMIT: &str = "60s";

/// Lets one process at a time migrate a PostgreSQL database. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8241963051)";

/// The tables and views in a file but SQLite's own.
const CONTENTS: &str =
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Applies the missing migrations, all or none, and once even if several processes start together.
///
/// # Errors
/// [`OpenError::Level`] and [`OpenError::Newer`] when a later release has migrated the schema
/// beyond what this binary may write; nothing is changed then.
pub(crate) fn run_on_sqlite(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let outcome = connection.immediate_transaction(|connection| {
        if missing::<Sqlite>(&mut Connection::Sqlite(connection), &SQLITE)?.is_some() {
            connection.run_pending_migrations(SQLITE)?;
        }
        Ok(())
    });
    outcome.map_err(|Failure(error)| error)
}

/// Does the same on PostgreSQL. If no migration is missing, this needs no right to create anything.
///
/// # Errors
/// As [`run_on_sqlite`], [`OpenError::Forbidden`] when the role may not create tables, and
/// [`OpenError::Privileges`] when it may not use existing ones.
pub(crate) fn run_on_postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    privileges::require(connection, TO_SERVE)?;
    let outcome = within(connection, &limited(BEGIN, LIMIT), |connection| {
        connection.batch_execute(LOCK)?;
        if missing::<Pg>(&mut Connection::Postgres(connection), &POSTGRES)?.is_some() {
            refusal::require_create(connection).map_err(Failure)?;
            connection.run_pending_migrations(POSTGRES)?;
        }
        Ok(())
    });
    outcome.map_err(|Failure(error)| refusal::explain(error))
}

/// The first missing migration, if this binary may write the schema.
fn missing<B>(
    connection: &mut Connection<'_>,
    migrations: &EmbeddedMigrations,
) -> Result<Option<String>, Failure>
where
    B: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<B>,
{
    let (history, known) = (SchemaHistory::read(connection)?, versions::<B>(migrations)?);
    history.refuse_incompatible(&known).map_err(Failure)?;
    Ok(history.first_missing(&known))
}

/// The versions of the migrations that this release has for SQLite.
///
/// # Errors
/// [`OpenError::Migrate`].
pub(crate) fn known_on_sqlite() -> Result<BTreeSet<String>, OpenError> {
    versions::<Sqlite>(&SQLITE).map_err(OpenError::Migrate)
}

/// The versions of the migrations that this release has for PostgreSQL.
///
/// # Errors
/// [`OpenError::Migrate`].
pub(crate) fn known_on_postgres() -> Result<BTreeSet<String>, OpenError> {
    versions::<Pg>(&POSTGRES).map_err(OpenError::Migrate)
}

/// The kinds of contents of a SQLite file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileContents {
    /// No table.
    Nothing,
    /// A store.
    Store,
    /// Another program's tables.
    Foreign,
}

/// Detects the contents of a SQLite file.
///
/// # Errors
/// [`OpenError::Level`] and [`OpenError::Newer`] when it is a store that this binary may not write.
pub(crate) fn contents(connection: &mut SqliteConnection) -> Result<FileContents, OpenError> {
    let failed = |error| OpenError::Migrate(Box::new(error));
    let contents: Vec<Named> = sql_query(CONTENTS).load(connection).map_err(failed)?;
    let has = |name: &str| contents.iter().any(|it| it.name == name);
    if contents.is_empty() {
        return Ok(FileContents::Nothing);
    }
    if !has("__diesel_schema_migrations") {
        return Ok(FileContents::Foreign);
    }
    let history = SchemaHistory::read(&mut Connection::Sqlite(connection)).map_err(failed)?;
    history.refuse_incompatible(&known_on_sqlite()?)?;
    // A store whose migrations were all undone has only the table of migrations.
    let is_store = contents.len() == 1 || has("users");
    Ok(if is_store { FileContents::Store } else { FileContents::Foreign })
}

fn versions<B>(migrations: &EmbeddedMigrations) -> Result<BTreeSet<String>, AnyError>
where
    B: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<B>,
{
    let known = migrations.migrations()?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Lets a failure of either kind roll the transaction back.
struct Failure(OpenError);

impl From<AnyError> for Failure {
    fn from(error: AnyError) -> Self {
        Self(OpenError::Migrate(error))
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self(OpenError::Migrate(Box::new(error)))
    }
}
