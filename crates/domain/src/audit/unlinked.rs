//! Entries before they have a place in the chain.

use jiff::Timestamp;

use super::{
    Actor, ActorContext, AuditEntry, RequestOrigin, chain::ChainMark, event::Event,
    format::EntryFormat,
};

/// An entry as its change writes it. A linker gives it a number and a hash once it is committed, so
/// that changes do not wait for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkedEntry {
    /// The format, which determines the fields and how they are hashed.
    pub format: EntryFormat,
    /// When the entry was written, in whole microseconds.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
    /// Where the request came from.
    pub origin: RequestOrigin,
}

impl UnlinkedEntry {
    /// The entry for what `by` does at `time`.
    #[must_use]
    pub fn new(by: &ActorContext, event: Event, time: Timestamp) -> Self {
        let ActorContext { actor, origin, claim: _, name_rule: _ } = by.clone();
        let time = Timestamp::from_microsecond(time.as_microsecond());
        let time = time.unwrap_or(Timestamp::UNIX_EPOCH);
        Self { format: EntryFormat::Second, time, actor, event, origin }
    }

    /// The entry that follows `last` in the chain.
    #[must_use]
    pub fn link(self, last: &ChainMark) -> AuditEntry {
        let mut entry = self.numbered(ChainMark { number: last.number + 1, hash: last.hash });
        entry.hash = entry.hash_after(&last.hash);
        entry
    }

    /// The entry with the number and the hash that a linker gave it.
    #[must_use]
    pub fn numbered(self, ChainMark { number, hash }: ChainMark) -> AuditEntry {
        let Self { format, time, actor, event, origin } = self;
        AuditEntry { number, format, time, actor, event, origin, hash }
    }
}
