//! Adds many users to a SQLite file without most of its indexes, and makes these again afterwards.
//!
//! Users come in no order of an index, so each writes another page of it. A new index is sorted
//! first, and each of its pages is written once. Only the transaction of the import sees a file
//! without the indexes. Those of unique columns stay, because they detect conflicts.

use diesel::{
    SqliteConnection,
    connection::SimpleConnection,
    dsl::{max, sql},
    prelude::*,
    result::QueryResult,
    sql_types::Text,
};

use super::page_cache;
use crate::schema::users;

/// The page cache holds the indexes of fewer users.
const MIN_USERS: i64 = 10_000;

/// The names and definitions of indexes that belong to no constraint.
const INDEXES: &str = "SELECT name, sql FROM sqlite_schema \
    WHERE type = 'index' AND tbl_name IN ('users', 'user_roles') AND sql IS NOT NULL";

/// Indexes that a transaction has dropped, by their definitions.
#[derive(Default)]
pub(super) struct IndexRebuild(Vec<String>);

impl IndexRebuild {
    /// Drops the indexes if at least as many users are added as there are.
    pub(super) fn begin(connection: &mut SqliteConnection, added: u64) -> QueryResult<Self> {
        let highest_id: Option<i64> = users::table.select(max(users::id)).get_result(connection)?;
        let least = highest_id.unwrap_or_default().max(MIN_USERS);
        if i64::try_from(added).is_ok_and(|added| added < least) {
            return Ok(Self::default());
        }
        let indexes: Vec<(String, String)> = sql::<(Text, Text)>(INDEXES).load(connection)?;
        for (name, _) in &indexes {
            connection.batch_execute(&format!("DROP INDEX \"{name}\""))?;
        }
        Ok(Self(indexes.into_iter().map(|(_, definition)| definition).collect()))
    }

    /// Makes the indexes again.
    pub(super) fn end(self, connection: &mut SqliteConnection) -> QueryResult<()> {
        if !self.0.is_empty() {
            page_cache::set_for_sorting(connection)?;
        }
        self.0.iter().try_for_each(|definition| connection.batch_execute(definition))
    }
}
