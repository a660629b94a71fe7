//! Connections to a SQLite file: the two pools of them.

pub(crate) mod contents_watch;
pub(crate) mod database_file;
pub(crate) mod file;
pub(crate) mod file_place;
pub(crate) mod file_use;
pub(crate) mod generations;
pub(crate) mod joint_commit;
pub(crate) mod log_frames;
pub(crate) mod log_mark;
pub(crate) mod log_stamp;
pub(crate) mod own_commits;
pub(crate) mod queued_write;
pub(crate) mod quick_check;
pub(crate) mod row_cache;
pub(crate) mod sqlite_name;
pub(crate) mod unfinished_write;
pub(crate) mod wal_index;
pub(crate) mod write_batch;
pub(crate) mod write_queue;

use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection as _, SqliteConnection,
    connection::SimpleConnection,
    r2d2::{self, ManageConnection, R2D2Connection},
};
use rollcall_domain::StoreError;

use crate::{
    audit::link::link_on_sqlite,
    engine::{
        Reads,
        counts::{Counts, PoolCounts, PoolUse},
        presence::{IfAbsent, require_file},
        sqlite::{
            database_file::{DatabaseFile, PATIENCE, require_own_files},
            file::require_readable,
            row_cache::WalVersionReader,
            sqlite_name::{Mode, open},
            write_queue::WriteQueue,
        },
    },
    error::{
        Failure,
        messages::{NOT_A_DATABASE, is_damage},
        no_connection,
        open::OpenError,
        store_error,
    },
    migrations,
};

type AnyError = Box<dyn std::error::Error + Send + Sync>;
type PooledConnection = r2d2::PooledConnection<Manager>;

/// How many reads run at the same time.
const READERS: u32 = 8;

/// How many lists are read at the same time. They take as long as who they are for, which must not
/// keep others from reading.
const LISTS: u32 = 4;

/// How long a request waits for a connection before the store counts as busy. Point reads take
/// well below a millisecond; lists take longer.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
const LIST_TIMEOUT: Duration = Duration::from_millis(1500);

/// How long a stop waits for connections that are still in use, and how long between two looks.
const CLOSING_TIMEOUT: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Moves the log beside a file into the file, and empties the log.
pub(crate) const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The connections to one file.
#[derive(Clone)]
pub(crate) struct Pools {
    /// For reading: snapshots that no writer disturbs.
    readers: Pool,
    /// The same for lists.
    lists: Pool,
    /// For writing: SQLite has one writer at a time.
    pub(crate) writer: WriteQueue,
    /// Says whether anything was written since, where that can be known.
    pub(crate) states: Option<Arc<WalVersionReader>>,
    /// The file that all of them are on.
    pub(crate) file: Arc<DatabaseFile>,
    /// The counters.
    pub(crate) counts: Arc<Counts>,
}

/// Some of the connections.
#[derive(Clone)]
struct Pool {
    connections: r2d2::Pool<Manager>,
    counts: PoolCounts,
}

/// Makes the connections of a pool.
pub(crate) struct Manager(Arc<DatabaseFile>);

impl Pools {
    /// Opens the file, makes it where there is none unless `absent` forbids that, and brings its
    /// schema up to date.
    pub(crate) fn open(path: &Path, absent: IfAbsent) -> Result<Self, OpenError> {
        let counts = Arc::new(Counts::new());
        // Not from a pool, which would try again for seconds whatever is wrong.
        let (file, mut connection) = DatabaseFile::open_or(absent, path, Arc::clone(&counts))?;
        migrations::run_on_sqlite(&mut connection)?;
        let states = WalVersionReader::open(path, connection).map(Arc::new);
        if states.is_some() {
            file.watch_contents();
        }
        let file = Arc::new(file);
        let writer = file.connect().map_err(|error| failure(path, error))?;
        let (readers, lists) = (
            open_pool(&file, READERS, CONNECTION_TIMEOUT)?,
            open_pool(&file, LISTS, LIST_TIMEOUT)?,
        );
        file.watch_log();
        let (of_queue, file_of_queue) = (Arc::clone(&counts), Arc::clone(&file));
        let writer =
            WriteQueue::start(writer, of_queue, file_of_queue, states.clone(), link_on_sqlite);
        Ok(Self { readers, lists, writer, states, file, counts })
    }

    /// A connection to read by.
    pub(crate) fn reader(&self) -> Result<PooledConnection, StoreError> {
        self.get(&self.readers)
    }

    /// A connection to read a list by.
    pub(crate) fn lister(&self) -> Result<PooledConnection, StoreError> {
        self.get(&self.lists)
    }

    fn get(&self, pool: &Pool) -> Result<PooledConnection, StoreError> {
        self.file.require_contents().map_err(|reason| StoreError::Unavailable(reason.into()))?;
        pool.connections.get().map_err(|error| no_connection(&error))
    }

