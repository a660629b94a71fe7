//! The embedded migrations.

use std::collections::HashSet;

use diesel::{SqliteConnection, migration::MigrationSource, sqlite::Sqlite};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::OpenError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Applies what is missing, all or nothing and once, whoever else is starting at the same time.
///
/// # Errors
/// [`OpenError::Newer`] when the schema is ahead of this binary; nothing is changed then.
pub(crate) fn run(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    connection
        .immediate_transaction(|connection| {
            let known: Vec<_> = MigrationSource::<Sqlite>::migrations(&MIGRATIONS)?;
            let known: HashSet<_> =
                known.iter().map(|migration| migration.name().version().as_owned()).collect();
            let applied = connection.applied_migrations()?;
            if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
                return Err(Failure(OpenError::Newer(newer.to_string())));
            }
            connection.run_pending_migrations(MIGRATIONS)?;
            Ok(())
        })
        .map_err(|Failure(error)| error)
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

#[cfg(test)]
mod tests {
    use super::{MIGRATIONS, run};
    use crate::OpenError;
    use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
    use diesel_migrations::MigrationHarness;

    #[derive(diesel::QueryableByName)]
    struct Definition {
        #[diesel(sql_type = Text)]
        sql: String,
    }

    fn schema(connection: &mut SqliteConnection) -> Vec<String> {
        sql_query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            .load::<Definition>(connection)
            .unwrap()
            .into_iter()
            .map(|definition| definition.sql)
            .collect()
    }

    #[test]
    fn going_down_and_up_again_leaves_the_same_schema() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        run(&mut connection).unwrap();
        let before = schema(&mut connection);
        assert!(before.iter().any(|sql| sql.contains("CREATE TABLE users")));
        connection.revert_all_migrations(MIGRATIONS).unwrap();
        assert!(!schema(&mut connection).iter().any(|sql| sql.contains("CREATE TABLE users")));
        run(&mut connection).unwrap();
        assert_eq!(schema(&mut connection), before);
    }

    #[test]
    fn a_schema_from_a_later_release_is_left_alone() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        run(&mut connection).unwrap();
        sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101')")
            .execute(&mut connection)
            .unwrap();
        assert!(
            matches!(run(&mut connection), Err(OpenError::Newer(version)) if version == "29990101")
        );
    }
}
