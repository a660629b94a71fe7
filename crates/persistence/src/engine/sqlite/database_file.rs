//! The file that a store is open on, and whether it is still at its path.
//!
//! Operators move files and put others in their place while a server runs. SQLite would open
//! whatever is at the path, and take the log beside it for that file's, which empties one of the
//! two. So each connection behind the first one is opened here, and only to the file that the first
//! one has opened.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use diesel::{SqliteConnection, connection::SimpleConnection};

use crate::{
    engine::{
        counts::Counts,
        presence::{IfAbsent, refuse_remains, require_file},
        sqlite::{
            contents_watch::{ContentsWatch, require_fitting_log},
            failure,
            file::{
                JOURNAL, LOG, beside, create_private, has_bytes, require_writable, session_secret,
            },
            file_place::{Displacement, Place},
            file_use::{is_file_in_use, mark_log, require_one_name, require_same_use},
            log_stamp::{self, require_own_log},
            sqlite_name::{Mode, open},
        },
    },
    error::open::OpenError,
    migrations::{self, FileContents},
};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What every connection is told first, because already the switch to WAL has to wait for others.
pub(crate) const PATIENCE: &str = "PRAGMA busy_timeout = 5000;";

/// What a connection that writes is told then. `FULL`: acknowledged writes survive a loss of power.
/// A log of 4000 pages, 16 MiB, is moved into the file a quarter as often as one of the usual 1000,
/// and has more changes of the same page, of which the last is moved.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000;";

/// What opens the log of a connection that reads. Its first statement on a table reads the schema,
/// for which a start need not wait.
const OPEN_LOG: &str = "PRAGMA user_version";

/// A file that a store is open on.
pub(crate) struct DatabaseFile {
    place: Place,
    contents: ContentsWatch,
    was_left_unclean: bool,
    is_displaced: AtomicBool,
    is_closed: AtomicBool,
    is_being_checked: AtomicBool,
    counts: Arc<Counts>,
}

impl DatabaseFile {
    /// Opens the file at `path`, which is made where there is none unless `absent` forbids that,
    /// and gives the first connection.
    pub(crate) fn open_or(
        absent: IfAbsent,
        path: &Path,
        counts: Arc<Counts>,
    ) -> Result<(Self, SqliteConnection), OpenError> {
        let failed = |error: AnyError| failure(path, error);
        let secret = session_secret(path);
        // Before anything is looked at: a process that makes a store makes its secret last.
        let secret_was_there = secret.exists();
        match absent {
            IfAbsent::Create => refuse_remains(path)?,
            IfAbsent::Refuse => require_file(path)?,
        }
        let has_log = [LOG, JOURNAL].iter().any(|ending| has_bytes(&beside(path, ending)));
        // A process that has the file open is still going to close it.
        let was_left_unclean = has_log && !is_file_in_use(path);
        if path.exists() {
            require_writable(path).map_err(|error| failed(error.into()))?;
            require_one_name(path)?;
            require_own_files(path)?;
        } else {
            create_private(path)
                .map_err(|source| OpenError::Create { path: path.display().to_string(), source })?;
        }
        let file = Self {
            place: Place::of(path).map_err(|error| failed(error.into()))?,
            contents: ContentsWatch::of(path),
            was_left_unclean,
            is_displaced: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            is_being_checked: AtomicBool::new(false),
            counts,
        };
        let mut connection = file.open().map_err(failed)?;
        // Before anything is changed in it, even the journal mode.
        match migrations::contents(&mut connection) {
            Ok(FileContents::Nothing) if secret_was_there => {
                return Err(OpenError::lost(path, &secret));
            }
            Ok(FileContents::Nothing) if absent == IfAbsent::Refuse => {
                return Err(OpenError::NoStore);
            }
            Ok(FileContents::Nothing | FileContents::Store) => {}
            Ok(FileContents::Foreign) => {
                return Err(OpenError::Foreign(path.display().to_string()));
            }
            Err(OpenError::Migrate(error)) => return Err(failed(error)),
            Err(error) => return Err(error),
        }
        connection.batch_execute(SETTINGS).map_err(|error| failed(error.into()))?;
        Ok((file, connection))
    }