    /// Runs `work`, statements that read.
    pub(crate) fn read<T>(
        &self,
        reads: Reads,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let reader: &mut SqliteConnection = &mut *self.reader()?;
        match reads {
            Reads::Latest => work(reader),
            Reads::Snapshot => reader.transaction(work),
        }
    }

    /// How the connections are used.
    pub(crate) fn uses(&self) -> Vec<PoolUse> {
        let pools = [("readers", &self.readers), ("lists", &self.lists)];
        Vec::from(pools.map(|(name, pool)| pool.counts.of(name, &pool.connections)))
    }

    /// Moves the log beside the file into the file, if that is still the one at the path.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        if !self.file.may_checkpoint() {
            return Err(StoreError::Unavailable(self.file.unmerged_changes().into()));
        }
        let lister = self.lists.connections.get().map_err(|error| no_connection(&error));
        lister?.batch_execute(CHECKPOINT).map_err(store_error)
    }

    /// The same, and closes every connection, unless the log has to stay. Threads that end later
    /// may still have these pools, and a process that ends with open connections leaves a log.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        if self.file.require_usable().is_ok() {
            // A copy of the log from before must not pass for the log of the closed file.
            DatabaseFile::stamp(&mut *self.lister()?);
        }
        self.checkpoint()?;
        self.file.close();
        self.writer.close();
        self.readers.close();
        self.lists.close();
        if let Some(states) = &self.states {
            states.close();
        }
        Ok(())
    }
}

impl Pool {
    /// Closes all connections, once the file is closed: those that come back are closed then.
    fn close(&self) {
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

/// A connection to the file, which is made where there is none.
pub(crate) fn create(path: &Path) -> Result<SqliteConnection, OpenError> {
    let (_, connection) = DatabaseFile::open_or(IfAbsent::Create, path, Arc::new(Counts::new()))?;
    Ok(connection)
}

/// A connection that only reads the file, which may be a backup.
pub(crate) fn open_to_read(path: &Path) -> Result<SqliteConnection, OpenError> {
    require_file(path)?;
    let failed = |error| failure(path, error);
    require_readable(path).map_err(|error| failed(error.into()))?;
    require_own_files(path)?;
    let mut connection = open(path, Mode::ReadOnly).map_err(|error| failed(error.into()))?;
    connection.batch_execute(PATIENCE).map_err(|error| failed(error.into()))?;
    Ok(connection)
}

/// The error of a file that cannot be used.
pub(crate) fn failure(path: &Path, source: AnyError) -> OpenError {
    let (path, reason) = (path.display().to_string(), source.to_string());
    if reason.contains(NOT_A_DATABASE) {
        return OpenError::NotSqlite(path);
    }
    if is_damage(&reason) {
        return OpenError::Damaged { path, reason };
    }
    OpenError::Open { path, source }
}

/// Opens all connections of a pool at once, and keeps them: one that is made later could be to
/// another file, or to none.
fn open_pool(file: &Arc<DatabaseFile>, size: u32, wait: Duration) -> Result<Pool, OpenError> {
    let counts = PoolCounts::default();
    let connections = r2d2::Pool::builder()
        .max_size(size)
        .idle_timeout(None)
        .max_lifetime(None)
        .connection_timeout(wait)
        // A file does not hang up: asking each time whether it is there costs a query for nothing.
        .test_on_check_out(false)
        .event_handler(Box::new(counts.clone()))
        .build(Manager(Arc::clone(file)))
        .map_err(|error| failure(file.path(), Box::new(error)))?;
    Ok(Pool { connections, counts })
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
    use std::fs;

    use diesel::{RunQueryDsl, dsl::sql, sql_types::Integer};

    use super::{IfAbsent, LISTS, Pools, READERS};

    #[test]
    fn a_stop_leaves_one_file_though_threads_have_the_pools() {
        let folder = tempfile::tempdir().unwrap();
        let pools = Pools::open(&folder.path().join("a.db"), IfAbsent::Create).unwrap();
        let (of_a_thread, in_use) = (pools.clone(), pools.reader().unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        std::thread::scope(|scope| {
            scope.spawn(|| drop(in_use));
            pools.close().unwrap();
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(of_a_thread.reader().is_err());
        assert!(of_a_thread.writer.write(None, |_| Ok(())).is_err());
    }

    /// The stamp and the checkpoint of a stop are written by a connection of a pool.
    #[test]
    fn every_connection_syncs_what_it_writes() {
        let folder = tempfile::tempdir().unwrap();
        let pools = Pools::open(&folder.path().join("a.db"), IfAbsent::Create).unwrap();
        for mut connection in [pools.reader().unwrap(), pools.lister().unwrap()] {
            for (setting, expected) in [("synchronous", 2), ("foreign_keys", 1)] {
                let value = sql::<Integer>(&format!("PRAGMA {setting}"));
                assert_eq!(value.get_result::<i32>(&mut connection), Ok(expected), "{setting}");
            }
        }
    }

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
