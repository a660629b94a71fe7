//! The hash chain of the log: each entry has a hash of all its fields and of the entry before it.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{
    Actor, AuditEntry, RequestOrigin,
    archive::AnnouncedArchive,
    entry_hash::{EntryHash, InvalidMark},
    event::Event,
    format::EntryFormat,
};
use crate::error::store::StoreError;

/// The number and the hash of an entry; number 0 stands before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainMark {
    /// The entry's number.
    pub number: i64,
    /// The entry's hash.
    pub hash: EntryHash,
}

/// The first flaw found in a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChainFlaw {
    /// An entry was changed after it was written, or its predecessor was.
    #[error("entry {0} was altered, or the one before it")]
    Altered(i64),
    /// An entry was inserted: its number is lower than the next one can be.
    #[error("entry {0} was put in")]
    PutIn(i64),
    /// An entry is missing, while later ones exist.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// The log does not end at the entry that was recorded as the last.
    #[error("the log ends with entry {last}, and not with entry {head} as it was written")]
    WrongEnd {
        /// The last existing entry.
        last: i64,
        /// The recorded last entry.
        head: i64,
    },
    /// An entry has no number, and was committed long ago or is not awaited.
    #[error("the entry with id {0} has no number, though linkers are past it")]
    Unlinked(i64),
    /// The row that tells linkers where to go on was altered or removed.
    #[error("the row that says where the log ends was altered")]
    AlteredEnd,
    /// The row that tells where the log begins was altered or removed.
    #[error("the row that says where the log begins was altered")]
    AlteredAnchor,
    /// The log begins behind an entry up to which no recorded run has archived.
    #[error("the log begins after entry {0}, and no AUDIT_ARCHIVED entry confirms that")]
    UnconfirmedAnchor(i64),
    /// The entry is in an archive, which is needed to verify it.
    #[error("entry {0} was moved to an archive")]
    Archived(i64),
    /// The entry was in an archive whose file is lost.
    #[error("entry {0} was in an archive whose file is lost")]
    Lost(i64),
    /// The last file lacks entries of the archive that is not complete yet.
    #[error("the files end with entry {last}, and the unfinished archive with entry {end}")]
    CutFile {
        /// The last entry of the files.
        last: i64,
        /// The last entry of the archive.
        end: i64,
    },
    /// The entry that an earlier run printed is not in the log.
    #[error("entry {0} is not, or not any more, the one with that hash")]
    Forgotten(i64),
}

/// The verification of a log, entry by entry from the first, or from its anchor.
#[derive(Debug)]
pub struct Chain {
    last: ChainMark,
    required: Vec<ChainMark>,
    lost: Vec<AnnouncedArchive>,
    skipped: Vec<AnnouncedArchive>,
}

impl ChainMark {
    /// The mark before the first entry.
    pub const START: Self = Self { number: 0, hash: EntryHash([0; 32]) };
}

impl AuditEntry {
    /// The number and hash that the next entry builds on.
    #[must_use]
    pub fn mark(&self) -> ChainMark {
        ChainMark { number: self.number, hash: self.hash }
    }

    pub(super) fn hash_after(&self, previous: &EntryHash) -> EntryHash {
        // Destructured, so that no field is forgotten.
        let Self { number, format, time, actor, event, origin, hash: _ } = self;
        let RequestOrigin { address, request_id, client_request_id } = origin;
        let Event { action, user, changes } = event;
        let mut fields = Fields(Sha256::new());
        fields.0.update(previous.0);
        if *format != EntryFormat::First {
            // In the first format this is the entry's number, which is never negative, so entries
            // of different formats never have the same hash.
            fields.number(-format.number());
        }
        fields.number(*number);
        fields.number(time.as_microsecond());
        fields.actor(actor);
        fields.text(Some(action.as_str()));
        fields.optional_number(user.as_ref().map(|user| user.id.0));
        fields.text(user.as_ref().map(|user| user.name.as_str()));
        fields.number(i64::try_from(changes.len()).unwrap_or(i64::MAX));
        for change in changes {
            fields.text(Some(change.field.as_str()));
            fields.text(change.before.as_deref());
            fields.text(change.after.as_deref());
        }
        fields.text(address.map(|address| address.to_string()).as_deref());
        fields.text(request_id.as_deref());
        // The first format does not hash this field if it is empty. Setting it later changes the
        // hash.
        if *format != EntryFormat::First || client_request_id.is_some() {
            fields.text(client_request_id.as_deref());
        }
        EntryHash(fields.0.finalize().into())
    }
}

