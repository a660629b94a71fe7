//! Gives up an interrupted archive whose file is lost.

use rollcall_domain::{
    StoreError,
    audit::{AnnouncedArchive, ChainMark, Event},
};
use thiserror::Error;

use super::{
    archive::{LogBeginning, beginning},
    head::{self, Contention},
    link::link_inside,
    record,
};
use crate::{
    engine::{Connection, Reads},
    error::Failure,
    recheck::CheckedActor,
    store::Store,
};

/// Why an archive was not given up.
#[derive(Debug, Error)]
pub enum AbandonError {
    /// Every announced archive is complete.
    #[error("no archive is unfinished; nothing was changed")]
    Complete,
    /// Another archive is unfinished.
    #[error("the unfinished archive ends with {0}; nothing was changed")]
    Other(ChainMark),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Store {
    /// Records that the file of the unfinished archive that ends with `end` is lost. Returns the
    /// removed entries, which no file has; the others stay in the log.
    ///
    /// # Errors
    /// [`AbandonError`].
    pub fn abandon_archive(&self, end: ChainMark) -> Result<AnnouncedArchive, AbandonError> {
        self.write_under_lock(move |connection| abandon(connection, end))?
    }

    /// The lost archives that entries of the log record, the oldest first. The entries are not
    /// verified.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn lost_archives(&self) -> Result<Vec<AnnouncedArchive>, StoreError> {
        self.backend.read(Reads::Snapshot, super::anchor::lost)
    }
}

fn abandon(
    connection: &mut Connection<'_>,
    end: ChainMark,
) -> Result<Result<AnnouncedArchive, AbandonError>, Failure> {
    head::lock(connection, Contention::Wait)?;
    let LogBeginning { anchor, unfinished, .. } = beginning(connection)?;
    let Some(archive) = unfinished else { return Ok(Err(AbandonError::Complete)) };
    if archive.end != end {
        return Ok(Err(AbandonError::Other(archive.end)));
    }
    let removed = AnnouncedArchive { end: anchor, ..archive };
    record(connection, &CheckedActor::operator(), Event::archive_lost(removed))?;
    if let Connection::Postgres(_) = connection {
        link_inside(connection)?;
    }
    Ok(Ok(removed))
}