    /// From here on, the log and its index are missed as well, and other processes can tell that
    /// this one has them open.
    pub(crate) fn watch_log(&self) {
        self.place.watch_log();
        mark_log(self.path());
    }

    /// From here on, files that are overwritten in place are neither read nor written.
    pub(crate) fn watch_contents(&self) {
        self.contents.begin();
        // Notes how the file is. It was just opened.
        let _ = self.contents.check();
    }

    /// Refuses to read files that were overwritten.
    pub(crate) fn require_contents(&self) -> Result<(), String> {
        self.contents.check()
    }

    /// Has the first change in a log tell which file the log is of.
    pub(crate) fn stamp(connection: &mut SqliteConnection) {
        log_stamp::raise_at_once(connection, PATIENCE);
    }

    /// Another connection to the same file, to write by.
    pub(crate) fn connect(&self) -> Result<SqliteConnection, AnyError> {
        self.connect_with(SETTINGS)
    }

    /// Another connection to the same file, to read by.
    pub(crate) fn connect_to_read(&self) -> Result<SqliteConnection, AnyError> {
        self.connect_with(OPEN_LOG)
    }

    fn connect_with(&self, settings: &str) -> Result<SqliteConnection, AnyError> {
        if self.is_closed() {
            return Err(format!("{} was closed", self.path().display()).into());
        }
        let mut connection = self.open()?;
        connection.batch_execute(settings)?;
        Ok(connection)
    }

    fn open(&self) -> Result<SqliteConnection, AnyError> {
        self.require_in_place()?;
        let mut connection = open(self.path(), Mode::ReadWrite)?;
        // The file is open by now, and nothing beside it until the first statement.
        self.require_in_place()?;
        connection.batch_execute(PATIENCE)?;
        Ok(connection)
    }

    /// Refuses to write, and to be ready, with the reason.
    pub(crate) fn require_usable(&self) -> Result<(), String> {
        self.require_in_place()?;
        self.contents.check()?;
        if self.counts.is_damaged() {
            return Err(format!("{} is damaged", self.path().display()));
        }
        Ok(())
    }

    /// From here on, no connection is made, and those that are there are to be closed.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
    }

    /// Whether connections are to be closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Whether the last process that had the file open did not stop cleanly.
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
        self.place.has_file()
            && self.contents.may_checkpoint()
            && !self.counts.is_damaged()
            && !self.is_being_checked.load(Ordering::Acquire)
    }

    /// Where the changes are that the stop leaves in the log.
    pub(crate) fn unmerged_changes(&self) -> String {
        let path = self.path().display();
        if let Err(reason) = self.contents.check() {
            return format!("{reason}: both files stay as they are");
        }
        if self.place.has_log() {
            format!("the newest changes of {path} stay in {path}{LOG}: keep both together")
        } else {
            format!(
                "the newest changes are in the {LOG} that was moved away with {path}: keep both \
                 together; the files at that path now lack them"
            )
        }
    }

    /// The path that the store was opened by.
    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    fn require_in_place(&self) -> Result<(), String> {
        let displacement = self.place.displacement();
        let was_displaced = self.is_displaced.swap(displacement.is_some(), Ordering::Relaxed);
        match displacement {
            None => {
                if was_displaced {
                    log::info!("{} is back: writes go on", self.path().display());
                }
                Ok(())
            }
            Some(Displacement { reason, until }) => {
                if !was_displaced {
                    log::error!("{reason}; nothing is written until {until}");
                }
                Err(reason)
            }
        }
    }
}

/// Refuses a file whose log may be that of another one. Must be called before SQLite opens it.
pub(crate) fn require_own_files(path: &Path) -> Result<(), OpenError> {
    require_same_use(path)?;
    require_fitting_log(path)?;
    require_own_log(path)
}
