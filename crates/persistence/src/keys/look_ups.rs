//! The queries that authenticate by keys.

use std::collections::HashMap;

use diesel::{PgConnection, prelude::*};
use jiff::Timestamp;
use rollcall_domain::{
    StoreError, User, UserId,
    key::{ApiKey, KeyHash, KeyId},
};

use crate::{
    engine::{Connection, on},
    error::Failure,
    rows::{key::KeyRow, roles::grouped, user::ShownRow},
    schema::{api_keys, user_roles, users},
};

/// A key's row and the one of its user, with one of the user's roles.
type KeyJoin = (KeyRow, ShownRow, Option<String>);

/// Every key with its user, in one row for each of the user's roles.
macro_rules! keys_with_roles {
    () => {
        api_keys::table.inner_join(users::table.left_join(user_roles::table)).select((
            KeyRow::as_select(),
            ShownRow::as_select(),
            user_roles::name.nullable(),
        ))
    };
}

/// The key whose secret has this hash, and its user.
pub(crate) fn find_key(
    connection: &mut Connection<'_>,
    hash: &KeyHash,
) -> Result<Option<(ApiKey, User)>, Failure> {
    let rows = on!(connection, it => {
        keys_with_roles!().filter(api_keys::hash.eq(hash.0.to_vec())).load(it)?
    });
    Ok(with_users(rows)?.pop())
}

/// The same for many on PostgreSQL, in the order of `hashes`.
pub(crate) fn find_keys(
    connection: &mut PgConnection,
    hashes: &[KeyHash],
) -> Result<Vec<Option<(ApiKey, User)>>, Failure> {
    let wanted = hashes.iter().map(|hash| hash.0.to_vec());
    let rows = keys_with_roles!()
        .filter(api_keys::hash.eq_any(wanted))
        .order(api_keys::id)
        .load(connection)?;
    let found = with_users(rows)?;
    let by_hash: HashMap<_, _> = found.iter().map(|found| (found.0.hash, found)).collect();
    Ok(hashes.iter().map(|hash| by_hash.get(hash).map(|found| (*found).clone())).collect())
}

/// The owner of a key that has not expired.
pub(crate) fn key_owner(
    connection: &mut Connection<'_>,
    id: KeyId,
) -> Result<Option<UserId>, Failure> {
    let is_live =
        api_keys::expire_time.gt(Timestamp::now().as_second()).or(api_keys::expire_time.is_null());
    let owner = api_keys::table.find(id.0).filter(is_live).select(api_keys::user_id);
    let owner: Option<i64> = on!(connection, it => owner.get_result(it).optional()?);
    Ok(owner.map(UserId))
}

fn with_users(rows: Vec<KeyJoin>) -> Result<Vec<(ApiKey, User)>, StoreError> {
    let rows = rows.into_iter().map(|(key, user, role)| Ok(((key, user), role)));
    let rows = grouped(rows).map(|row| {
        let ((key, user), roles) = row?;
        Ok((key.key()?, user.user(roles)?))
    });
    rows.collect()
}
