//! Connections to a SQLite file: the two pools of them.

use std::{path::Path, sync::Arc, time::Duration};

use diesel::{
    SqliteConnection,
    connection::SimpleConnection,
    r2d2::{self, ConnectionManager, CustomizeConnection},
};
use rollcall_domain::StoreError;

use crate::{
    OpenError,
    error::{no_connection, store_error},
    group_commit::Writer,
    migrations,
    sqlite_file::{create_private, require_writable},
    sqlite_name::{self, Mode},
    statistics::{Counts, PoolCounts, PoolStatistics},
    unchanged::StateReader,
};

type AnyError = Box<dyn std::error::Error + Send + Sync>;
type PooledConnection = r2d2::PooledConnection<ConnectionManager<SqliteConnection>>;

/// How many reads run at the same time.
const READERS: u32 = 8;

/// How many lists are read at the same time. They take as long as who they are for, which must not
/// keep others from reading.
const LISTS: u32 = 4;

/// How long a request waits for a connection before it is told that the store is busy: those who have
/// it are done in no time, but for those who read lists.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
const LIST_TIMEOUT: Duration = Duration::from_millis(1500);

/// What every connection is told first, because already the switch to WAL has to wait for others.
const PATIENCE: &str = "PRAGMA busy_timeout = 5000;";

/// What every connection is told then. `FULL`: what is acknowledged survives a loss of power.
const SETTINGS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// The connections to one file.
#[derive(Clone)]
pub(crate) struct Pools {
    /// For reading: snapshots that no writer disturbs.
    readers: Pool,
    /// The same for lists.
    lists: Pool,
    /// For writing: SQLite has one writer at a time.
    pub(crate) writer: Writer,
    /// Says whether anything was written since, where that can be known.
    pub(crate) states: Option<Arc<StateReader>>,
    /// What is counted on the way.
    pub(crate) counts: Arc<Counts>,
}

/// Some of the connections.
#[derive(Clone)]
struct Pool {
    connections: r2d2::Pool<ConnectionManager<SqliteConnection>>,
    counts: PoolCounts,
}

impl Pools {
    /// Opens the file, makes it where there is none, and brings its schema up to date.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        // Not from a pool, which would try anew for seconds whatever is wrong.
        let mut connection = create(path)?;
        migrations::run_on_sqlite(&mut connection)?;
        let states = StateReader::open(path, connection).map(Arc::new);
        let counts = Arc::new(Counts::new());
        Ok(Self {
            readers: open_pool(path, READERS, 1, CONNECTION_TIMEOUT)?,
            lists: open_pool(path, LISTS, 0, LIST_TIMEOUT)?,
            writer: Writer::start(
                connect(path).map_err(|error| failure(path, error))?,
                Arc::clone(&counts),
                {
                    let path = path.to_owned();
                    move || connect(&path)
                },
            ),
            states,
            counts,
        })
    }

    /// A connection to read by.
    pub(crate) fn reader(&self) -> Result<PooledConnection, StoreError> {
        self.readers.connections.get().map_err(no_connection)
    }

    /// A connection to read a list by.
    pub(crate) fn lister(&self) -> Result<PooledConnection, StoreError> {
        self.lists.connections.get().map_err(no_connection)
    }

    /// How the connections are used.
    pub(crate) fn statistics(&self) -> Vec<PoolStatistics> {
        let pools = [("readers", &self.readers), ("lists", &self.lists)];
        pools.map(|(name, it)| it.counts.statistics(name, &it.connections)).to_vec()
    }

    /// Moves what is in the log beside the file into the file.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        let mut connection = self.lister()?;
        connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").map_err(store_error)
    }
}

/// A connection to the file, which is made where there is none.
pub(crate) fn create(path: &Path) -> Result<SqliteConnection, OpenError> {
    if path.exists() {
        require_writable(path).map_err(|error| failure(path, error.into()))?;
    } else {
        create_private(path)
            .map_err(|source| OpenError::Create { path: path.display().to_string(), source })?;
    }
    let mut connection = establish(path).map_err(|error| failure(path, error))?;
    // Before anything is changed in it, be it only to WAL.
    match migrations::is_foreign(&mut connection) {
        Ok(false) => {}
        Ok(true) => return Err(OpenError::Foreign(path.display().to_string())),
        Err(OpenError::Migrate(error)) => return Err(failure(path, error)),
        Err(error) => return Err(error),
    }
    connection.batch_execute(SETTINGS).map_err(|error| failure(path, error.into()))?;
    Ok(connection)
}

/// What is wrong with the file.
pub(crate) fn failure(path: &Path, source: AnyError) -> OpenError {
    OpenError::Open { path: path.display().to_string(), source }
}

fn connect(path: &Path) -> Result<SqliteConnection, AnyError> {
    let mut connection = establish(path)?;
    connection.batch_execute(SETTINGS)?;
    Ok(connection)
}

fn establish(path: &Path) -> Result<SqliteConnection, AnyError> {
    let mut connection = sqlite_name::open(path, Mode::ReadWrite)?;
    connection.batch_execute(PATIENCE)?;
    Ok(connection)
}

fn open_pool(path: &Path, size: u32, idle: u32, wait: Duration) -> Result<Pool, OpenError> {
    let counts = PoolCounts::default();
    let connections = r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(idle))
        .connection_timeout(wait)
        // A file does not hang up: asking each time whether it is there costs a query for nothing.
        .test_on_check_out(false)
        .connection_customizer(Box::new(Settings))
        .event_handler(Box::new(counts.clone()))
        .build(ConnectionManager::new(sqlite_name::name(path, Mode::ReadWrite)))
        .map_err(|error| failure(path, Box::new(error)))?;
    Ok(Pool { connections, counts })
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<SqliteConnection, r2d2::Error> for Settings {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), r2d2::Error> {
        connection.batch_execute(&(PATIENCE.to_owned() + SETTINGS)).map_err(r2d2::Error::QueryError)
    }
}
