//! Look-ups on PostgreSQL for callers that must not block.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use diesel::{PgConnection, prelude::*};
use rollcall_domain::{
    Account, StoreError, User, UserRef,
    session::{Session, SessionKey},
};

use crate::{
    engine::{
        counts::Counts,
        postgres::{Pool, Pools, read_batches::ReadBatches},
    },
    error::Failure,
    rows::user::{SessionRow, UserRow, accounts, session},
    schema::{sessions, user_roles, users},
};

/// Finds the values of keys, in their order.
type Find<K, V> = fn(&mut PgConnection, &[K]) -> Result<Vec<Option<V>>, Failure>;

/// The two queues of look-ups.
#[derive(Clone)]
pub(crate) struct LookUps {
    pub(crate) accounts: ReadBatches<UserRef, Account>,
    pub(crate) sessions: ReadBatches<SessionKey, (Session, User)>,
}

impl LookUps {
    /// Starts the reading threads.
    pub(crate) fn start(pools: &Pools) -> Self {
        let by = (&pools.readers, &pools.counts);
        Self {
            accounts: ReadBatches::start(reading(by, find_accounts)),
            sessions: ReadBatches::start(reading(by, find_sessions)),
        }
    }
}

/// Reads by `find` on a connection of the pool.
fn reading<K, V>(
    (pool, counts): (&Pool, &Arc<Counts>),
    find: Find<K, V>,
) -> impl Fn(&[K]) -> Result<Vec<Option<V>>, StoreError> + use<K, V> {
    let (pool, counts) = (pool.clone(), Arc::clone(counts));
    move |keys| {
        counts.look_ups.record(keys.len() as u64);
        let outcome = pool.run(|connection| find(connection, keys));
        counts.failure_of(outcome).map_err(Failure::into_store_error)
    }
}

fn find_accounts(
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
    let rows = users::table.left_join(user_roles::table).order(users::id).select((
        users::name_key,
        UserRow::as_select(),
        user_roles::name.nullable(),
    ));
    // Not one statement for both: each column has its own index, and most look-ups are by name
    // alone.
    let mut found = Vec::new();
    if !ids.is_empty() {
        found.extend(accounts::<String>(rows.filter(users::id.eq_any(ids)).load(connection)?)?);
    }
    if !names.is_empty() {
        let rows = rows.filter(users::name_key.eq_any(names));
        found.extend(accounts::<String>(rows.load(connection)?)?);
    }
    let by_id = index(&found, |(_, account)| account.user.id);
    let by_name = index(&found, |(key, _)| key.as_str());
    let account = |target: &UserRef| match target {
        UserRef::Id(id) => by_id.get(id),
        UserRef::Name(key) => by_name.get(key.as_str()),
    };
    Ok(targets.iter().map(|target| account(target).map(|(_, account)| account.clone())).collect())
}

fn find_sessions(
    connection: &mut PgConnection,
    keys: &[SessionKey],
) -> Result<Vec<Option<(Session, User)>>, Failure> {
    let rows = sessions::table
        .inner_join(users::table.left_join(user_roles::table))
        .filter(sessions::key.eq_any(keys.iter().map(SessionKey::as_str)))
        .order(sessions::key)
        .select((SessionRow::as_select(), UserRow::as_select(), user_roles::name.nullable()))
        .load(connection)?;
    let found = accounts::<SessionRow>(rows)?;
    let by_key = index(&found, |(row, _)| row.key.as_str());
    let found = |key: &SessionKey| match by_key.get(key.as_str()) {
        Some((row, account)) => Ok(Some((session(row)?, account.user.clone()))),
        None => Ok(None),
    };
    keys.iter().map(found).collect()
}

fn index<'a, K: Eq + Hash, T>(values: &'a [T], key: impl Fn(&'a T) -> K) -> HashMap<K, &'a T> {
    values.iter().map(|value| (key(value), value)).collect()
}
