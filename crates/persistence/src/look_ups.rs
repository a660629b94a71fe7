//! The queries of point reads: users and sessions by key.

use std::{collections::HashMap, hash::Hash};

use diesel::{PgConnection, prelude::*};
use rollcall_domain::{
    Account, StoreError, User, UserId, UserRef, WriteError,
    session::{Session, SessionKey},
};

use crate::{
    engine::{Connection, on, prepared::Prepared},
    error::Failure,
    rows::{
        roles::grouped,
        session::SessionRow,
        user::{AccountRow, ShownRow, accounts},
    },
    schema::{sessions, user_roles, users},
};

/// A session's row and the one of its user, with one of the user's roles.
type SessionJoin = (SessionRow, ShownRow, Option<String>);

/// Every account, in one row for each of its roles.
macro_rules! accounts_with_roles {
    () => {
        users::table
            .left_join(user_roles::table)
            .select((AccountRow::as_select(), user_roles::name.nullable()))
    };
}

/// Every session with its user, in one row for each of the user's roles.
macro_rules! sessions_with_roles {
    () => {
        sessions::table.inner_join(users::table.left_join(user_roles::table)).select((
            SessionRow::as_select(),
            ShownRow::as_select(),
            user_roles::name.nullable(),
        ))
    };
}

/// The account that `target` means, if there is one.
pub(crate) fn find(
    connection: &mut Connection<'_>,
    target: &UserRef,
) -> Result<Option<Account>, Failure> {
    let rows = on!(connection, inside => {
        let query = accounts_with_roles!();
        match target {
            UserRef::Id(id) => Prepared(query.filter(users::id.eq(id.0))).load(inside)?,
            UserRef::Name(key) => {
                Prepared(query.filter(users::name_key.eq(key.as_str()))).load(inside)?
            }
        }
    });
    Ok(accounts(rows)?.pop())
}

/// The account with this id.
pub(crate) fn require(connection: &mut Connection<'_>, id: UserId) -> Result<Account, Failure> {
    Ok(find(connection, &UserRef::Id(id))?.ok_or(WriteError::Missing)?)
}

/// The accounts that have these name keys.
pub(crate) fn find_named(
    connection: &mut Connection<'_>,
    keys: Vec<String>,
) -> Result<Vec<Account>, Failure> {
    let rows = on!(connection, inside => {
        accounts_with_roles!().filter(users::name_key.eq_any(keys)).order(users::id).load(inside)?
    });
    Ok(accounts(rows)?)
}

/// The same for many on PostgreSQL, in the order of `targets`.
pub(crate) fn find_many(
    connection: &mut PgConnection,
    targets: &[UserRef],
) -> Result<Vec<Option<Account>>, Failure> {
    let (mut ids, mut names) = (Vec::new(), Vec::new());
    for target in targets {
        match target {
            UserRef::Id(id) => ids.push(id.0),
            UserRef::Name(key) => names.push(key.as_str()),
        }
    }
    let query = users::table.left_join(user_roles::table).order(users::id).select((
        users::name_key,
        AccountRow::as_select(),
        user_roles::name.nullable(),
    ));
    // Not one statement for both: each column has its own index, and most look-ups are by name
    // alone.
    let mut rows: Vec<(String, AccountRow, Option<String>)> = Vec::new();
    if !ids.is_empty() {
        rows.extend(query.filter(users::id.eq_any(ids)).load(connection)?);
    }
    if !names.is_empty() {
        rows.extend(query.filter(users::name_key.eq_any(names)).load(connection)?);
    }
    let rows = rows.into_iter().map(|(key, row, role)| Ok(((key, row), role)));
    let found = grouped(rows).map(|row| {
        let ((key, row), roles) = row?;
        Ok((key, row.account(roles)?))
    });
    let found = found.collect::<Result<Vec<_>, StoreError>>()?;
    let by_id = index(&found, |(_, account)| account.user.id);
    let by_name = index(&found, |(key, _)| key.as_str());
    let account = |target: &UserRef| match target {
        UserRef::Id(id) => by_id.get(id),
        UserRef::Name(key) => by_name.get(key.as_str()),
    };
    Ok(targets.iter().map(|target| account(target).map(|(_, account)| account.clone())).collect())
}

/// The session with this key, and its user.
pub(crate) fn find_session(
    connection: &mut Connection<'_>,
    key: &SessionKey,
) -> Result<Option<(Session, User)>, Failure> {
    let rows = on!(connection, inside => {
        sessions_with_roles!().filter(sessions::key.eq(key.as_str())).load(inside)?
    });
    let found = with_users(rows)?.pop();
    Ok(found.map(|(row, user)| Ok::<_, StoreError>((row.session()?, user))).transpose()?)
}

/// The same for many on PostgreSQL, in the order of `keys`.
pub(crate) fn find_sessions(
    connection: &mut PgConnection,
    keys: &[SessionKey],
) -> Result<Vec<Option<(Session, User)>>, Failure> {
    let rows = sessions_with_roles!()
        .filter(sessions::key.eq_any(keys.iter().map(SessionKey::as_str)))
        .order(sessions::key)
        .load(connection)?;
    let found = with_users(rows)?;
    let by_key = index(&found, |(row, _)| row.key.as_str());
    let found = |key: &SessionKey| match by_key.get(key.as_str()) {
        Some((row, user)) => Ok(Some((row.session()?, user.clone()))),
        None => Ok(None),
    };
    keys.iter().map(found).collect()
}

fn with_users(rows: Vec<SessionJoin>) -> Result<Vec<(SessionRow, User)>, StoreError> {
    let rows = rows.into_iter().map(|(session, user, role)| Ok(((session, user), role)));
    let rows = grouped(rows).map(|row| {
        let ((session, user), roles) = row?;
        Ok((session, user.user(roles)?))
    });
    rows.collect()
}

fn index<'a, K: Eq + Hash, T>(values: &'a [T], key: impl Fn(&'a T) -> K) -> HashMap<K, &'a T> {
    values.iter().map(|value| (key(value), value)).collect()
}
