//! The database and the connections to it.

use std::fmt;

use rollcall_persistence::StoreStatistics;

use crate::families::{Families, Labels};

pub(crate) fn encode(families: &mut Families<'_>, store: &StoreStatistics) -> fmt::Result {
    pools(families, store)?;
    let errors = store.errors.map(|(kind, count)| ([("kind", kind.as_str())], count));
    families.counters(
        "rollcall_database_errors",
        "Database errors by kind.",
        errors.iter().map(|(labels, count)| (&labels[..], *count)),
    )?;
    families.counter(
        "rollcall_database_retries",
        "Transactions retried after a conflict with concurrent ones.",
        store.retries,
    )?;
    families.sizes(
        "rollcall_database_commit_writes",
        "Writes per SQLite commit.",
        &store.commits,
    )?;
    families.sizes(
        "rollcall_database_look_up_rows",
        "Rows per PostgreSQL lookup statement.",
        &store.look_ups,
    )?;
    let [(users, unread_users), (sessions, unread_sessions)] =
        [store.account_rows, store.session_rows].map(|[hits, misses]| (hits, misses));
    families.counters(
        "rollcall_row_cache_lookups",
        "Lookups in the SQLite row cache, by table and result.",
        [
            (&[("rows", "users"), ("result", "hit")][..], users),
            (&[("rows", "users"), ("result", "miss")], unread_users),
            (&[("rows", "sessions"), ("result", "hit")], sessions),
            (&[("rows", "sessions"), ("result", "miss")], unread_sessions),
        ],
    )
}

/// The connections of each pool.
fn pools(families: &mut Families<'_>, store: &StoreStatistics) -> fmt::Result {
    let names: Vec<_> = store.pools.iter().map(|pool| [("pool", pool.name)]).collect();
    let states: Vec<_> = store
        .pools
        .iter()
        .flat_map(|pool| {
            let labels = |state| [("pool", pool.name), ("state", state)];
            [(labels("in_use"), pool.in_use), (labels("idle"), pool.idle)]
        })
        .collect();
    families.gauges(
        "rollcall_database_connections",
        "Database connections by pool and state.",
        states.iter().map(|(labels, count)| (&labels[..], u64::from(*count))),
    )?;
    let pools = || names.iter().map(|labels| &labels[..] as Labels<'_>).zip(&store.pools);
    families.gauges(
        "rollcall_database_connections_max",
        "Maximum database connections of each pool.",
        pools().map(|(labels, pool)| (labels, pool.max.into())),
    )?;
    families.times(
        "rollcall_database_connection_wait",
        "Wait for a database connection, without timeouts.",
        pools().map(|(labels, pool)| (labels, pool.waits.clone())),
    )?;
    families.counters(
        "rollcall_database_connection_timeouts",
        "Timeouts while waiting for a database connection.",
        pools().map(|(labels, pool)| (labels, pool.timeouts)),
    )
}
