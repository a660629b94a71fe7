//! The embedded migrations.

pub(crate) mod history;

use std::collections::BTreeSet;

use diesel::{
    PgConnection, SqliteConnection, connection::SimpleConnection, dsl::sql,
    migration::MigrationSource, pg::Pg, prelude::*, sql_types::Text, sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    engine::{
        Connection,
        postgres::{
            privileges::{self, TO_SERVE},
            refusal,
            session::{READ_COMMITTED, limited, within},
        },
    },
    error::{messages::explain, open::OpenError},
    migrations::history::SchemaHistory,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// How long one statement of a migration may take, including the wait for another migrating
/// process.
const LIMIT: &str = "60s";

/// Lets one process at a time migrate a PostgreSQL database. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8241963051)";

/// The tables and views in a file but SQLite's own.
const CONTENTS: &str =
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";

/// How well a schema must fit this release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// This binary may use it: its lowest level is not above this binary's, and each migration that
    /// this binary does not have has recorded a level. It may lack migrations.
    Known,
    /// It lacks none.
    Usable,
    /// Nor does it have more than this release knows, which a copy would lose.
    Current,
}

/// Applies the missing migrations, all or none, and once even if several processes start together.
pub(crate) fn run_on_sqlite(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    connection.immediate_transaction(|connection| {
        if lacks_any(&mut Connection::Sqlite(connection))? {
            connection.run_pending_migrations(SQLITE).map_err(OpenError::Migrate)?;
        }
        Ok(())
    })
}

/// Does the same on PostgreSQL. If no migration is missing, this needs no right to create anything.
pub(crate) fn run_on_postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    privileges::require(connection, TO_SERVE)?;
    let outcome = within(connection, &limited(READ_COMMITTED, LIMIT), |connection| {
        connection.batch_execute(LOCK)?;
        if lacks_any(&mut Connection::Postgres(connection))? {
            refusal::require_create(connection)?;
            connection.run_pending_migrations(POSTGRES).map_err(OpenError::Migrate)?;
        }
        Ok(())
    });
    outcome.map_err(explain)
}

/// Whether a migration is missing, if this binary may write the schema.
fn lacks_any(connection: &mut Connection<'_>) -> Result<bool, OpenError> {
    let history = history(connection)?;
    history.require(Fit::Known)?;
    Ok(history.first_missing().is_some())
}

/// Refuses a database without a store, and a schema that does not fit this release.
pub(crate) fn require(connection: &mut Connection<'_>, fit: Fit) -> Result<(), OpenError> {
    if !history::has_table(connection, "users")? {
        return Err(OpenError::NoStore);
    }
    let history = history(connection)?;
    if history.is_empty() { Err(OpenError::NoStore) } else { history.require(fit) }
}

fn history(connection: &mut Connection<'_>) -> Result<SchemaHistory, OpenError> {
    let known = match connection {
        Connection::Sqlite(_) => versions::<Sqlite>(&SQLITE),
        Connection::Postgres(_) => versions::<Pg>(&POSTGRES),
    };
    Ok(SchemaHistory::read(connection, known.map_err(OpenError::Migrate)?)?)
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
pub(crate) fn contents(connection: &mut SqliteConnection) -> Result<FileContents, OpenError> {
    let contents: Vec<String> = sql::<Text>(CONTENTS).load(connection)?;
    let has = |name: &str| contents.iter().any(|table| table == name);
    if contents.is_empty() {
        return Ok(FileContents::Nothing);
    }
    if !has("__diesel_schema_migrations") {
        return Ok(FileContents::Foreign);
    }
    history(&mut Connection::Sqlite(connection))?.require(Fit::Known)?;
    // A store whose migrations were all undone has only the table of migrations.
    let is_store = contents.len() == 1 || has("users");
    Ok(if is_store { FileContents::Store } else { FileContents::Foreign })
}

fn versions<B>(
    migrations: &EmbeddedMigrations,
) -> Result<BTreeSet<String>, Box<dyn std::error::Error + Send + Sync>>
where
    B: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<B>,
{
    let known = migrations.migrations()?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}
