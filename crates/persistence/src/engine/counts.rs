//! Statistics of the database.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use diesel::r2d2::{
    self, ManageConnection,
    event::{CheckoutEvent, HandleEvent, TimeoutEvent},
};
use rollcall_domain::statistics::{Counter, Histogram, HistogramSnapshot, TIMES};

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

/// The counts of a store so far, and its current state.
#[derive(Clone, Debug)]
pub struct StoreStatistics {
    /// Failures of the database by kind.
    pub errors: [(ErrorKind, u64); ErrorKind::ALL.len()],
    /// Transactions that were retried because of conflicts with others.
    pub retries: u64,
    /// The use of the connections, by pool.
    pub pools: Vec<PoolStatistics>,
    /// How many writes each commit had; none if each write has its own transaction.
    pub commits: HistogramSnapshot,
    /// How many rows each shared look-up read.
    pub look_ups: HistogramSnapshot,
    /// Look-ups of users that needed no read of the row, and those that did.
    pub account_rows: [u64; 2],
    /// Look-ups of sessions, divided in the same way.
    pub session_rows: [u64; 2],
}

/// The use of one pool of connections.
#[derive(Clone, Debug)]
pub struct PoolStatistics {
    /// The pool's name.
    pub name: &'static str,
    /// How many connections the pool may have.
    pub max: u32,
    /// How many connections are in use.
    pub in_use: u32,
    /// How many connections are idle.
    pub idle: u32,
    /// How long callers waited for a connection, in nanoseconds; only of those that got one.
    pub waits: HistogramSnapshot,
    /// How often a caller got no connection in time.
    pub timeouts: u64,
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
    #[must_use]
    pub fn as_str(self) -> &'static str {
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
}

impl Default for PoolCounts {
    fn default() -> Self {
        Self(Arc::new(PoolUses { waits: Histogram::new(TIMES), timeouts: Counter::default() }))
    }
}

impl PoolCounts {
    /// The statistics of `pool`, which reports to these counts.
    pub(crate) fn statistics<M: ManageConnection>(
        &self,
        name: &'static str,
        pool: &r2d2::Pool<M>,
    ) -> PoolStatistics {
        let state = pool.state();
        PoolStatistics {
            name,
            max: pool.max_size(),
            in_use: state.connections.saturating_sub(state.idle_connections),
            idle: state.idle_connections,
            waits: self.0.waits.snapshot(),
            timeouts: self.0.timeouts.get(),
        }
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

impl Store {
    /// The statistics so far. Does not query the database.
    #[must_use]
    pub fn statistics(&self) -> StoreStatistics {
        let counts = self.backend.counts();
        let rows = |it: &rollcall_domain::statistics::Lookups| [it.hits.get(), it.misses.get()];
        StoreStatistics {
            errors: ErrorKind::ALL.map(|kind| (kind, counts.errors[kind as usize].get())),
            retries: counts.retries.get(),
            pools: self.backend.pool_statistics(),
            commits: counts.commits.snapshot(),
            look_ups: counts.look_ups.snapshot(),
            account_rows: rows(&self.accounts.lookups),
            session_rows: rows(&self.sessions.lookups),
        }
    }
}
