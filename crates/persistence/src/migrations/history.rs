//! Which migrations were applied to a database, and whether this binary may use what they left.

use std::collections::BTreeSet;

use diesel::{
    QueryableByName, RunQueryDsl,
    prelude::*,
    result::Error as DieselError,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    engine::{Connection, on},
    error::open::OpenError,
    schema::schema_levels,
};

/// The level of the schema that this binary was written for: that of its last migration. It has
/// nothing to do with the version number.
pub const SCHEMA_LEVEL: i64 = 1;

const SQLITE_TABLE: &str =
    "SELECT count(*) AS count FROM sqlite_schema WHERE type = 'table' AND name = ?";

/// By the catalog: `information_schema` hides tables on which the role has no privilege.
const POSTGRES_TABLE: &str = "SELECT count(*) AS count FROM pg_catalog.pg_class AS class \
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace \
    WHERE namespace.nspname = ANY (current_schemas(false)) \
        AND class.relkind IN ('r', 'p', 'v', 'f') AND class.relname = $1";

/// Where diesel keeps the migrations that were applied.
const MIGRATIONS: &str = "__diesel_schema_migrations";

/// Where migrations record their levels.
const LEVELS: &str = "schema_levels";

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    applied_migrations (version) {
        version -> Text,
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What was done to a schema.
pub(crate) struct SchemaHistory {
    /// The versions of the migrations that were applied.
    applied: BTreeSet<String>,
    /// Those that have recorded a level.
    levels: Vec<RecordedLevel>,
}

/// What a migration says of binaries.
#[derive(Queryable)]
struct RecordedLevel {
    migration: String,
    /// The lowest level of a binary that may still write.
    lowest: i64,
}

impl SchemaHistory {
    /// The history of a database, which is empty where there is nothing.
    pub(crate) fn read(connection: &mut Connection<'_>) -> Result<Self, DieselError> {
        let (mut applied, mut levels) = (Vec::new(), Vec::new());
        if has_table(connection, MIGRATIONS)? {
            let versions = applied_migrations::table.select(applied_migrations::version);
            applied = on!(connection, it => versions.load::<String>(it)?);
        }
        if has_table(connection, LEVELS)? {
            let rows =
                schema_levels::table.select((schema_levels::migration, schema_levels::lowest));
            levels = on!(connection, it => rows.load::<RecordedLevel>(it)?);
        }
        Ok(Self { applied: applied.into_iter().collect(), levels })
    }

    /// Whether no migration was applied.
    pub(crate) fn is_empty(&self) -> bool {
        self.applied.is_empty()
    }

    /// Refuses a schema that this binary, with the migrations `known`, may not write: its lowest
    /// level is above this binary's, or it has another migration that recorded no level.
    ///
    /// # Errors
    /// [`OpenError::Level`] and [`OpenError::Newer`].
    pub(crate) fn refuse_incompatible(&self, known: &BTreeSet<String>) -> Result<(), OpenError> {
        require_level(self.levels.iter().map(|level| level.lowest).max().unwrap_or_default())?;
        let has_level = |version: &&String| self.levels.iter().any(|it| it.migration == **version);
        match self.applied.difference(known).find(|version| !has_level(version)) {
            Some(version) => Err(OpenError::Newer(version.clone())),
            None => Ok(()),
        }
    }

    /// Refuses a schema with a migration that this binary does not have, compatible or not.
    ///
    /// # Errors
    /// [`OpenError::Newer`].
    pub(crate) fn refuse_unknown(&self, known: &BTreeSet<String>) -> Result<(), OpenError> {
        match self.applied.difference(known).next() {
            Some(version) => Err(OpenError::Newer(version.clone())),
            None => Ok(()),
        }
    }

    /// The first of the migrations `known` that was not applied; none if all were.
    pub(crate) fn first_missing(&self, known: &BTreeSet<String>) -> Option<String> {
        known.difference(&self.applied).next().cloned()
    }
}

/// Refuses a schema that only binaries of the level `lowest` and above may write.
///
/// # Errors
/// [`OpenError::Level`].
pub(crate) fn require_level(lowest: i64) -> Result<(), OpenError> {
    if lowest > SCHEMA_LEVEL {
        return Err(OpenError::Level { lowest, own: SCHEMA_LEVEL });
    }
    Ok(())
}

/// Whether there is a table of this name.
pub(crate) fn has_table(connection: &mut Connection<'_>, name: &str) -> Result<bool, DieselError> {
    let found: Count = match connection {
        Connection::Sqlite(it) => sql_query(SQLITE_TABLE).bind::<Text, _>(name).get_result(*it)?,
        Connection::Postgres(it) => {
            sql_query(POSTGRES_TABLE).bind::<Text, _>(name).get_result(*it)?
        }
    };
    Ok(found.count > 0)
}
