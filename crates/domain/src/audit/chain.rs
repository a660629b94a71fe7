//! The hash chain of the log: each entry has a hash of all its fields and of the entry before it.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{Actor, ActorContext, AuditEntry, EntryFormat, Event, Origin};
use crate::{Proof, StoreError, UserId};

/// The SHA-256 of an entry, which covers all earlier ones through the hash before it. Shown in
/// hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHash(pub [u8; 32]);

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
    /// The entry that an earlier run printed is not in the log.
    #[error("entry {0} is not, or not any more, the one with that hash")]
    Forgotten(i64),
}

/// The verification of a log, entry by entry from the first.
#[derive(Debug)]
pub struct Chain {
    last: ChainMark,
    known: Option<ChainMark>,
}

impl ChainMark {
    /// The mark before the first entry.
    pub const START: Self = Self { number: 0, hash: EntryHash([0; 32]) };
}

impl AuditEntry {
    /// The entry for what `by` does now, which follows `last`.
    #[must_use]
    pub fn following(last: &ChainMark, by: &ActorContext, event: Event) -> Self {
        let ActorContext { actor, origin, claim: _ } = by.clone();
        let time = Timestamp::from_microsecond(Timestamp::now().as_microsecond());
        let mut entry = Self {
            number: last.number + 1,
            format: EntryFormat::Second,
            time: time.unwrap_or(Timestamp::UNIX_EPOCH),
            actor,
            event,
            origin,
            hash: last.hash,
        };
        entry.hash = entry.hash_after(&last.hash);
        entry
    }

    /// The number and hash that the next entry builds on.
    #[must_use]
    pub fn mark(&self) -> ChainMark {
        ChainMark { number: self.number, hash: self.hash }
    }

    fn hash_after(&self, previous: &EntryHash) -> EntryHash {
        // Destructured, so that no field is forgotten.
        let Self { number, format, time, actor, event, origin, hash: _ } = self;
        let Origin { address, request_id, client_request_id } = origin;
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
        self.optional_number(text.map(|it| i64::try_from(it.len()).unwrap_or(i64::MAX)));
        self.0.update(text.unwrap_or_default());
    }

    fn actor(&mut self, actor: &Actor) {
        let (kind, id, name) = actor.parts();
        self.text(Some(kind));
        self.optional_number(id.map(|id| id.0));
        self.text(name);
    }
}

impl Actor {
    /// The word for the kind in the API and in stores, and the id and name if it is a user.
    #[must_use]
    pub fn parts(&self) -> (&'static str, Option<UserId>, Option<&str>) {
        match self {
            Self::Anonymous => ("ANONYMOUS", None, None),
            Self::Operator => ("OPERATOR", None, None),
            Self::User { id, name, proof } => {
                let kind = match proof {
                    Proof::Password => "PASSWORD",
                    Proof::Session => "SESSION",
                };
                (kind, Some(*id), Some(name))
            }
        }
    }

    /// The actor with these parts; none if they are invalid.
    #[must_use]
    pub fn from_parts(kind: &str, id: Option<i64>, name: Option<String>) -> Option<Self> {
        let proof = match (kind, id, &name) {
            ("ANONYMOUS", None, None) => return Some(Self::Anonymous),
            ("OPERATOR", None, None) => return Some(Self::Operator),
            ("PASSWORD", Some(_), Some(_)) => Proof::Password,
            ("SESSION", Some(_), Some(_)) => Proof::Session,
            _ => return None,
        };
        Some(Self::User { id: UserId(id?), name: name?, proof })
    }
}

impl Chain {
    /// Starts a verification that requires the log to contain `known`, if it is given.
    #[must_use]
    pub fn new(known: Option<ChainMark>) -> Self {
        Self { last: ChainMark::START, known }
    }

    /// Verifies the next entry, which the store has under `number`. An entry that cannot be read
    /// counts as altered.
    ///
    /// # Errors
    /// [`ChainFlaw`] when an entry is missing, was inserted or was altered.
    pub fn step(
        &mut self,
        number: i64,
        entry: Result<AuditEntry, StoreError>,
    ) -> Result<(), ChainFlaw> {
        let expected = self.last.number + 1;
        if number < expected {
            return Err(ChainFlaw::PutIn(number));
        }
        if number > expected {
            return Err(ChainFlaw::Missing(expected));
        }
        let entry = entry.map_err(|_| ChainFlaw::Altered(number))?;
        if entry.hash != entry.hash_after(&self.last.hash) {
            return Err(ChainFlaw::Altered(number));
        }
        self.last = entry.mark();
        match self.known {
            Some(known) if known.number == number && known != self.last => {
                Err(ChainFlaw::Forgotten(number))
            }
            _ => Ok(()),
        }
    }

    /// Ends the verification. `head` is the recorded last entry.
    ///
    /// # Errors
    /// [`ChainFlaw`] when the log ends elsewhere, or `known` is not in it.
    pub fn end(self, head: ChainMark) -> Result<ChainMark, ChainFlaw> {
        if self.last != head {
            return Err(ChainFlaw::WrongEnd { last: self.last.number, head: head.number });
        }
        match self.known {
            Some(known) if known.number > head.number || known.number < 1 => {
                Err(ChainFlaw::Forgotten(known.number))
            }
            _ => Ok(head),
        }
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// The text is not a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be NUMBER:HASH, with a hash of 64 hexadecimal digits, as `audit verify` says it")]
pub struct InvalidMark;

impl FromStr for EntryHash {
    type Err = InvalidMark;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(InvalidMark);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| InvalidMark)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidMark)?;
        }
        Ok(Self(hash))
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
