//! The removal of entries that a file has.
//!
//! Each transaction removes some entries and moves the anchor behind them. The first one announces
//! the archive, so the log verifies after each of them, and the next run knows the file of one that
//! was interrupted.

use diesel::prelude::*;
use rollcall_domain::{
    StoreError, WriteError,
    audit::{AnnouncedArchive, AuditEntry, ChainMark, Event},
};
use thiserror::Error;

use super::{
    anchor,
    head::{self, Contention},
    link::link_inside,
    record, verify,
};
use crate::{
    engine::{
        Backend, Connection, Reads, on,
        postgres::privileges::{self, TO_ARCHIVE},
    },
    error::{Failure, open::OpenError},
    recheck::CheckedActor,
    schema::{audit, audit_links},
    store::Store,
};

/// How many entries are removed in one transaction. Servers write between two of them.
const AT_ONCE: i64 = 5000;

/// Where the log begins, and the announced archive whose entries are not all removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogBeginning {
    /// The last removed entry; [`ChainMark::START`] if none was removed.
    pub anchor: ChainMark,
    /// The archive that an interrupted run left.
    pub unfinished: Option<AnnouncedArchive>,
    /// The archive that ends at the anchor.
    pub finished: Option<AnnouncedArchive>,
}

/// Why entries were not removed.
#[derive(Debug, Error)]
pub enum RemovalError {
    /// The anchor is not where it was.
    #[error("another run has archived entries meanwhile; run the command again")]
    Moved,
    /// Another archive was announced, whose entries are not all removed.
    #[error("an archive that ends with {0} is unfinished; give its file")]
    Unfinished(ChainMark),
    /// The log has no such entry, so the file is not of it.
    #[error("entry {0} of the log is not the last one of the file; give a file of this log")]
    OtherLog(i64),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// An entry as the log has it under its number: none if its row is gone, an error if no server
/// writes such rows.
pub type NumberedEntry = (i64, Result<Option<AuditEntry>, StoreError>);

impl Store {
    /// Refuses a PostgreSQL role that may not remove entries.
    ///
    /// # Errors
    /// [`OpenError`] with the missing grants, or when the store fails.
    pub fn require_archiving(&self) -> Result<(), OpenError> {
        let Backend::Postgres(pools) = &self.backend else { return Ok(()) };
        let granted = pools
            .others
            .read(Reads::Latest, |connection| Ok(privileges::require(connection, TO_ARCHIVE)));
        let unanswered = |failure: Failure| OpenError::connect(failure.into_store_error());
        granted.map_err(unanswered)?
    }

    /// The last removed entry; [`ChainMark::START`] if none was removed.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn log_anchor(&self) -> Result<ChainMark, StoreError> {
        self.backend.read(Reads::Latest, anchor::read)
    }

    /// Where the log begins, once every committed entry has its number.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn log_beginning(&self) -> Result<LogBeginning, StoreError> {
        self.backend.link_all()?;
        self.backend.read(Reads::Snapshot, beginning)
    }

    /// The next entries behind `number`, the oldest first; none at the end of the log.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn entries_after(&self, number: i64) -> Result<Vec<NumberedEntry>, StoreError> {
        let rows = self
            .backend
            .read(Reads::Latest, |connection| verify::linked_after(connection, number))?;
        let entry = |(link, row): (crate::rows::audit::LinkRow, Option<_>)| {
            (link.number, row.map(|row| link.written_entry(row)).transpose())
        };
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Removes the next entries of `archive`, which a file has. The log must begin behind `anchor`.
    /// Returns where it begins now.
    ///
    /// # Errors
    /// [`RemovalError`]; nothing was removed.
    pub fn remove_archived(
        &self,
        anchor: ChainMark,
        archive: AnnouncedArchive,
    ) -> Result<ChainMark, RemovalError> {
        self.write_under_lock(move |connection| remove_some(connection, anchor, archive))?
    }

    /// Runs `work`, which locks the end of the chain before it reads.
    pub(super) fn write_under_lock<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let outcome = match &self.backend {
            Backend::Sqlite(_) => self.backend.write(work),
            Backend::Postgres(pools) => {
                // Each statement must see what the owner of the lock before it has committed.
                let removed = pools.others.write_as_read_committed(|connection| {
                    work(&mut Connection::Postgres(connection))
                });
                self.backend.counts().failure_of(removed).map_err(Failure::into_write_error)
            }
        };
        outcome.map_err(|error| match error {
            WriteError::Store(error) => error,
            error => StoreError::Internal(Box::new(error)),
        })
    }
}

pub(super) fn beginning(connection: &mut Connection<'_>) -> Result<LogBeginning, Failure> {
    let anchor = anchor::read(connection)?;
    let announced = anchor::announced(connection)?;
    let unfinished = announced.filter(|archive| archive.end.number > anchor.number);
    let finished = announced.filter(|archive| archive.end == anchor);
    Ok(LogBeginning { anchor, unfinished, finished })
}

fn remove_some(
    connection: &mut Connection<'_>,
    from: ChainMark,
    archive: AnnouncedArchive,
) -> Result<Result<ChainMark, RemovalError>, Failure> {
    // Linkers and other runs wait, changes do not.
    head::lock(connection, Contention::Wait)?;
    let LogBeginning { anchor, unfinished, .. } = beginning(connection)?;
    if anchor != from || from.number >= archive.end.number {
        return Ok(Err(RemovalError::Moved));
    }
    if mark_of(connection, archive.end.number)? != Some(archive.end) {
        return Ok(Err(RemovalError::OtherLog(archive.end.number)));
    }
    match unfinished {
        // Another run has given it up.
        None if archive.start != anchor => return Ok(Err(RemovalError::Moved)),
        None => record(connection, &CheckedActor::operator(), Event::archived(archive))?,
        Some(announced) if announced == archive => {}
        Some(announced) => return Ok(Err(RemovalError::Unfinished(announced.end))),
    }
    let last = anchor.number.saturating_add(AT_ONCE).min(archive.end.number);
    let Some(place) = mark_of(connection, last)? else {
        return Ok(Err(RemovalError::OtherLog(last)));
    };
    remove(connection, anchor.number, last)?;
    anchor::move_to(connection, place)?;
    if let Connection::Postgres(_) = connection {
        // The anchor and the entry that confirms it are seen together.
        link_inside(connection)?;
    }
    Ok(Ok(place))
}

fn mark_of(connection: &mut Connection<'_>, number: i64) -> Result<Option<ChainMark>, Failure> {
    let hash = audit_links::table.find(number).select(audit_links::hash);
    let hash: Option<String> = on!(connection, it => hash.get_result(it).optional()?);
    Ok(hash.and_then(|hash| Some(ChainMark { number, hash: hash.parse().ok()? })))
}

/// Removes the entries behind `first`, up to `last`.
fn remove(connection: &mut Connection<'_>, first: i64, last: i64) -> Result<(), Failure> {
    let in_range = audit_links::number.gt(first).and(audit_links::number.le(last));
    let ids = audit_links::table.filter(in_range).select(audit_links::entry_id);
    let entries = diesel::delete(audit::table.filter(audit::id.eq_any(ids)));
    let entries = on!(connection, it => entries.execute(it)?);
    let links = diesel::delete(audit_links::table.filter(in_range));
    let links = on!(connection, it => links.execute(it)?);
    let expected = usize::try_from(last - first).ok();
    if [entries, links].iter().any(|count| Some(*count) != expected) {
        let flaw = "entries that are to be removed are missing; run `rollcall audit verify`";
        return Err(StoreError::Internal(flaw.into()).into());
    }
    Ok(())
}
