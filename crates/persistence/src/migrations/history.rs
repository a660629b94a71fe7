//! Which migrations were applied to a database, and whether this binary may use what they left.

use std::collections::BTreeSet;

use diesel::{
    dsl::sql,
    prelude::*,
    result::Error as DieselError,
    sql_types::{BigInt, Text},
};

use crate::{
    engine::{Connection, on},
    error::open::OpenError,
    migrations::Fit,
    schema::schema_levels,
};

/// The level of the schema that this binary was written for: that of its last migration. It has
/// nothing to do with the version number.
pub const SCHEMA_LEVEL: i64 = 7;

const SQLITE_TABLE: &str = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ";

/// By the catalog: `information_schema` hides tables on which the role has no privilege.
const POSTGRES_TABLE: &str = "SELECT count(*) FROM pg_catalog.pg_class AS class \
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace \
    WHERE namespace.nspname = ANY (current_schemas(false)) \
        AND class.relkind IN ('r', 'p', 'v', 'f') AND class.relname = ";

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

/// What was done to a schema.
pub(crate) struct SchemaHistory {
    /// The versions of the migrations that were applied.
    applied: BTreeSet<String>,
    /// The versions of those that this release has.
    known: BTreeSet<String>,
    /// Those that have recorded the lowest level of a binary that may still write, and that level.
    levels: Vec<(String, i64)>,
}

impl SchemaHistory {
    /// The history of a database, which is empty where there is nothing.
    pub(crate) fn read(
        connection: &mut Connection<'_>,
        known: BTreeSet<String>,
    ) -> Result<Self, DieselError> {
        let (mut applied, mut levels) = (Vec::new(), Vec::new());
        if has_table(connection, MIGRATIONS)? {
            let versions = applied_migrations::table.select(applied_migrations::version);
            applied = on!(connection, inside => versions.load::<String>(inside)?);
        }
        if has_table(connection, LEVELS)? {
            let rows =
                schema_levels::table.select((schema_levels::migration, schema_levels::lowest));
            levels = on!(connection, inside => rows.load(inside)?);
        }
        Ok(Self { applied: applied.into_iter().collect(), known, levels })
    }

    /// Whether no migration was applied.
    pub(crate) fn is_empty(&self) -> bool {
        self.applied.is_empty()
    }

    /// The first migration of this release that was not applied; none if all were.
    pub(crate) fn first_missing(&self) -> Option<&String> {
        self.known.difference(&self.applied).next()
    }

    /// Refuses a schema that does not fit this release.
    pub(crate) fn require(&self, fit: Fit) -> Result<(), OpenError> {
        require_level(self.levels.iter().map(|(_, lowest)| *lowest).max().unwrap_or_default())?;
        let has_level =
            |version: &String| self.levels.iter().any(|(migration, _)| migration == version);
        let mut unknown = self.applied.difference(&self.known);
        if let Some(version) = unknown.find(|version| fit == Fit::Current || !has_level(version)) {
            return Err(OpenError::Newer(version.clone()));
        }
        match self.first_missing() {
            Some(version) if fit != Fit::Known => Err(OpenError::Older(version.clone())),
            _ => Ok(()),
        }
    }
}

/// Refuses a schema that only binaries of the level `lowest` and above may write.
pub(crate) fn require_level(lowest: i64) -> Result<(), OpenError> {
    if lowest > SCHEMA_LEVEL {
        return Err(OpenError::Level { lowest, own: SCHEMA_LEVEL });
    }
    Ok(())
}

/// Whether there is a table of this name.
pub(crate) fn has_table(connection: &mut Connection<'_>, name: &str) -> Result<bool, DieselError> {
    let tables = match connection {
        Connection::Sqlite(_) => SQLITE_TABLE,
        Connection::Postgres(_) => POSTGRES_TABLE,
    };
    let tables = sql::<BigInt>(tables).bind::<Text, _>(name);
    let count: i64 = on!(connection, inside => tables.get_result(inside)?);
    Ok(count > 0)
}
