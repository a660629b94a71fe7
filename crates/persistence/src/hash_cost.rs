//! The highest cost that any password hash in a store has had.

use diesel::{prelude::*, result::Error as DieselError};
use rollcall_domain::{HashCost, PasswordHash};

use crate::{
    engine::{Connection, on},
    schema::hash_cost,
};

/// The id of the only row.
const ROW: i64 = 1;

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
