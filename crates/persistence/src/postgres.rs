//! Connections to PostgreSQL.
//!
//! Only what every engine that speaks its protocol has is used: no notifications, no extensions, no
//! advisory locks but the one that migrations take, and no table locks but the one that a copy can do
//! without.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, PgConnection,
    connection::SimpleConnection,
    r2d2::{self, ManageConnection, R2D2Connection},
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::StoreError;

use crate::{
    OpenError,
    error::{Failure, no_connection},
    migrations,
    url::PostgresUrl,
};

/// How long a request waits for a connection before it is told that the store is away.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(1500);

/// How long a connection may lie idle before it is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(1);

/// How often a transaction is tried that others get in the way of.
const ATTEMPTS: u32 = 30;

/// What every connection is told first. No statement of ours takes long.
const SETTINGS: &str =
    "SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'";

/// The connections to one database.
#[derive(Clone)]
pub(crate) struct Pool(r2d2::Pool<Manager>);

/// Makes connections.
struct Manager {
    url: PostgresUrl,
    /// Counts how often the connections turned out to lead to a standby.
    era: Arc<AtomicU64>,
}

/// A connection, and what is known of its health.
pub(crate) struct Tracked {
    connection: PgConnection,
    used: Instant,
    is_broken: bool,
    /// The era that it was made in, and the one that there is now.
    era: (u64, Arc<AtomicU64>),
}

impl Pool {
    /// Opens the database, with so many connections at most, and brings its schema up to date.
    pub(crate) fn open(url: &PostgresUrl, connections: NonZeroU32) -> Result<Self, OpenError> {
        let manager = Manager { url: url.clone(), era: Arc::default() };
        // Not from a pool, which would try anew for seconds whatever is wrong.
        let mut first = manager.connect().map_err(|error| OpenError::Connect(Box::new(error)))?;
        migrations::run_on_postgres(&mut first.connection)?;
        let pool = r2d2::Pool::builder()
            .max_size(connections.get())
            .min_idle(Some(1))
            .connection_timeout(CONNECTION_TIMEOUT)
            .test_on_check_out(false)
            .build(manager);
        pool.map(Self).map_err(|error| OpenError::Connect(Box::new(error)))
    }

    /// Runs `work` in a transaction, at the database's own isolation level.
    pub(crate) fn write<T>(
        &self,
        work: impl Fn(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.run(|connection| connection.transaction(&work))
    }

    /// Runs `work`, and anew for as long as others get in its way.
    pub(crate) fn run<T>(
        &self,
        work: impl Fn(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tracked = self.get()?;
        let mut attempt = 1;
        loop {
            match work(&mut tracked.connection) {
                Err(Failure::Query(error)) if is_conflict(&error) && attempt < ATTEMPTS => {
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
            let mut tracked = self.0.get().map_err(no_connection)?;
            let was_used_now = tracked.used.elapsed() < IDLE;
            if !tracked.is_of_before() && (was_used_now || tracked.connection.ping().is_ok()) {
                tracked.used = Instant::now();
                return Ok(tracked);
            }
            // Dropped for good, and another one made.
            tracked.is_broken = true;
        }
    }
}

impl Tracked {
    /// What a failed statement means: the connection may be gone with it, or lead to what is a standby by
    /// now, where reads would be behind.
    fn failure(&mut self, error: DieselError) -> Failure {
        let is_harmless = matches!(
            &error,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)
                | DieselError::NotFound
        );
        let is_read_only =
            matches!(&error, DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _));
        if is_read_only {
            // So do the others.
            self.era.1.fetch_add(1, Ordering::Relaxed);
        } else if is_harmless || self.connection.ping().is_ok() {
            return Failure::Query(error);
        }
        self.is_broken = true;
        Failure::Refused(StoreError::Unavailable(Box::new(error)).into())
    }

    /// Whether others of its time turned out to lead to a standby.
    fn is_of_before(&self) -> bool {
        self.era.0 != self.era.1.load(Ordering::Relaxed)
    }
}

impl ManageConnection for Manager {
    type Connection = Tracked;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Tracked, r2d2::Error> {
        let era = (self.era.load(Ordering::Relaxed), Arc::clone(&self.era));
        let mut connection =
            PgConnection::establish(self.url.as_str()).map_err(r2d2::Error::ConnectionError)?;
        connection.batch_execute(SETTINGS).map_err(r2d2::Error::QueryError)?;
        Ok(Tracked { connection, used: Instant::now(), is_broken: false, era })
    }

    fn is_valid(&self, tracked: &mut Tracked) -> Result<(), r2d2::Error> {
        tracked.connection.ping().map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, tracked: &mut Tracked) -> bool {
        tracked.is_broken
            || tracked.is_of_before()
            || thread::panicking()
            || tracked.connection.is_broken()
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
