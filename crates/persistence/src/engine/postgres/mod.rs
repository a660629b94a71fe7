//! Connections to PostgreSQL.
//!
//! Only what every engine that speaks its protocol has is used: no notifications, no extensions,
//! no advisory locks but those of migrations and of transactions that lock users, and no table
//! locks but the one that a copy can do without. What ends with its transaction alone is used, so
//! that a pooler may be in between.

pub(crate) mod monitored;
pub(crate) mod privileges;
pub(crate) mod read_batches;
pub(crate) mod refusal;
pub(crate) mod session;
pub(crate) mod url;

use std::{
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Duration,
};

use diesel::{PgConnection, r2d2};
use rollcall_domain::StoreError;

use crate::{
    audit::linker::Linker,
    engine::{
        Connection, Reads,
        counts::{Counts, PoolCounts, PoolUse},
        postgres::{
            monitored::{LIMIT, Manager},
            session::{Pooler, READ_COMMITTED, SNAPSHOT, limited, within},
            url::PostgresUrl,
        },
        presence::IfAbsent,
    },
    error::{Failure, messages::is_conflict, no_connection, open::OpenError},
    migrations::{self, history},
};

/// How many connections are kept for point reads: as many as read at the same time.
const READERS: u32 = 2;

/// How many connections are kept for lists, which take as long as who they are for: as many are
/// read at the same time.
const LISTS: u32 = 2;

/// The same behind a pooler in transaction mode. A list keeps one of the pooler's connections while
/// its client reads, and there may be as few as two for all.
const LISTS_THROUGH_POOLER: u32 = 1;

/// With fewer connections than this, reads, lists and writes share one pool.
const ENOUGH: u32 = 6;

/// The name of the shared pool.
const SHARED: &str = "shared";

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

/// The connections to one database.
#[derive(Clone)]
pub(crate) struct Pools {
    /// For point reads, which wait for no lock and must not wait behind writers.
    pub(crate) readers: Pool,
    /// For lists.
    pub(crate) lists: Pool,
    /// For everything else.
    pub(crate) others: Pool,
    /// Links audit entries by a connection of these.
    pub(crate) linker: Arc<Linker>,
    /// The counters.
    pub(crate) counts: Arc<Counts>,
}

/// Some of them.
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

impl Pools {
    /// Opens the database, with so many connections at most, and brings its schema up to date,
    /// unless there is none and `absent` forbids to make it.
    pub(crate) fn open(
        url: &PostgresUrl,
        connections: NonZeroU32,
        absent: IfAbsent,
    ) -> Result<Self, OpenError> {
        // Before libpq does it, which would have OpenSSL clean up when the process ends: under the
        // hands of the threads that are still connecting then.
        #[cfg(feature = "postgres-tls")]
        openssl_sys::init();
        // Not from a pool, which would retry every error for seconds.
        let mut first = session::connect(url, LIMIT)?;
        refusal::require_writable(&mut first)?;
        if absent == IfAbsent::Refuse {
            require_table(&mut first)?;
        }
        migrations::run_on_postgres(&mut first)?;
        drop(first);
        let (connections, counts) = (connections.get(), Arc::new(Counts::new()));
        let manager = Manager::new(url);
        let pool =
            |name, size, idle| Pool::of(manager.clone(), url.pooler(), &counts, name, size, idle);
        if connections < ENOUGH {
            let all = pool(SHARED, connections, 1)?;
            let linker = Arc::new(Linker::start(all.clone()));
            let (readers, lists) = (all.clone(), all.clone());
            return Ok(Self { readers, lists, others: all, linker, counts });
        }
        let lists = match url.pooler() {
            Pooler::None => LISTS,
            Pooler::Transaction => LISTS_THROUGH_POOLER,
        };
        let others = pool("others", connections - READERS - lists, 1)?;
        Ok(Self {
            readers: pool("readers", READERS, 1)?,
            lists: pool("lists", lists, 0)?,
            linker: Arc::new(Linker::start(others.clone())),
            others,
            counts,
        })
    }

    /// How the connections are used.
    pub(crate) fn uses(&self) -> Vec<PoolUse> {
        let mut pools = vec![&self.readers, &self.lists, &self.others];
        pools.dedup_by_key(|pool| pool.name);
        pools.into_iter().map(|pool| pool.uses.of(pool.name, &pool.connections)).collect()
    }
}

impl Pool {
    fn of(
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

/// Refuses a database without the table of users.
fn require_table(connection: &mut PgConnection) -> Result<(), OpenError> {
    let has_table = history::has_table(&mut Connection::Postgres(connection), "users");
    if has_table.map_err(OpenError::connect)? { Ok(()) } else { Err(OpenError::NoStore) }
}
