//! The file that a store is open on, and whether it is still at its path.
//!
//! Operators move files and put others in their place while a server runs. SQLite would open
//! whatever is at the path, and take the log beside it for that file's, which empties one of the
//! two. So each connection behind the first one is opened here, and only to the file that the first
//! one has opened.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use diesel::{SqliteConnection, connection::SimpleConnection};

use crate::{
    OpenError, migrations,
    sqlite::failure,
    sqlite_file::{
        JOURNAL, LOG, LOG_INDEX, beside, create_private, has_bytes, lone_log, require_writable,
    },
    sqlite_name::{Mode, open},
    statistics::Counts,
};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What every connection is told first, because already the switch to WAL has to wait for others.
const PATIENCE: &str = "PRAGMA busy_timeout = 5000;";

/// What every connection is told then. `FULL`: acknowledged writes survive a loss of power.
const SETTINGS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// A file that a store is open on.
pub(crate) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
    /// The log and its index, which SQLite keeps for as long as the file is open.
    beside: OnceLock<Vec<(PathBuf, Identity)>>,
    was_left_unclean: bool,
    is_displaced: AtomicBool,
    is_being_checked: AtomicBool,
    counts: Arc<Counts>,
}

/// What tells a file from every other one on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// By `stat` alone: closing another descriptor of the file would give back SQLite's locks.
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self { device: metadata.dev(), inode: metadata.ino() })
    }
}

impl DatabaseFile {
    /// Opens the file at `path`, which is made where there is none, and gives the first connection.
    pub(crate) fn create(
        path: &Path,
        counts: Arc<Counts>,
    ) -> Result<(Self, SqliteConnection), OpenError> {
        let failed = |error: AnyError| failure(path, error);
        if let Some(log) = lone_log(path) {
            let [path, log] = [path, &log].map(|path| path.display().to_string());
            return Err(OpenError::LoneLog { path, log });
        }
        let was_left_unclean = [LOG, JOURNAL].iter().any(|ending| has_bytes(&beside(path, ending)));
        if path.exists() {
            require_writable(path).map_err(|error| failed(error.into()))?;
        } else {
            create_private(path)
                .map_err(|source| OpenError::Create { path: path.display().to_string(), source })?;
        }
        let file = Self {
            path: path.to_owned(),
            identity: Identity::of(path).map_err(|error| failed(error.into()))?,
            beside: OnceLock::new(),
            was_left_unclean,
            is_displaced: AtomicBool::new(false),
            is_being_checked: AtomicBool::new(false),
            counts,
        };
        let mut connection = file.open().map_err(failed)?;
        // Before anything is changed in it, even the journal mode.
        match migrations::is_foreign(&mut connection) {
            Ok(false) => {}
            Ok(true) => return Err(OpenError::Foreign(path.display().to_string())),
            Err(OpenError::Migrate(error)) => return Err(failed(error)),
            Err(error) => return Err(error),
        }
        connection.batch_execute(SETTINGS).map_err(|error| failed(error.into()))?;
        Ok((file, connection))
    }

    /// From here on, the log and its index are missed as well. They are there once a connection has
    /// read.
    pub(crate) fn watch_log(&self) {
        let files = [LOG, LOG_INDEX].map(|ending| beside(&self.path, ending));
        let there = files.into_iter().filter_map(|path| {
            let identity = Identity::of(&path).ok()?;
            Some((path, identity))
        });
        // It is done once, at the end of the start.
        let _ = self.beside.set(there.collect());
    }

    /// Another connection to the same file.
    pub(crate) fn connect(&self) -> Result<SqliteConnection, AnyError> {
        let mut connection = self.open()?;
        connection.batch_execute(SETTINGS)?;
        Ok(connection)
    }

    fn open(&self) -> Result<SqliteConnection, AnyError> {
        self.require_in_place()?;
        let mut connection = open(&self.path, Mode::ReadWrite)?;
        // The file is open by now, and nothing beside it until the first statement.
        self.require_in_place()?;
        connection.batch_execute(PATIENCE)?;
        Ok(connection)
    }

    /// Refuses to write, and to be ready, with the reason.
    pub(crate) fn require_usable(&self) -> Result<(), String> {
        self.require_in_place()?;
        if self.counts.is_damaged() {
            return Err(format!("{} is damaged", self.path.display()));
        }
        Ok(())
    }

    /// Whether the last process did not stop cleanly, or another one has the file open.
    pub(crate) fn was_left_unclean(&self) -> bool {
        self.was_left_unclean
    }

    /// Says that the whole file is being read, or no longer.
    pub(crate) fn set_being_checked(&self, is_being_checked: bool) {
        self.is_being_checked.store(is_being_checked, Ordering::Release);
    }

    /// Whether the log may be moved into the file at the stop. A file that was moved may have a
    /// copy elsewhere, which needs the log. A damaged file may have the log of another one. A check
    /// would have to end first.
    pub(crate) fn may_checkpoint(&self) -> bool {
        Identity::of(&self.path).is_ok_and(|identity| identity == self.identity)
            && !self.counts.is_damaged()
            && !self.is_being_checked.load(Ordering::Acquire)
    }

    /// The path that the store was opened by.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn require_in_place(&self) -> Result<(), String> {
        let beside = self.beside.get().into_iter().flatten();
        let files = beside.map(|(path, identity)| (path, identity));
        let displaced = [(&self.path, &self.identity)]
            .into_iter()
            .chain(files)
            .find(|(path, identity)| !Identity::of(path).is_ok_and(|found| found == **identity));
        let was_displaced = self.is_displaced.swap(displaced.is_some(), Ordering::Relaxed);
        match displaced {
            None => {
                if was_displaced {
                    log::info!("{} is back: writes go on", self.path.display());
                }
                Ok(())
            }
            Some((path, _)) => {
                let reason =
                    format!("{} was moved, removed or replaced while it is open", path.display());
                if !was_displaced {
                    log::error!("{reason}; nothing is written until it is back at its place");
                }
                Err(reason)
            }
        }
    }
}
