//! The audit log: who changed what, kept beside what was changed and in the same transaction.
//!
//! Every entry carries a hash of itself and of the entry before it, so that none can be altered or taken
//! out unnoticed (see [`Chain`]). A renewed hash of the same password, the activity of a session and the
//! sweep of sessions that are over are no changes and leave no entry.

mod chain;
mod event;
mod store;

use std::net::IpAddr;

use jiff::Timestamp;

pub use chain::{Chain, ChainFlaw, ChainMark, EntryHash, InvalidMark};
pub use event::{AuditAction, Change, ChangedField, Event, Target};
pub use store::{AuditPage, AuditQuery, AuditStore};

use crate::{Caller, Lane, Proof, User, UserId};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3 and so on, without a gap.
    pub number: i64,
    /// When it was written: whole microseconds.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub event: Event,
    /// Where that came from.
    pub origin: Origin,
    /// What binds this entry to all before it.
    pub hash: EntryHash,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody that is known: whoever registers.
    Anonymous,
    /// A user, called so at the time.
    User {
        /// The user's id.
        id: UserId,
        /// The user's name.
        name: String,
        /// What the user proved who it is with.
        proof: Proof,
    },
    /// The command line, or the process itself when it makes the first admin.
    Operator,
}

/// Where something comes from. Empty for the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address.
    pub address: Option<IpAddr>,
    /// What the log calls the request.
    pub request_id: Option<String>,
}

/// By whom something is done, and from where: what each writing method of a store must be told.
#[derive(Clone, Debug)]
pub struct By {
    /// Who does it.
    pub actor: Actor,
    /// Where that comes from.
    pub origin: Origin,
}

impl Origin {
    /// On whose behalf passwords of such a request are hashed.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.address.map(Lane::of).unwrap_or_default()
    }
}

impl Actor {
    /// A user who has proved who it is.
    #[must_use]
    pub fn user(user: &User, proof: Proof) -> Self {
        Self::User { id: user.id, name: user.name.to_string(), proof }
    }
}

impl By {
    /// A caller's doing.
    #[must_use]
    pub fn caller(caller: &Caller, origin: &Origin) -> Self {
        let actor = match caller {
            Caller::Anonymous => Actor::Anonymous,
            Caller::User(user, proof) => Actor::user(user, *proof),
            Caller::Operator => Actor::Operator,
        };
        Self { actor, origin: origin.clone() }
    }

    /// The command line's doing.
    #[must_use]
    pub fn operator() -> Self {
        Self { actor: Actor::Operator, origin: Origin::default() }
    }
}
