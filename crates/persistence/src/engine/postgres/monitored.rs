//! A connection to PostgreSQL whose health is monitored.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, PgConnection,
    r2d2::{self, ManageConnection, R2D2Connection},
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::StoreError;

use crate::{
    engine::postgres::url::PostgresUrl,
    error::{Failure, is_harmless},
};

/// How long a connection may be idle before it is tested.
const IDLE: Duration = Duration::from_secs(1);

/// The limit on the duration of a statement, and on pauses in a transaction. Rollcall's take far
/// less.
pub(crate) const LIMIT: &str = "10s";

/// Makes connections. Its clones share the generation.
#[derive(Clone)]
pub(crate) struct Manager {
    url: PostgresUrl,
    /// How often connections turned out to lead to a standby.
    generation: Arc<AtomicU64>,
}

/// A connection whose health is monitored.
pub(crate) struct MonitoredConnection {
    pub(crate) connection: PgConnection,
    used: Instant,
    is_broken: bool,
    /// The generation in which the connection was made, and the current one.
    generation: (u64, Arc<AtomicU64>),
}

impl Manager {
    /// Makes connections to the database at `url`.
    pub(crate) fn new(url: &PostgresUrl) -> Self {
        Self { url: url.clone(), generation: Arc::default() }
    }
}

impl MonitoredConnection {
    /// Whether the connection worked a moment ago. One that did not is closed and replaced.
    pub(crate) fn is_there(&mut self) -> bool {
        let was_used_now = self.used.elapsed() < IDLE;
        let is_there = !self.is_stale() && (was_used_now || self.connection.ping().is_ok());
        self.is_broken |= !is_there;
        self.used = Instant::now();
        is_there
    }

    /// Finds out what a failed statement means for the connection: it may be broken, or lead to a
    /// server that has become a standby, whose data may be old.
    pub(crate) fn failure(&mut self, error: DieselError) -> Failure {
        let is_read_only =
            matches!(&error, DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _));
        if is_read_only {
            // The other connections lead to the standby, too.
            self.generation.1.fetch_add(1, Ordering::Relaxed);
        } else if is_harmless(&error) || self.connection.ping().is_ok() {
            return Failure::Query(error);
        }
        self.is_broken = true;
        Failure::Refused(StoreError::Unavailable(Box::new(error)).into())
    }

    /// Whether a connection of the same generation turned out to lead to a standby.
    fn is_stale(&self) -> bool {
        self.generation.0 != self.generation.1.load(Ordering::Relaxed)
    }
}

impl ManageConnection for Manager {
    type Connection = MonitoredConnection;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<MonitoredConnection, r2d2::Error> {
        let generation = (self.generation.load(Ordering::Relaxed), Arc::clone(&self.generation));
        let mut connection =
            PgConnection::establish(self.url.as_str()).map_err(r2d2::Error::ConnectionError)?;
        let prepared = self.url.pooler().prepare(&mut connection, LIMIT);
        prepared.map_err(r2d2::Error::QueryError)?;
        Ok(MonitoredConnection { connection, used: Instant::now(), is_broken: false, generation })
    }

    fn is_valid(&self, tracked: &mut MonitoredConnection) -> Result<(), r2d2::Error> {
        tracked.connection.ping().map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, tracked: &mut MonitoredConnection) -> bool {
        tracked.is_broken
            || tracked.is_stale()
            || thread::panicking()
            || tracked.connection.is_broken()
    }
}
