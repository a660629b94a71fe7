//! The audit log: who changed what, kept beside what was changed and in the same transaction.
//!
//! Every entry carries a hash of itself and of the entry before it, so that none can be altered or taken
//! out unnoticed (see [`Chain`]). A renewed hash of the same password, the activity of a session and the
//! sweep of sessions that are over are no changes and leave no entry.

mod chain;
mod event;
mod format;
mod store;

use std::net::IpAddr;

use jiff::Timestamp;

pub use chain::{Chain, ChainFlaw, ChainMark, EntryHash, InvalidMark};
pub use event::{AuditAction, Change, ChangedField, Event, Target};
pub use format::EntryFormat;
pub use store::{AuditPage, AuditQuery, AuditStore};

use crate::{Action, Caller, Claim, Lane, Proof, User, UserId};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3 and so on, without a gap.
    pub number: i64,
    /// Which fields it has, and how its hash is made of them.
    pub format: EntryFormat,
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
    /// The server's own id of the request. In entries of the first format the client's, if it had
    /// sent one.
    pub request_id: Option<String>,
    /// The client's id of the request, which anyone may choose.
    pub client_request_id: Option<String>,
}

/// By whom something is done, and from where: what each writing method of a store must be told. It
/// holds what the caller has proved, which the store checks again in the transaction that writes.
#[derive(Clone, Debug)]
pub struct By {
    actor: Actor,
    origin: Origin,
    claim: Option<Claim>,
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
    /// The command line's doing.
    pub const OPERATOR: Self = Self {
        actor: Actor::Operator,
        origin: Origin { address: None, request_id: None, client_request_id: None },
        claim: None,
    };

    /// A caller's doing: `action` on `target`, none of which is there yet if it makes a user.
    #[must_use]
    pub fn caller(
        caller: &Caller,
        origin: &Origin,
        action: Action,
        target: Option<UserId>,
    ) -> Self {
        let actor = match caller {
            Caller::Anonymous => Actor::Anonymous,
            Caller::User(user, authentication) => Actor::user(user, authentication.proof()),
            Caller::Operator => Actor::Operator,
        };
        Self { actor, origin: origin.clone(), claim: Claim::of(caller, action, target) }
    }

    /// The same where the caller must be an admin still, whatever the access table says of the
    /// action.
    #[must_use]
    pub fn as_admin(mut self) -> Self {
        self.claim.iter_mut().for_each(Claim::require_admin);
        self
    }

    /// Who does it.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Where that comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What must be checked again before anything is written; none if nothing was proved.
    #[must_use]
    pub fn claim(&self) -> Option<&Claim> {
        self.claim.as_ref()
    }
}
