//! A pool of connections to a file, which are made at the start and kept.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use diesel::{
    SqliteConnection,
    r2d2::{self, ManageConnection, R2D2Connection},
};
use rollcall_domain::StoreError;

use crate::{
    engine::{
        counts::{PoolCounts, PoolUse},
        sqlite::{database_file::DatabaseFile, failure},
    },
    error::{no_connection, open::OpenError},
};

/// A connection that goes back to its pool when it is dropped.
pub(crate) type PooledConnection = r2d2::PooledConnection<Manager>;

/// How long a stop waits for connections that are still in use, and how long between two looks.
const CLOSING_TIMEOUT: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Connections that read one file.
#[derive(Clone)]
pub(super) struct Pool {
    connections: r2d2::Pool<Manager>,
    counts: PoolCounts,
}

/// Makes the connections.
pub(crate) struct Manager(Arc<DatabaseFile>);

impl Pool {
    /// Opens all connections at once, and keeps them: one that is made later could be to another
    /// file, or to none. A request waits at most `wait` for one of them.
    pub(super) fn open(
        file: &Arc<DatabaseFile>,
        size: u32,
        wait: Duration,
    ) -> Result<Self, OpenError> {
        let counts = PoolCounts::default();
        let connections = r2d2::Pool::builder()
            .max_size(size)
            .idle_timeout(None)
            .max_lifetime(None)
            .connection_timeout(wait)
            // A file does not hang up: asking each time whether it is there costs a query for
            // nothing.
            .test_on_check_out(false)
            .event_handler(Box::new(counts.clone()))
            .build(Manager(Arc::clone(file)))
            .map_err(|error| failure(file.path(), Box::new(error)))?;
        Ok(Self { connections, counts })
    }

    /// A connection, once one is free.
    pub(super) fn get(&self) -> Result<PooledConnection, StoreError> {
        self.connections.get().map_err(|error| no_connection(&error))
    }

    /// How the connections are used, under the name of the pool.
    pub(super) fn uses(&self, name: &'static str) -> PoolUse {
        self.counts.of(name, &self.connections)
    }

    /// Closes all connections, once the file is closed: those that come back are closed then.
    pub(super) fn close(&self) {
        let (begun, mut held) = (Instant::now(), Vec::new());
        while held.len() < self.connections.state().connections as usize
            && begun.elapsed() < CLOSING_TIMEOUT
        {
            match self.connections.try_get() {
                Some(connection) => held.push(connection),
                None => thread::sleep(BETWEEN_LOOKS),
            }
        }
    }
}

impl ManageConnection for Manager {
    type Connection = SqliteConnection;
    type Error = StoreError;

    fn connect(&self) -> Result<SqliteConnection, StoreError> {
        self.0.connect_to_read().map_err(StoreError::Unavailable)
    }

    fn is_valid(&self, _: &mut SqliteConnection) -> Result<(), StoreError> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut SqliteConnection) -> bool {
        self.0.is_closed() || thread::panicking() || connection.is_broken()
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::{
        presence::IfAbsent,
        sqlite::{LISTS, Pools, READERS},
    };

    #[test]
    fn connections_are_made_at_the_start_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let pools = Pools::open(&folder.path().join("a.db"), IfAbsent::Create).unwrap();
        for (pool, size) in [(&pools.readers, READERS), (&pools.lists, LISTS)] {
            let connections = &pool.connections;
            assert_eq!(connections.state().connections, size);
            assert_eq!((connections.idle_timeout(), connections.max_lifetime()), (None, None));
        }
    }
}
