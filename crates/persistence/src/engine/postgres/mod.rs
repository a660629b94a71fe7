//! Connections to PostgreSQL.
//!
//! Only what every engine that speaks its protocol has is used: no notifications, no extensions,
//! no advisory locks but those of migrations and of transactions that lock users, and no table
//! locks but the one that a copy can do without. What ends with its transaction alone is used, so
//! that a pooler may be in between.

pub(crate) mod monitored;
pub(crate) mod pool;
pub(crate) mod privileges;
pub(crate) mod read_batches;
pub(crate) mod refusal;
pub(crate) mod session;
pub(crate) mod url;

use std::{num::NonZeroU32, sync::Arc};

use diesel::PgConnection;

use crate::{
    audit::linker::Linker,
    engine::{
        Connection,
        counts::{Counts, PoolUse},
        postgres::{
            monitored::{LIMIT, Manager},
            pool::Pool,
            session::Pooler,
            url::PostgresUrl,
        },
        presence::IfAbsent,
    },
    error::open::OpenError,
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
        pools.dedup_by_key(|pool| pool.name());
        pools.into_iter().map(Pool::uses).collect()
    }
}

/// Refuses a database without the table of users.
fn require_table(connection: &mut PgConnection) -> Result<(), OpenError> {
    let has_table = history::has_table(&mut Connection::Postgres(connection), "users");
    if has_table.map_err(OpenError::connect)? { Ok(()) } else { Err(OpenError::NoStore) }
}
