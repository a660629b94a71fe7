//! Connections to PostgreSQL.
//!
//! Only what every engine that speaks its protocol has is used: no notifications, no extensions,
//! no advisory locks but the one that migrations take, and no table locks but the one that a copy
//! can do without. What ends with its transaction alone is used, so that a pooler may be in
//! between.

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

use diesel::{
    PgConnection, r2d2,
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::StoreError;

use crate::{
    engine::{
        Connection,
        counts::{Counts, PoolCounts, PoolStatistics},
        postgres::{
            monitored::{LIMIT, Manager},
            session::{Pooler, limited, within},
            url::PostgresUrl,
        },
        presence::IfAbsent,
    },
    error::{Failure, no_connection, open::OpenError},
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
/// wait for it: each write changes the head of the audit log, and at `serializable` only the first
/// of two such transactions can commit.
const ATTEMPTS_BESIDE_OTHERS: u32 = 3;

/// Begins a transaction whose statements each see what was committed before them.
const READING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY";

/// Begins a transaction whose statements all see one moment.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The connections to one database.
#[derive(Clone)]
pub(crate) struct Pools {
    /// For point reads, which wait for no lock and must not wait behind writers.
    pub(crate) readers: Pool,
    /// For lists.
    pub(crate) lists: Pool,
    /// For everything else.
    pub(crate) others: Pool,
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
            return Ok(Self { readers: all.clone(), lists: all.clone(), others: all, counts });
        }
        let lists = match url.pooler() {
            Pooler::None => LISTS,
            Pooler::Transaction => LISTS_THROUGH_POOLER,
        };
        Ok(Self {
            readers: pool("readers", READERS, 1)?,
            lists: pool("lists", lists, 0)?,
            others: pool("others", connections - READERS - lists, 1)?,
            counts,
        })
    }

    /// How the connections are used.
    pub(crate) fn statistics(&self) -> Vec<PoolStatistics> {
        let mut pools = vec![&self.readers, &self.lists, &self.others];
        pools.dedup_by_key(|pool| pool.name);
        pools.into_iter().map(|it| it.uses.statistics(it.name, &it.connections)).collect()
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
        self.repeat(|connection| {
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

    /// Runs `work`, statements that read from one snapshot.
    pub(crate) fn snapshot<T>(
        &self,
        work: impl Fn(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.repeat(|connection| self.transaction(connection, SNAPSHOT, &work))
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

    /// Runs `work`, statements that need no transaction in common.
    pub(crate) fn run<T>(
        &self,
        mut work: impl FnMut(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.repeat(|connection| {
            if self.pooler.has_transactions_alone() {
                self.transaction(connection, "BEGIN", &mut work)
            } else {
                work(connection)
            }
        })
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

    /// Runs `work`, and again for as long as others get in its way.
    fn repeat<T>(
        &self,
        mut work: impl FnMut(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tracked = self.get()?;
        let mut attempt = 1;
        loop {
            match work(&mut tracked.connection) {
                Err(Failure::Query(error)) if is_conflict(&error) && attempt < ATTEMPTS => {
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

/// Whether a transaction failed only because of others at the same time. Deadlocks have no kind of
/// their own.
fn is_conflict(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(_, information) => {
            information.message().contains("deadlock detected")
        }
        _ => false,
    }
}
