//! What is counted of the database.

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
    Store,
    error::{ErrorKind, Failure},
};

/// How many were done at once.
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

/// The counts of one pool of connections, which tells them itself.
#[derive(Clone, Debug)]
pub(crate) struct PoolCounts(Arc<PoolUses>);

#[derive(Debug)]
struct PoolUses {
    waits: Histogram,
    timeouts: Counter,
}

/// What a store has come to, and what it is at.
#[derive(Clone, Debug)]
pub struct StoreStatistics {
    /// Failures of the database by kind.
    pub errors: [(ErrorKind, u64); ErrorKind::ALL.len()],
    /// Transactions that were tried anew because others had got in the way.
    pub retries: u64,
    /// How the connections are used.
    pub pools: Vec<PoolStatistics>,
    /// How many writes were committed at once; none where each has a transaction of its own.
    pub commits: HistogramSnapshot,
    /// How many rows were read at once for those who must not block.
    pub look_ups: HistogramSnapshot,
    /// Users whose row was asked for and needed not, or needed, to be read.
    pub account_rows: [u64; 2],
    /// The same of sessions.
    pub session_rows: [u64; 2],
}

/// How a pool of connections is used.
#[derive(Clone, Debug)]
pub struct PoolStatistics {
    /// What it is for.
    pub name: &'static str,
    /// How many connections it may have.
    pub max: u32,
    /// How many somebody has.
    pub in_use: u32,
    /// How many nobody has.
    pub idle: u32,
    /// How long those waited who got one, in nanoseconds.
    pub waits: HistogramSnapshot,
    /// How many waited in vain.
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

    /// What it is called.
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

    /// From here on damage is logged: a command that meets it ends with it in one line.
    pub(crate) fn log_damage(&self) {
        self.logs_damage.store(true, Ordering::Relaxed);
    }

    /// Counts what was found to be damaged, and logs it the first time.
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

    /// Counts what has failed, if anything has.
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
    /// How `pool` is used, which tells these counts.
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
    /// What was counted so far. Asks the database nothing.
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
