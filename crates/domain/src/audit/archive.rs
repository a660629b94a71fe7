//! Archives: the oldest entries of a log, moved to files. The log then begins with an anchor, the
//! number and the hash of the last removed entry.
//!
//! An entry announces where an archive ends, in the transaction that removes the first of the
//! archived entries. So an interrupted removal is no flaw, and no other removal passes for one.
//! If its file is lost, another entry gives it up: it says which entries no file has.

use super::{
    AuditEntry, ChainMark,
    event::{AuditAction, Change, ChangedField, Event},
};

/// The archive that an entry of the log announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnouncedArchive {
    /// The entry before its first one; [`ChainMark::START`] for the first archive.
    pub start: ChainMark,
    /// Its last entry.
    pub end: ChainMark,
}

/// Where a log begins and ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLog {
    /// The last removed entry; [`ChainMark::START`] if none was removed.
    pub anchor: ChainMark,
    /// The announced archive, if entries of it are still in the log.
    pub unfinished: Option<AnnouncedArchive>,
    /// The archives whose files are lost, as entries of the log record them.
    pub lost: Vec<AnnouncedArchive>,
    /// The last entry.
    pub end: ChainMark,
}

impl Event {
    /// Entries were moved to an archive.
    #[must_use]
    pub fn archived(archive: AnnouncedArchive) -> Self {
        Self::of_archive(ChangedField::Anchor, archive)
    }

    /// The file with these removed entries is lost.
    #[must_use]
    pub fn archive_lost(removed: AnnouncedArchive) -> Self {
        Self::of_archive(ChangedField::Lost, removed)
    }

    fn of_archive(field: ChangedField, archive: AnnouncedArchive) -> Self {
        let AnnouncedArchive { start, end } = archive;
        let before = (start != ChainMark::START).then(|| start.to_string());
        let after = Some(end.to_string());
        let changes = vec![Change { field, before, after }];
        Self { action: AuditAction::AuditArchived, user: None, changes }
    }
}

impl AuditEntry {
    /// The archive that this entry announces; none if it records something else.
    #[must_use]
    pub fn announced_archive(&self) -> Option<AnnouncedArchive> {
        self.archive_of(&[ChangedField::Anchor, ChangedField::Lost])
    }

    /// The removed entries whose file this entry records as lost; none if it records something
    /// else.
    #[must_use]
    pub fn lost_archive(&self) -> Option<AnnouncedArchive> {
        self.archive_of(&[ChangedField::Lost])
    }

    fn archive_of(&self, fields: &[ChangedField]) -> Option<AnnouncedArchive> {
        let [Change { field, before, after: Some(end) }] = &self.event.changes[..] else {
            return None;
        };
        let start = before.as_deref().map_or(Ok(ChainMark::START), str::parse).ok()?;
        let announced = AnnouncedArchive { start, end: end.parse().ok()? };
        let is_one = self.event.action == AuditAction::AuditArchived && fields.contains(field);
        is_one.then_some(announced)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{AnnouncedArchive, ChainMark, Event};
    use crate::audit::{ActorContext, AuditEntry, EntryHash, UnlinkedEntry};

    fn entry(event: Event) -> AuditEntry {
        let entry = UnlinkedEntry::new(&ActorContext::OPERATOR, event, Timestamp::UNIX_EPOCH);
        entry.link(&ChainMark { number: 700, hash: EntryHash([9; 32]) })
    }

    #[test]
    fn an_entry_has_the_archive_that_it_announces() {
        let end = ChainMark { number: 488, hash: EntryHash([7; 32]) };
        let later = ChainMark { number: 600, hash: EntryHash([8; 32]) };
        for archive in [
            AnnouncedArchive { start: ChainMark::START, end },
            AnnouncedArchive { start: end, end: later },
        ] {
            let announced = entry(Event::archived(archive));
            assert_eq!(announced.announced_archive(), Some(archive));
            assert_eq!(announced.lost_archive(), None);
            let lost = entry(Event::archive_lost(archive));
            assert_eq!(lost.announced_archive(), Some(archive));
            assert_eq!(lost.lost_archive(), Some(archive));
        }
        let other = Event {
            action: crate::audit::AuditAction::UsersImported,
            ..Event::archived(AnnouncedArchive { start: ChainMark::START, end })
        };
        assert_eq!(entry(other).announced_archive(), None);
    }
}
