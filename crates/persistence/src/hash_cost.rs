//! The highest cost that any password hash in a store has had.

use std::path::Path;

use diesel::{prelude::*, result::Error as DieselError, sql_query};
use rollcall_domain::{HashCost, PasswordHash};

use crate::{
    bulk::backup::BackupError,
    engine::{
        Connection,
        dedicated::Database,
        on,
        sqlite::sqlite_name::{self, Mode},
    },
    error::open::OpenError,
    schema::hash_cost,
};

/// The id of the only row.
const ROW: i64 = 1;

/// Raises the cost to that of the hashes which are there.
const RECOUNT: &str = "UPDATE hash_cost SET cost = max(cost, (
    SELECT coalesce(max(CAST(substr(password_hash, 5, 2) AS INTEGER)), 0) FROM users
    WHERE password_hash GLOB '$2[aby]$[0-9][0-9]$*'
        AND CAST(substr(password_hash, 5, 2) AS INTEGER) BETWEEN 4 AND 16))";

/// The cost; none in a store that never had a hash.
pub(crate) fn hash_cost(connection: &mut Connection<'_>) -> Result<Option<HashCost>, DieselError> {
    let row = hash_cost::table.find(ROW).select(hash_cost::cost);
    let cost: Option<i64> = on!(connection, it => row.get_result(it).optional()?);
    let cost = cost.and_then(|cost| u32::try_from(cost).ok());
    Ok(cost.and_then(|cost| HashCost::new(cost).ok()))
}

/// Raises the cost, if it is lower.
pub(crate) fn raise_hash_cost(
    connection: &mut Connection<'_>,
    cost: HashCost,
) -> Result<(), DieselError> {
    let cost = i64::from(cost.get());
    let lower = hash_cost::table.find(ROW).filter(hash_cost::cost.lt(cost));
    let row = diesel::update(lower).set(hash_cost::cost.eq(cost));
    on!(connection, it => row.execute(it)).map(drop)
}

/// The highest cost of these hashes; none if there are none.
pub(crate) fn highest<'a>(hashes: impl Iterator<Item = &'a str>) -> Option<HashCost> {
    hashes.filter_map(|hash| PasswordHash::from_store(hash.to_owned()).sound_cost()).max()
}

/// Has the SQLite store at `path`, which no other process has open, keep the highest cost of its
/// hashes, whatever it kept before. The store of an earlier release learns it when it is opened.
///
/// # Errors
/// [`BackupError`] when the store fails.
pub fn recount_hash_cost(path: &Path) -> Result<(), BackupError> {
    let opened = sqlite_name::open(path, Mode::ReadWrite).map_err(OpenError::connect);
    let mut store = Database::Sqlite(opened?);
    if store.has_table("hash_cost")?
        && let Database::Sqlite(connection) = &mut store
    {
        sql_query(RECOUNT).execute(connection)?;
    }
    Ok(())
}
