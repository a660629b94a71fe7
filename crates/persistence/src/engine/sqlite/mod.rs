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
pub(crate) mod pool;
pub(crate) mod queued_write;
pub(crate) mod quick_check;
pub(crate) mod row_cache;
pub(crate) mod sqlite_name;
pub(crate) mod unfinished_write;
pub(crate) mod wal_index;
pub(crate) mod write_batch;
pub(crate) mod write_queue;

use std::{path::Path, sync::Arc, time::Duration};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection};
use rollcall_domain::StoreError;

use crate::{
    audit::link::link_on_sqlite,
    engine::{
        Reads,
        counts::{Counts, PoolUse},
        presence::{IfAbsent, require_file},
        sqlite::{
            database_file::{DatabaseFile, PATIENCE, require_own_files},
            file::require_readable,
            pool::{Pool, PooledConnection},
            row_cache::WalVersionReader,
            sqlite_name::{Mode, open},
            write_queue::WriteQueue,
        },
    },
    error::{
        Failure,
        messages::{NOT_A_DATABASE, is_damage},
        open::OpenError,
        store_error,
    },
    migrations,
};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// How many reads run at the same time.
const READERS: u32 = 8;

/// How many lists are read at the same time. They take as long as who they are for, which must not
/// keep others from reading.
const LISTS: u32 = 4;

/// How long a request waits for a connection before the store counts as busy. Point reads take
/// well below a millisecond; lists take longer.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
const LIST_TIMEOUT: Duration = Duration::from_millis(1500);

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
            Pool::open(&file, READERS, CONNECTION_TIMEOUT)?,
            Pool::open(&file, LISTS, LIST_TIMEOUT)?,
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
        pool.get()
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
        Vec::from(pools.map(|(name, pool)| pool.uses(name)))
    }

    /// Moves the log beside the file into the file, if that is still the one at the path.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        if !self.file.may_checkpoint() {
            return Err(StoreError::Unavailable(self.file.unmerged_changes().into()));
        }
        self.lists.get()?.batch_execute(CHECKPOINT).map_err(store_error)
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

#[cfg(test)]
mod tests {
    use std::fs;

    use diesel::{RunQueryDsl, dsl::sql, sql_types::Integer};

    use super::{IfAbsent, Pools};

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
}