/// Hashes fields such that different sequences are never the same bytes.
struct Fields(Sha256);

impl Fields {
    fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    fn optional_number(&mut self, number: Option<i64>) {
        self.0.update([u8::from(number.is_some())]);
        if let Some(number) = number {
            self.number(number);
        }
    }

    fn text(&mut self, text: Option<&str>) {
        self.optional_number(text.map(|text| i64::try_from(text.len()).unwrap_or(i64::MAX)));
        self.0.update(text.unwrap_or_default());
    }

    fn actor(&mut self, actor: &Actor) {
        let (_, id, name) = actor.parts();
        self.text(Some(&actor.kind_text()));
        self.optional_number(id.map(|id| id.0));
        self.text(name);
    }
}

impl Chain {
    /// Starts a verification behind `anchor`, which is [`ChainMark::START`] if no entry was
    /// archived. The log must contain the `required` entries.
    #[must_use]
    pub fn behind(anchor: ChainMark, required: Vec<ChainMark>) -> Self {
        Self { last: anchor, required, lost: Vec::new(), skipped: Vec::new() }
    }

    /// Entries that may be missing, because their files are lost.
    #[must_use]
    pub fn without(self, lost: Vec<AnnouncedArchive>) -> Self {
        Self { lost, ..self }
    }

    /// The lost archives whose entries were missing.
    #[must_use]
    pub fn skipped(&self) -> &[AnnouncedArchive] {
        &self.skipped
    }

    /// The last verified entry.
    #[must_use]
    pub fn last(&self) -> ChainMark {
        self.last
    }

    /// Verifies the next entry, which the store has under `number`: none if it is gone. An entry
    /// that cannot be read counts as altered.
    ///
    /// # Errors
    /// [`ChainFlaw`] when an entry is missing, was inserted or was altered.
    pub fn step(
        &mut self,
        number: i64,
        entry: Result<Option<AuditEntry>, StoreError>,
    ) -> Result<(), ChainFlaw> {
        if number > self.last.number + 1 {
            self.skip_lost()?;
        }
        let expected = self.last.number + 1;
        if number < expected {
            return Err(ChainFlaw::PutIn(number));
        }
        if number > expected {
            return Err(ChainFlaw::Missing(expected));
        }
        let entry = entry.map_err(|_| ChainFlaw::Altered(number))?;
        let entry = entry.ok_or(ChainFlaw::Missing(number))?;
        if entry.hash != entry.hash_after(&self.last.hash) {
            return Err(ChainFlaw::Altered(number));
        }
        self.last = entry.mark();
        let is_other = |mark: &ChainMark| mark.number == number && *mark != self.last;
        if self.required.iter().any(is_other) { Err(ChainFlaw::Forgotten(number)) } else { Ok(()) }
    }

    /// Goes on behind entries whose file is lost. The entry that records the loss has the hash that
    /// the next entry builds on.
    ///
    /// # Errors
    /// [`ChainFlaw`] when a required entry is among them.
    pub fn skip_lost(&mut self) -> Result<(), ChainFlaw> {
        while let Some(place) = self.lost.iter().position(|lost| lost.start == self.last) {
            let lost = self.lost.swap_remove(place);
            let AnnouncedArchive { start, end } = lost;
            let is_lost = |mark: &&ChainMark| {
                mark.number > start.number && mark.number <= end.number && **mark != end
            };
            if let Some(mark) = self.required.iter().find(is_lost) {
                return Err(ChainFlaw::Lost(mark.number));
            }
            self.last = end;
            self.skipped.push(lost);
        }
        Ok(())
    }

    /// Ends the verification. `head` is the recorded last entry.
    ///
    /// # Errors
    /// [`ChainFlaw`] when the log ends elsewhere, or lacks a required entry.
    pub fn end(self, head: ChainMark) -> Result<ChainMark, ChainFlaw> {
        if self.last != head {
            return Err(ChainFlaw::WrongEnd { last: self.last.number, head: head.number });
        }
        let missing = self.required.iter().map(|mark| mark.number);
        let missing = missing.filter(|number| *number > head.number || *number < 1).min();
        missing.map_or(Ok(head), |number| Err(ChainFlaw::Forgotten(number)))
    }
}

impl fmt::Display for ChainMark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.number, self.hash)
    }
}

impl FromStr for ChainMark {
    type Err = InvalidMark;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, hash) = text.split_once(':').ok_or(InvalidMark)?;
        let number = number.parse().ok().filter(|number| *number >= 1).ok_or(InvalidMark)?;
        Ok(Self { number, hash: hash.parse()? })
    }
}
