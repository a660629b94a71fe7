//! Statistics of the database.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use diesel::r2d2::{
    self, ManageConnection, State,
    event::{CheckoutEvent, HandleEvent, TimeoutEvent},
};
use rollcall_domain::statistics::{
    Counter, Family, Histogram, Observe, TIMES,
    Values::{Counters, Gauges, Sizes, Times},
    labelled, unlabelled,
};

use crate::{
    error::{ErrorKind, Failure},
    store::Store,
};

/// Bounds for the sizes of batches.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];

/// The counts of one store.
pub(crate) struct Counts {
    errors: [Counter; ErrorKind::ALL.len()],
    is_damaged: AtomicBool,
    logs_damage: AtomicBool,
    pub(crate) retries: Counter,
    pub(crate) commits: Histogram,
    pub(crate) look_ups: Histogram,
}

/// The counts of one pool of connections, which reports them itself.
#[derive(Clone, Debug)]
pub(crate) struct PoolCounts(Arc<PoolUses>);

#[derive(Debug)]
struct PoolUses {
    waits: Histogram,
    timeouts: Counter,
}

/// One pool of connections as it is now.
pub(crate) struct PoolUse {
    name: &'static str,
    max: u32,
    state: State,
    counts: PoolCounts,
}

impl ErrorKind {
    /// Every kind.
    const ALL: [Self; 7] = [
        Self::Unavailable,
        Self::Timeout,
        Self::Conflict,
        Self::Full,
        Self::ReadOnly,
        Self::Damaged,
        Self::Internal,
    ];

    /// The name of the kind in metrics and logs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Conflict => "conflict",
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::Damaged => "damaged",
            Self::Internal => "internal",
        }
    }
}

impl Counts {
    pub(crate) fn new() -> Self {
        let [commits, look_ups] = [(); 2].map(|()| Histogram::new(SIZES));
        Self {
            errors: Default::default(),
            is_damaged: AtomicBool::new(false),
            logs_damage: AtomicBool::new(false),
            retries: Counter::default(),
            commits,
            look_ups,
        }
    }

    /// Whether the database was ever found to be damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    /// Begins to log damage. Commands do not: they end with it in one line.
    pub(crate) fn log_damage(&self) {
        self.logs_damage.store(true, Ordering::Relaxed);
    }

    /// Counts damage, and logs the first.
    pub(crate) fn damage(&self, what: &str) {
        self.errors[ErrorKind::Damaged as usize].increment();
        let is_news = !self.is_damaged.swap(true, Ordering::Relaxed);
        if is_news && self.logs_damage.load(Ordering::Relaxed) {
            let what = what.replace("*** in database main ***", "").replace('\n', " ");
            log::error!(
                "the database is damaged: {}; nothing is written to it any more: stop the \
                 server, keep the files, and run `rollcall restore` with a backup",
                what.trim()
            );
        }
    }

    /// Counts the failure, if there is one.
    pub(crate) fn failure_of<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        if let Err(failure) = &outcome
            && let Some(kind) = failure.kind()
        {
            match failure {
                Failure::Query(error) if kind == ErrorKind::Damaged => {
                    self.damage(&error.to_string());
                }
                _ => self.errors[kind as usize].increment(),
            }
        }
        outcome
    }

    fn families(&self) -> [Family; 4] {
        [
            Family::new(
                "rollcall_database_errors",
                "Database errors by kind.",
                Counters(labelled(
                    ["kind"],
                    ErrorKind::ALL.map(|kind| ([kind.as_str()], self.errors[kind as usize].get())),
                )),
            ),
            Family::new(
                "rollcall_database_retries",
                "Transactions retried after a conflict with concurrent ones.",
                Counters(unlabelled(self.retries.get())),
            ),
            Family::new(
                "rollcall_database_commit_writes",
                "Writes per SQLite commit.",
                Sizes(unlabelled(self.commits.snapshot())),
            ),
            Family::new(
                "rollcall_database_look_up_rows",
                "Rows per PostgreSQL lookup statement.",
                Sizes(unlabelled(self.look_ups.snapshot())),
            ),
        ]
    }
}

impl Default for PoolCounts {
    fn default() -> Self {
        Self(Arc::new(PoolUses { waits: Histogram::new(TIMES), timeouts: Counter::default() }))
    }
}

impl PoolCounts {
    /// The use of `pool`, which reports to these counts.
    pub(crate) fn of<M: ManageConnection>(
        &self,
        name: &'static str,
        pool: &r2d2::Pool<M>,
    ) -> PoolUse {
        PoolUse { name, max: pool.max_size(), state: pool.state(), counts: self.clone() }
    }
}

impl HandleEvent for PoolCounts {
    fn handle_checkout(&self, event: CheckoutEvent) {
        self.0.waits.record_time(event.duration());
    }

    fn handle_timeout(&self, _: TimeoutEvent) {
        self.0.timeouts.increment();
    }
}

impl Observe for Store {
    fn observe(&self) -> Vec<Family> {
        let mut families = Vec::from(pool_families(&self.backend.pools()));
        families.extend(self.backend.counts().families());
        let [users, sessions] = [&self.accounts.lookups(), &self.sessions.lookups()];
        let keys = self.keys.lookups();
        families.push(Family::new(
            "rollcall_row_cache_lookups",
            "Lookups in the SQLite row cache, by table and result.",
            Counters(labelled(
                ["rows", "result"],
                [
                    (["users", "hit"], users.hits.get()),
                    (["users", "miss"], users.misses.get()),
                    (["sessions", "hit"], sessions.hits.get()),
                    (["sessions", "miss"], sessions.misses.get()),
                    (["keys", "hit"], keys.hits.get()),
                    (["keys", "miss"], keys.misses.get()),
                ],
            )),
        ));
        families
    }
}

/// The metrics of the pools.
fn pool_families(pools: &[PoolUse]) -> [Family; 4] {
    let states = |PoolUse { name, state, .. }: &PoolUse| {
        let in_use = state.connections.saturating_sub(state.idle_connections);
        [([*name, "in_use"], in_use.into()), ([*name, "idle"], state.idle_connections.into())]
    };
    [
        Family::new(
            "rollcall_database_connections",
            "Database connections by pool and state.",
            Gauges(labelled(["pool", "state"], pools.iter().flat_map(states))),
        ),
        Family::new(
            "rollcall_database_connections_max",
            "Maximum database connections of each pool.",
            Gauges(labelled(["pool"], pools.iter().map(|pool| ([pool.name], pool.max.into())))),
        ),
        Family::new(
            "rollcall_database_connection_wait",
            "Wait for a database connection, without timeouts.",
            Times(labelled(
                ["pool"],
                pools.iter().map(|pool| ([pool.name], pool.counts.0.waits.snapshot())),
            )),
        ),
        Family::new(
            "rollcall_database_connection_timeouts",
            "Timeouts while waiting for a database connection.",
            Counters(labelled(
                ["pool"],
                pools.iter().map(|pool| ([pool.name], pool.counts.0.timeouts.get())),
            )),
        ),
    ]
}
