//! Verifies the log, from its anchor to its end.

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use rollcall_domain::{
    StoreError,
    audit::{AnnouncedArchive, AuditEntry, Chain, ChainFlaw, ChainMark, VerifiedLog},
};

use super::{anchor, end, head};
use crate::{
    engine::{Connection, Reads, on},
    error::Failure,
    rows::audit::{EntryRow, LinkRow},
    schema::{audit, audit_links},
    store::Store,
};

/// How many entries are verified at a time.
pub(super) const AT_ONCE: i64 = 1000;

/// How long an entry may be committed without a number. Linkers take far less.
const UNLINKED_LIMIT: SignedDuration = SignedDuration::from_secs(60);

impl Store {
    /// Verifies all entries in one snapshot, with constant memory. The log must contain the
    /// `required` entries, or begin behind the last of them.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn verify_log(
        &self,
        required: &[ChainMark],
    ) -> Result<Result<VerifiedLog, ChainFlaw>, StoreError> {
        // Linkers could not go on from an altered end.
        let is_intact = self.backend.read(Reads::Snapshot, end::is_intact)?;
        if is_intact {
            self.backend.link_all()?;
        }
        self.backend.read(Reads::Snapshot, |connection| {
            let verified = verify_links(connection, required)?;
            if verified.is_err() {
                return Ok(verified);
            }
            if !is_intact {
                return Ok(Err(ChainFlaw::AlteredEnd));
            }
            let unlinked = end::first_unlinked(connection, Timestamp::now() - UNLINKED_LIMIT)?;
            Ok(unlinked.map_or(verified, |id| Err(ChainFlaw::Unlinked(id))))
        })
    }
}

/// Verifies the linked entries, that an entry confirms the anchor, and that the log ends with the
/// last link.
fn verify_links(
    connection: &mut Connection<'_>,
    required: &[ChainMark],
) -> Result<Result<VerifiedLog, ChainFlaw>, Failure> {
    let Some(anchor) = anchor::find(connection)? else { return Ok(Err(ChainFlaw::AlteredAnchor)) };
    let announced = anchor::announced(connection)?;
    let unfinished = announced.filter(|archive| archive.end.number > anchor.number);
    let mut required = match behind(anchor, required) {
        Ok(required) => required,
        Err(flaw) => return Ok(Err(flaw)),
    };
    required.extend(unfinished.map(|archive| archive.end));
    let mut chain = Chain::behind(anchor, required);
    let lost = match step_through(connection, &mut chain)? {
        Ok(lost) => lost,
        Err(flaw) => return Ok(Err(flaw)),
    };
    // An entry that was altered is told before what it announces.
    let is_confirmed = announced.is_some_and(|archive| archive.end == anchor);
    if anchor.number != 0 && unfinished.is_none() && !is_confirmed {
        return Ok(Err(ChainFlaw::UnconfirmedAnchor(anchor.number)));
    }
    let Some(head) = head::find(connection)? else { return Ok(Err(ChainFlaw::AlteredEnd)) };
    Ok(chain.end(head.mark).map(|end| VerifiedLog { anchor, unfinished, lost, end }))
}

/// The required entries that the log must have itself. The anchor stands for the last removed one.
fn behind(anchor: ChainMark, required: &[ChainMark]) -> Result<Vec<ChainMark>, ChainFlaw> {
    for mark in required {
        if (1..anchor.number).contains(&mark.number) {
            return Err(ChainFlaw::Archived(mark.number));
        }
        if mark.number == anchor.number && *mark != anchor {
            return Err(ChainFlaw::Forgotten(mark.number));
        }
    }
    Ok(required.iter().copied().filter(|mark| *mark != anchor).collect())
}

/// Returns the lost archives that the entries record.
fn step_through(
    connection: &mut Connection<'_>,
    chain: &mut Chain,
) -> Result<Result<Vec<AnnouncedArchive>, ChainFlaw>, Failure> {
    let mut lost_archives = Vec::new();
    // Before the first entry, too, there may be one that was put in.
    let mut last = i64::MIN;
    loop {
        let rows = linked_after(connection, last)?;
        if rows.is_empty() {
            return Ok(Ok(lost_archives));
        }
        for (link, row) in rows {
            last = link.number;
            let entry = row.map(|row| link.written_entry(row)).transpose();
            let written = entry.as_ref().ok().and_then(Option::as_ref);
            lost_archives.extend(written.and_then(AuditEntry::lost_archive));
            if let Err(flaw) = chain.step(last, entry) {
                return Ok(Err(flaw));
            }
        }
    }
}

/// The linked entries that follow, with their rows if these exist; none at the end.
pub(super) fn linked_after(
    connection: &mut Connection<'_>,
    number: i64,
) -> Result<Vec<(LinkRow, Option<EntryRow>)>, Failure> {
    let next = audit_links::table
        .left_join(audit::table)
        .filter(audit_links::number.gt(number))
        .order(audit_links::number)
        .limit(AT_ONCE);
    Ok(on!(connection, it => {
        next.select((LinkRow::as_select(), Option::<EntryRow>::as_select())).load(it)?
    }))
}
