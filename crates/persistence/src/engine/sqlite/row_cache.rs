//! Rows that are cached until the next commit.
//!
//! SQLite notices commits of other processes by the header of the WAL index, which every
//! commit of every process rewrites before it returns. It stands in the file `-shm` beside the
//! database, and its form is documented (<https://sqlite.org/walformat.html>, section 2.1).
//! Looking at it costs a tenth of reading a row, and as long as it is the same, so is every row.

use std::{
    fs::{self, File},
    hash::Hash,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use diesel::{RunQueryDsl, SqliteConnection, sql_query};
use moka::sync::Cache;
use rollcall_domain::statistics::Lookups;

use crate::engine::sqlite::{
    log_stamp,
    wal_index::{WalIndex, WalVersion},
};

/// How many rows of each kind are kept at most: some 25 MiB of them.
const CAPACITY: u64 = 50_000;

/// Says in which state a database is.
pub(crate) struct WalVersionReader {
    /// Never closed: the system takes every lock on a file from a process that closes it, also
    /// those that SQLite holds.
    wal_index: &'static File,
    /// While this is open, SQLite keeps the file, whatever the pools do with theirs.
    connection: Mutex<Option<SqliteConnection>>,
}

/// Rows by key, each with the state of the database that it was read in.
#[derive(Clone)]
pub(crate) struct RowCache<K, V> {
    states: Option<Arc<WalVersionReader>>,
    rows: Cache<K, (WalVersion, V)>,
    pub(crate) lookups: Arc<Lookups>,
}

impl WalVersionReader {
    /// Looks for the header of the database at `path`, which `connection` is open on. None where a
    /// commit does not show in it at once: that is a file system that can't be relied on for this.
    pub(crate) fn open(path: &Path, mut connection: SqliteConnection) -> Option<Self> {
        // Makes SQLite open the file, and keep it open.
        sql_query("SELECT 1 FROM sqlite_schema").execute(&mut connection).ok()?;
        let mut file = fs::canonicalize(path).ok()?.into_os_string();
        file.push("-shm");
        let wal_index = Box::leak(Box::new(File::open(file).ok()?));
        let before = state(wal_index)?;
        // A commit that changes no row. A log may begin with it.
        log_stamp::raise(&mut connection).ok()?;
        let is_noticed = state(wal_index)? != before;
        is_noticed.then(|| Self { wal_index, connection: Mutex::new(Some(connection)) })
    }
}

impl WalVersionReader {
    /// Whether all of the log is in the file, so that a new log may begin with the next change.
    pub(crate) fn is_log_merged(&self) -> bool {
        WalIndex::read(self.wal_index).is_some_and(|index| index.is_merged())
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
    pub(crate) fn new(states: Option<Arc<WalVersionReader>>) -> Self {
        Self { states, rows: Cache::new(CAPACITY), lookups: Arc::default() }
    }

    /// The row with this key: the one that `read` gave before, if the database is still in the
    /// state that it was read in, and else what `read` gives now. That there is none is not kept.
    pub(crate) fn get_or<E>(
        &self,
        key: &K,
        read: impl FnOnce() -> Result<Option<V>, E>,
    ) -> Result<Option<V>, E>
    where
        K: Clone,
    {
        let state = || self.states.as_ref().and_then(|states| state(states.wal_index));
        let Some(before) = state() else { return read() };
        if let Some((at, row)) = self.rows.get(key)
            && at == before
        {
            self.lookups.count(true);
            return Ok(Some(row));
        }
        self.lookups.count(false);
        let row = read()?;
        if let Some(row) = &row
            && state() == Some(before)
        {
            self.rows.insert(key.clone(), (before, row.clone()));
        }
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::{RowCache, WalVersionReader, state};
    use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
    use std::{cell::Cell, path::Path, sync::Arc};

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
        let (rows, reads) = (RowCache::new(states), Cell::new(0));
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
        let (rows, reads) = (RowCache::new(None), Cell::new(0));
        for expected in [1, 2] {
            reads.set(reads.get() + 1);
            assert_eq!(rows.get_or(&"key", || Ok::<_, ()>(Some(reads.get()))), Ok(Some(expected)));
        }
    }
}
