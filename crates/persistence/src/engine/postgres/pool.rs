//! A pool of connections, which runs transactions again that others get in the way of.

use std::{
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Duration,
};

use diesel::{PgConnection, r2d2};
use rollcall_domain::StoreError;

use crate::{
    engine::{
        Reads,
        counts::{Counts, PoolCounts, PoolUse},
        postgres::{
            monitored::{LIMIT, Manager},
            session::{Pooler, READ_COMMITTED, SNAPSHOT, limited, within},
        },
    },
    error::{Failure, messages::is_conflict, no_connection, open::OpenError},
};

/// How long a request waits for a connection before it is told that the store is away.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(1500);

/// How often a transaction is tried that others get in the way of.
const ATTEMPTS: u32 = 30;

/// How many times a transaction is tried beside others of this process. From then on the others
/// wait for it: at `serializable`, only the first of two transactions that touch the same rows can
/// commit.
const ATTEMPTS_BESIDE_OTHERS: u32 = 3;

/// Begins a transaction whose statements each see what was committed before them.
const READING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY";

/// Connections for one use, or for all.
#[derive(Clone)]
pub(crate) struct Pool {
    name: &'static str,
    connections: r2d2::Pool<Manager>,
    pooler: Pooler,
    /// Shared by writers. A writer that failed beside the others takes it alone.
    writers: Arc<RwLock<()>>,
    uses: PoolCounts,
    counts: Arc<Counts>,
}

impl Pool {
    /// Opens `idle` connections, and at most so many once they are needed.
    pub(super) fn of(
        manager: Manager,
        pooler: Pooler,
        counts: &Arc<Counts>,
        name: &'static str,
        connections: u32,
        idle: u32,
    ) -> Result<Self, OpenError> {
        let (uses, counts) = (PoolCounts::default(), Arc::clone(counts));
        let pool = r2d2::Pool::builder()
            .max_size(connections)
            .min_idle(Some(idle))
            .connection_timeout(CONNECTION_TIMEOUT)
            .test_on_check_out(false)
            .event_handler(Box::new(uses.clone()))
            .build(manager)
            .map_err(OpenError::connect)?;
        Ok(Self { name, connections: pool, pooler, writers: Arc::default(), uses, counts })
    }

    /// Its name in metrics.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// How the connections are used.
    pub(super) fn uses(&self) -> PoolUse {
        self.uses.of(self.name, &self.connections)
    }

    /// Runs `work` in a transaction, at the database's own isolation level.
    pub(crate) fn write<T>(
        &self,
        work: impl Fn(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut attempt = 0;
        self.repeat(ATTEMPTS, |connection| {
            attempt += 1;
            if attempt > ATTEMPTS_BESIDE_OTHERS {
                let _alone = self.writers.write().unwrap_or_else(PoisonError::into_inner);
                self.transaction(connection, "BEGIN", &work)
            } else {
                let _beside = self.writers.read().unwrap_or_else(PoisonError::into_inner);
                self.transaction(connection, "BEGIN", &work)
            }
        })
    }

    /// Runs `work`, which writes, in a transaction whose statements each see what was committed
    /// before them.
    pub(crate) fn write_as_read_committed<T>(
        &self,
        mut work: impl FnMut(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.repeat(ATTEMPTS, |connection| self.transaction(connection, READ_COMMITTED, &mut work))
    }

    /// Runs `work`, each of whose statements is a transaction of its own, at the database's own
    /// isolation level. None behind a pooler, where limits need a transaction around them, and if
    /// others get in its way as often as they may get in that of [`write`](Self::write) before it
    /// has them wait.
    pub(crate) fn autocommit<T>(
        &self,
        mut work: impl FnMut(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        if self.pooler.has_transactions_alone() {
            return Ok(None);
        }
        let outcome = self.repeat(ATTEMPTS_BESIDE_OTHERS, |connection| {
            let _beside = self.writers.read().unwrap_or_else(PoisonError::into_inner);
            work(connection)
        });
        match outcome {
            Err(Failure::Query(error)) if is_conflict(&error) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Runs `work`, statements that read.
    pub(crate) fn read<T>(
        &self,
        reads: Reads,
        mut work: impl FnMut(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.repeat(ATTEMPTS, |connection| match reads {
            Reads::Snapshot => self.transaction(connection, SNAPSHOT, &mut work),
            Reads::Latest if self.pooler.has_transactions_alone() => {
                self.transaction(connection, "BEGIN", &mut work)
            }
            Reads::Latest => work(connection),
        })
    }

    /// Runs `work`, which reads, in one transaction and once: what it has read is on its way.
    /// Each of its statements sees what was committed before it.
    pub(crate) fn read_once<T>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tracked = self.get()?;
        match self.transaction(&mut tracked.connection, READING, work) {
            Err(Failure::Query(error)) => Err(tracked.failure(error)),
            outcome => outcome,
        }
    }

    /// Runs `work` in a transaction that is begun with these words.
    fn transaction<T>(
        &self,
        connection: &mut PgConnection,
        words: &str,
        work: impl FnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.pooler.has_transactions_alone() {
            within(connection, &limited(words, LIMIT), work)
        } else {
            within(connection, words, work)
        }
    }

    /// Runs `work`, and again while others get in its way, so many times at most.
    fn repeat<T>(
        &self,
        attempts: u32,
        mut work: impl FnMut(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tracked = self.get()?;
        let mut attempt = 1;
        loop {
            match work(&mut tracked.connection) {
                Err(Failure::Query(error)) if is_conflict(&error) && attempt < attempts => {
                    self.counts.retries.increment();
                    thread::sleep(pause(attempt));
                    attempt += 1;
                }
                Err(Failure::Query(error)) => return Err(tracked.failure(error)),
                outcome => return outcome,
            }
        }
    }

    /// A connection that was there a moment ago.
    fn get(&self) -> Result<r2d2::PooledConnection<Manager>, StoreError> {
        loop {
            let mut tracked = self.connections.get().map_err(|error| no_connection(&error))?;
            if tracked.is_there() {
                return Ok(tracked);
            }
        }
    }
}

/// How long a transaction waits before it is tried again: up to 8 ms at first, at random so that
/// replicas do not retry in step. The longest pause doubles with every eight attempts, so that a
/// slow replica finds a gap between the writes of the others.
fn pause(attempt: u32) -> Duration {
    let longest = 8 << (attempt / 8).min(3);
    let random = getrandom::u32().unwrap_or_default() % longest;
    Duration::from_millis(u64::from(1 + random))
}
