//! The embedded migrations.

use std::collections::BTreeSet;

use diesel::{
    Connection, PgConnection, SqliteConnection, connection::SimpleConnection,
    migration::MigrationSource, pg::Pg, prelude::*, sql_query, sql_types::Text, sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::OpenError;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Lets one process at a time migrate a PostgreSQL database. The number is our own and means nothing.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8241963051)";

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    applied (version) {
        version -> Text,
    }
}

/// What a file has that belongs to whoever made it, and not to SQLite.
const CONTENTS: &str =
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Applies what is missing, all or nothing and once, whoever else is starting at the same time.
///
/// # Errors
/// [`OpenError::Newer`] when the schema is ahead of this binary; nothing is changed then.
pub(crate) fn run_on_sqlite(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let outcome =
        connection.immediate_transaction(|connection| apply::<_, Sqlite>(connection, SQLITE));
    outcome.map_err(|Failure(error)| error)
}

/// The same on PostgreSQL.
///
/// # Errors
/// [`OpenError::Newer`] when the schema is ahead of this binary; nothing is changed then.
pub(crate) fn run_on_postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    let outcome = connection.transaction(|connection| {
        // What others have applied meanwhile must be seen, whatever the database's own level is.
        connection.batch_execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")?;
        connection.batch_execute(LOCK)?;
        apply::<_, Pg>(connection, POSTGRES)
    });
    outcome.map_err(|Failure(error)| error)
}

fn apply<C, B>(connection: &mut C, migrations: EmbeddedMigrations) -> Result<(), Failure>
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<B>,
{
    let known = versions(&migrations)?;
    let applied = connection.applied_migrations()?;
    let applied: Vec<_> = applied.iter().map(ToString::to_string).collect();
    refuse_newer(&applied, &known)?;
    connection.run_pending_migrations(migrations)?;
    Ok(())
}

/// Refuses a SQLite schema of another release by the versions that were `applied` to it.
///
/// # Errors
/// [`OpenError::Newer`] and [`OpenError::Older`].
pub(crate) fn require_all_on_sqlite(applied: &[String]) -> Result<(), OpenError> {
    require_all::<Sqlite>(applied, &SQLITE).map_err(|Failure(error)| error)
}

/// Refuses a SQLite schema of a later release by the versions that were `applied` to it.
///
/// # Errors
/// [`OpenError::Newer`].
pub(crate) fn refuse_newer_on_sqlite(applied: &[String]) -> Result<(), OpenError> {
    let known = versions::<Sqlite>(&SQLITE).map_err(OpenError::Migrate)?;
    refuse_newer(applied, &known).map_err(|Failure(error)| error)
}

/// Whether a SQLite file has something in it, and no store.
///
/// # Errors
/// [`OpenError::Newer`] when it is the store of a later release.
pub(crate) fn is_foreign(connection: &mut SqliteConnection) -> Result<bool, OpenError> {
    let failed = |error| OpenError::Migrate(Box::new(error));
    let contents: Vec<Named> = sql_query(CONTENTS).load(connection).map_err(failed)?;
    let has = |name: &str| contents.iter().any(|it| it.name == name);
    if !has("__diesel_schema_migrations") {
        return Ok(!contents.is_empty());
    }
    let versions = applied::table.select(applied::version).load(connection).map_err(failed)?;
    refuse_newer_on_sqlite(&versions)?;
    // A store whose migrations were all undone has nothing else.
    Ok(contents.len() > 1 && !has("users"))
}

/// Refuses a PostgreSQL schema of another release by the versions that were `applied` to it.
///
/// # Errors
/// [`OpenError::Newer`] and [`OpenError::Older`].
pub(crate) fn require_all_on_postgres(applied: &[String]) -> Result<(), OpenError> {
    require_all::<Pg>(applied, &POSTGRES).map_err(|Failure(error)| error)
}

fn require_all<B>(applied: &[String], migrations: &EmbeddedMigrations) -> Result<(), Failure>
where
    B: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<B>,
{
    let known = versions(migrations)?;
    refuse_newer(applied, &known)?;
    match known.iter().find(|version| !applied.contains(version)) {
        Some(missing) => Err(Failure(OpenError::Older(missing.clone()))),
        None => Ok(()),
    }
}

/// The versions of the migrations that this release knows.
fn versions<B>(migrations: &EmbeddedMigrations) -> Result<BTreeSet<String>, AnyError>
where
    B: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<B>,
{
    let known = migrations.migrations()?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn refuse_newer(applied: &[String], known: &BTreeSet<String>) -> Result<(), Failure> {
    match applied.iter().find(|version| !known.contains(*version)) {
        Some(newer) => Err(Failure(OpenError::Newer(newer.clone()))),
        None => Ok(()),
    }
}

/// Lets both kinds of failure roll the transaction back.
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
