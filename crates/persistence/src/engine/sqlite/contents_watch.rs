//! Whether the files of a store still have the contents that SQLite relies on.
//!
//! A file that is overwritten in place keeps its identity, and SQLite does not notice that. It
//! copies the pages that the WAL index names from wherever they should be in the log, and reads
//! pages of an older copy as if they were its own. So the log is compared with its index, and the
//! first page of the file with what it was after the last checkpoint.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

use crate::{
    engine::sqlite::{
        file::{LOG, LOG_INDEX, beside},
        file_use::{is_log_in_use, opened},
        log_frames::STAMP_AT,
        wal_index::WalIndex,
    },
    error::open::OpenError,
};

/// How often a log that does not fit its index is looked at before it counts, and how often it is
/// looked at while other processes change the index.
const MISFITS: u32 = 2;
const LOOKS: u32 = 20;

/// The header of the file, which each checkpoint rewrites that moves a log with a stamp.
const HEADER_BYTES: usize = 100;

/// The files of a store, and what was found in them.
pub(crate) struct ContentsWatch {
    path: PathBuf,
    /// Never closed, which would give back SQLite's locks. None if it could not be read.
    database: Option<&'static File>,
    log: OnceLock<Log>,
    noted: Mutex<Noted>,
    overwritten: OnceLock<String>,
}

struct Log {
    /// Never closed, either.
    index: &'static File,
    frames: File,
}

/// The file after a checkpoint.
#[derive(Default)]
struct Noted {
    highest_stamp: u32,
    last: Option<(WalIndex, [u8; HEADER_BYTES])>,
}

/// Refuses a log that another process has open, and that was overwritten since. An index that no
/// process has open counts for nothing: SQLite makes another one from the log. Must be called
/// before SQLite opens the file.
pub(crate) fn require_fitting_log(path: &Path) -> Result<(), OpenError> {
    if !is_log_in_use(path) {
        return Ok(());
    }
    let watch = ContentsWatch::of(path);
    watch.begin();
    watch.difference().map_or(Ok(()), |reason| Err(OpenError::Overwritten(reason)))
}

impl ContentsWatch {
    /// Opens the file at `path`, before SQLite does.
    pub(crate) fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            database: opened(path),
            log: OnceLock::new(),
            noted: Mutex::default(),
            overwritten: OnceLock::new(),
        }
    }

    /// From here on, the contents are compared. A connection must have read by now.
    pub(crate) fn begin(&self) {
        if self.log.get().is_some() {
            return;
        }
        let frames = File::open(beside(&self.path, LOG));
        if let (Some(index), Ok(frames)) = (opened(&beside(&self.path, LOG_INDEX)), frames) {
            // No other thread has this watch yet.
            let _ = self.log.set(Log { index, frames });
        }
    }

    /// Refuses files that were overwritten, from the first time on that this was seen.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(reason) = self.overwritten.get() {
            return Err(reason.clone());
        }
        let Some(reason) = self.difference() else { return Ok(()) };
        if self.overwritten.set(reason.clone()).is_ok() {
            log::error!("{reason}; nothing is read or written until the server is restarted");
        }
        Err(reason)
    }

    /// Whether a checkpoint would move only what SQLite has written. Of a log that is already in
    /// the file, nothing is moved.
    pub(crate) fn may_checkpoint(&self) -> bool {
        let Some(log) = self.log.get() else { return true };
        let is_merged = || WalIndex::read(log.index).is_some_and(|index| index.is_merged());
        self.file_difference(log).is_none() && (self.check().is_ok() || is_merged())
    }

    fn difference(&self) -> Option<String> {
        let log = self.log.get()?;
        self.file_difference(log).or_else(|| self.log_difference(log))
    }

    fn log_difference(&self, log: &Log) -> Option<String> {
        let (mut misfits, mut before) = (0, None);
        for _ in 0..LOOKS {
            let index = WalIndex::read(log.index);
            misfits = if index == before { misfits } else { 0 };
            match &index {
                Some(index) if index.fits(&log.frames).unwrap_or(true) => return None,
                Some(_) => misfits += 1,
                None => {}
            }
            // Another process may have begun the log again in between.
            if misfits >= MISFITS && WalIndex::read(log.index) == index {
                let path = self.path.display();
                return Some(format!("{path}{LOG} was shortened or overwritten while it is open"));
            }
            before = index;
        }
        None
    }

    /// Between two checkpoints, the file stays as it is.
    fn file_difference(&self, log: &Log) -> Option<String> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let before = WalIndex::read(log.index);
        let mut header = [0; HEADER_BYTES];
        self.database?.read_exact_at(&mut header, 0).ok()?;
        let stamp = header[STAMP_AT..].first_chunk().map_or(0, |stamp| u32::from_be_bytes(*stamp));
        let is_same_merge = |a: &WalIndex, b: &WalIndex| a.merge() == b.merge();
        let has_changed = match (&noted.last, &before) {
            (Some((index, last)), Some(before)) if is_same_merge(index, before) => *last != header,
            _ => false,
        };
        // A stamp of 0 is one that an earlier release has taken back.
        let is_older = stamp != 0 && stamp < noted.highest_stamp;
        let is_at_rest = before.as_ref().is_some_and(|before| {
            !before.is_merging()
                && WalIndex::read(log.index).is_some_and(|after| is_same_merge(before, &after))
        });
        if is_older || has_changed && is_at_rest {
            return Some(format!("{} was overwritten while it is open", self.path.display()));
        }
        noted.highest_stamp = stamp.max(noted.highest_stamp);
        if is_at_rest {
            noted.last = before.map(|before| (before, header));
        }
        None
    }
}
