//! The embedded migrations.

use std::collections::HashSet;

use diesel::{
    Connection, PgConnection, SqliteConnection, connection::SimpleConnection,
    migration::MigrationSource, pg::Pg, sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::OpenError;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Lets one process at a time migrate a PostgreSQL database. The number is our own and means nothing.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8241963051)";

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
    let known = migrations.migrations()?;
    let known: HashSet<_> =
        known.iter().map(|migration| migration.name().version().as_owned()).collect();
    let applied = connection.applied_migrations()?;
    if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
        return Err(Failure(OpenError::Newer(newer.to_string())));
    }
    connection.run_pending_migrations(migrations)?;
    Ok(())
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
