//! Caches rows until the next commit, at a tenth of what reading a row costs. docs/performance.md
//! has the processor time of a request.
//!
//! SQLite notices commits of other processes by the header of the WAL index, which every commit of
//! every process rewrites before it returns. As long as it is the same, so is every row.

use std::{
    array,
    fs::File,
    hash::Hash,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use diesel::{RunQueryDsl, SqliteConnection, sql_query};
use rollcall_domain::{UserId, shard_of, statistics::Lookups};

use crate::engine::sqlite::{
    file::{LOG_INDEX, beside},
    file_use::opened,
    generations::Generations,
    log_stamp,
    own_commits::OwnCommits,
    wal_index::{WalIndex, WalVersion},
};

/// How many rows of each kind are kept at most: some 25 MiB of them.
const CAPACITY: usize = 50_000;

/// In how many parts they are kept. Each makes room by itself, which takes the less time the
/// smaller it is, and workers seldom wait for each other.
const SHARDS: usize = 16;

/// Says in which state a database is.
pub(crate) struct WalVersionReader {
    wal_index: &'static File,
    /// While this is open, SQLite keeps the file, whatever the pools do with theirs.
    connection: Mutex<Option<SqliteConnection>>,
    own_commits: OwnCommits,
}

/// Rows by key, each with the state of the database that it was read in.
#[derive(Clone)]
pub(crate) struct RowCache<K, V> {
    states: Option<Arc<WalVersionReader>>,
    shards: Arc<[Shard<K, V>; SHARDS]>,
    user_of: UserOf<V>,
    pub(crate) lookups: Arc<Lookups>,
}

/// The user whose change may change a value.
pub(crate) type UserOf<V> = fn(&V) -> UserId;

/// A row, and the state of the database that it was read in.
type Row<V> = (WalVersion, V);

/// A part of the rows.
type Shard<K, V> = Mutex<Generations<K, Row<V>>>;

impl WalVersionReader {
    /// Looks for the header of the database at `path`, which `connection` is open on. None where a
    /// commit does not show in it at once: that is a file system that can't be relied on for this.
    pub(crate) fn open(path: &Path, mut connection: SqliteConnection) -> Option<Self> {
        // Makes SQLite open the file, and keep it open.
        sql_query("SELECT 1 FROM sqlite_schema").execute(&mut connection).ok()?;
        let wal_index = opened(&beside(path, LOG_INDEX))?;
        let before = state(wal_index)?;
        // A commit that changes no row. A log may begin with it.
        log_stamp::raise(&mut connection).ok()?;
        let is_noticed = state(wal_index)? != before;
        let (connection, own_commits) = (Mutex::new(Some(connection)), OwnCommits::default());
        is_noticed.then_some(Self { wal_index, connection, own_commits })
    }

    /// Whether all of the log is in the file, so that a new log may begin with the next change.
    pub(crate) fn is_log_merged(&self) -> bool {
        WalIndex::read(self.wal_index).is_some_and(|index| index.is_merged())
    }

    /// The present version; none while a commit is being written.
    pub(crate) fn version(&self) -> Option<WalVersion> {
        state(self.wal_index)
    }

    /// The newest commits of this process.
    pub(crate) fn own_commits(&self) -> &OwnCommits {
        &self.own_commits
    }

    /// Closes the connection, at the stop.
    pub(crate) fn close(&self) {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// The state that the last commit left; none while one is being written.
fn state(wal_index: &File) -> Option<WalVersion> {
    WalIndex::read(wal_index).map(|index| index.version)
}

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> RowCache<K, V> {
    /// Keeps no row yet, and never any where nothing says in which state the database is.
    pub(crate) fn new(states: Option<Arc<WalVersionReader>>, user_of: UserOf<V>) -> Self {
        let shards = array::from_fn(|_| Mutex::new(Generations::new(CAPACITY / SHARDS)));
        Self { states, shards: Arc::new(shards), user_of, lookups: Arc::default() }
    }

    /// The rows that the one with this key is among.
    fn rows(&self, key: &K) -> MutexGuard<'_, Generations<K, Row<V>>> {
        let shard = &self.shards[shard_of(key, SHARDS)];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row with this key: the one that `read` gave before, if the database is still in the
    /// state that it was read in, or only commits of this process followed that changed other
    /// users; and else what `read` gives now. That there is none is not kept.
    pub(crate) fn get_or<E>(
        &self,
        key: &K,
        read: impl FnOnce() -> Result<Option<V>, E>,
    ) -> Result<Option<V>, E>
    where
        K: Clone,
    {
        let Some(states) = self.states.as_ref() else { return read() };
        let Some(before) = states.version() else { return read() };
        let found = self.rows(key).get(key);
        if let Some((at, row)) = found.as_deref() {
            let is_present = *at == before;
            let user = (self.user_of)(row);
            if is_present || states.own_commits.have_kept(user, at, &before) {
                self.lookups.count(true);
                if !is_present {
                    self.rows(key).insert(key.clone(), (before, row.clone()));
                }
                return Ok(Some(row.clone()));
            }
        }
        self.lookups.count(false);
        let row = read()?;
        if let Some(row) = &row
            && states.version() == Some(before)
        {
            self.rows(key).insert(key.clone(), (before, row.clone()));
        }
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, RowCache, UserId, WalVersionReader, state};
    use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
    use std::{cell::Cell, path::Path};

    fn connect(path: &Path) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA journal_mode = WAL").unwrap();
        connection
    }

    fn commit(path: &Path) {
        connect(path)
            .batch_execute(
                "CREATE TABLE IF NOT EXISTS a (b); DELETE FROM a; INSERT INTO a VALUES (1)",
            )
            .unwrap();
    }

    #[test]
    fn a_row_is_read_again_after_a_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let states = WalVersionReader::open(&path, connect(&path)).map(Arc::new);
        assert!(states.is_some());
        let (rows, reads) = (RowCache::new(states, |_| UserId(1)), Cell::new(0));
        let read = || {
            reads.set(reads.get() + 1);
            Ok::<_, ()>(Some(reads.get()))
        };
        assert_eq!([rows.get_or(&"key", read), rows.get_or(&"key", read)], [Ok(Some(1)); 2]);
        assert_eq!(rows.get_or(&"other key", read), Ok(Some(2)));
        commit(&path);
        assert_eq!([rows.get_or(&"key", read), rows.get_or(&"key", read)], [Ok(Some(3)); 2]);
        let read_during_a_commit = || {
            commit(&path);
            read()
        };
        assert_eq!(rows.get_or(&"third key", read_during_a_commit), Ok(Some(4)));
        assert_eq!(rows.get_or(&"third key", read), Ok(Some(5)));
        assert_eq!(rows.get_or(&"absent", || Ok::<_, ()>(None)), Ok(None));
        assert_eq!(rows.get_or(&"absent", read), Ok(Some(6)));
    }

    #[test]
    fn the_state_is_followed_though_every_other_connection_closes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let states = WalVersionReader::open(&path, connect(&path)).unwrap();
        let mut before = state(states.wal_index).unwrap();
        for _ in 0..5 {
            commit(&path);
            let after = state(states.wal_index).unwrap();
            assert_ne!(before, after);
            before = after;
        }
    }

    #[test]
    fn where_commits_do_not_show_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let _kept_open = WalVersionReader::open(&elsewhere, connect(&elsewhere)).unwrap();
        assert!(WalVersionReader::open(&elsewhere, connect(&path)).is_none());
        let (rows, reads) = (RowCache::new(None, |_| UserId(1)), Cell::new(0));
        for expected in [1, 2] {
            reads.set(reads.get() + 1);
            assert_eq!(rows.get_or(&"key", || Ok::<_, ()>(Some(reads.get()))), Ok(Some(expected)));
        }
    }
}
