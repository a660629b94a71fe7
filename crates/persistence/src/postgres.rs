//! Connections to PostgreSQL.
//!
//! Only what every engine that speaks its protocol has is used: no notifications, no extensions, no
//! advisory locks but the one that migrations take, and no table locks but the one that a copy can do
//! without.

use std::{
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Duration,
};

use diesel::{
    Connection, PgConnection,
    r2d2::{self, ManageConnection},
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::StoreError;

use crate::{
    OpenError,
    error::{Failure, no_connection},
    migrations,
    statistics::{Counts, PoolCounts, PoolStatistics},
    tracked::Manager,
    url::PostgresUrl,
};

/// How many connections are kept for point reads: as many as read at the same time.
const READERS: u32 = 2;

/// How many connections are kept for lists, which take as long as who they are for: as many are read at
/// the same time.
const LISTS: u32 = 2;

/// With fewer connections than this, everybody shares them.
const ENOUGH: u32 = 6;

/// What the pool is called that everybody shares.
const SHARED: &str = "shared";

/// How long a request waits for a connection before it is told that the store is away.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(1500);

/// How often a transaction is tried that others get in the way of.
const ATTEMPTS: u32 = 30;

/// How many times a transaction is tried beside others of this process. From then on they wait for it: all who
/// write want the end of the audit log, and at `serializable` whoever was not first must begin anew.
const ATTEMPTS_BESIDE_OTHERS: u32 = 3;

/// The connections to one database.
#[derive(Clone)]
pub(crate) struct Pools {
    /// For point reads, which wait for no lock and so must not wait for those who do.
    pub(crate) readers: Pool,
    /// For lists.
    pub(crate) lists: Pool,
    /// For everything else.
    pub(crate) others: Pool,
    /// What is counted on the way.
    pub(crate) counts: Arc<Counts>,
}

/// Some of them.
#[derive(Clone)]
pub(crate) struct Pool {
    name: &'static str,
    connections: r2d2::Pool<Manager>,
    /// Held by those who write, and by one of them alone who has not succeeded beside the others.
    writers: Arc<RwLock<()>>,
    uses: PoolCounts,
    counts: Arc<Counts>,
}

impl Pools {
    /// Opens the database, with so many connections at most, and brings its schema up to date.
    pub(crate) fn open(url: &PostgresUrl, connections: NonZeroU32) -> Result<Self, OpenError> {
        // Before libpq does it, which would have OpenSSL clean up when the process ends: under the
        // hands of the threads that are still connecting then.
        #[cfg(feature = "postgres-tls")]
        openssl_sys::init();
        let manager = Manager::new(url);
        // Not from a pool, which would try anew for seconds whatever is wrong.
        let mut first = manager.connect().map_err(|error| OpenError::Connect(Box::new(error)))?;
        migrations::run_on_postgres(&mut first.connection)?;
        let (connections, counts) = (connections.get(), Arc::new(Counts::new()));
        let pool = |name, size, idle| Pool::of(manager.clone(), &counts, name, size, idle);
        if connections < ENOUGH {
            let all = pool(SHARED, connections, 1)?;
            return Ok(Self { readers: all.clone(), lists: all.clone(), others: all, counts });
        }
        Ok(Self {
            readers: pool("readers", READERS, 1)?,
            lists: pool("lists", LISTS, 0)?,
            others: pool("others", connections - READERS - LISTS, 1)?,
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
            .map_err(|error| OpenError::Connect(Box::new(error)))?;
        Ok(Self { name, connections: pool, writers: Arc::default(), uses, counts })
    }

    /// Runs `work` in a transaction, at the database's own isolation level.
    pub(crate) fn write<T>(
        &self,
        work: impl Fn(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut attempt = 0;
        self.run(|connection| {
            attempt += 1;
            if attempt > ATTEMPTS_BESIDE_OTHERS {
                let _alone = self.writers.write().unwrap_or_else(PoisonError::into_inner);
                connection.transaction(&work)
            } else {
                let _beside = self.writers.read().unwrap_or_else(PoisonError::into_inner);
                connection.transaction(&work)
            }
        })
    }

    /// Runs `work`, which reads, in one transaction and once: what it has read is on its way.
    /// Each of its statements sees what was committed before it.
    pub(crate) fn read_once<T>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tracked = self.get()?;
        let transaction = tracked.connection.build_transaction();
        let mut transaction = transaction.read_committed().read_only();
        match transaction.run(work) {
            Err(Failure::Query(error)) => Err(tracked.failure(error)),
            outcome => outcome,
        }
    }

    /// Runs `work`, and anew for as long as others get in its way.
    pub(crate) fn run<T>(
        &self,
        mut work: impl FnMut(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tracked = self.get()?;
        let mut attempt = 1;
        loop {
            match work(&mut tracked.connection) {
                Err(Failure::Query(error)) if is_conflict(&error) && attempt < ATTEMPTS => {
                    self.counts.retries.increment();
                    // Not in step with whoever else tries anew.
                    let random = u64::from(getrandom::u32().unwrap_or_default()) % 8;
                    thread::sleep(Duration::from_millis(1 + random));
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
            let mut tracked = self.connections.get().map_err(no_connection)?;
            if tracked.is_there() {
                return Ok(tracked);
            }
        }
    }
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
