//! The audit log: who changed what. Each entry is written in the transaction of its change.
//!
//! Every entry has a hash of itself and of the entry before it, so altering or deleting one is
//! detected (see [`Chain`]). There are no entries for renewed hashes of the same password, the
//! activity of sessions and the deletion of expired ones.

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

use crate::{Action, Caller, Claim, ClientKey, Proof, User, UserId};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts from 1 without gaps.
    pub number: i64,
    /// The format, which determines the fields and how they are hashed.
    pub format: EntryFormat,
    /// When the entry was written, in whole microseconds.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
    /// Where the request came from.
    pub origin: Origin,
    /// The hash of this entry and all earlier ones.
    pub hash: EntryHash,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An anonymous caller, who registered.
    Anonymous,
    /// A user, with the name at that time.
    User {
        /// The user's id.
        id: UserId,
        /// The user's name.
        name: String,
        /// The kind of credentials.
        proof: Proof,
    },
    /// The command line, or the service itself when it creates the first admin.
    Operator,
}

/// The origin of a request. Empty for the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The server's id of the request. In entries of the first format, the client's id if there was
    /// one.
    pub request_id: Option<String>,
    /// The client's id of the request, which clients choose freely.
    pub client_request_id: Option<String>,
}

/// Who writes to a store, and from where. Includes the caller's claim, which the store checks again
/// in the writing transaction.
#[derive(Clone, Debug)]
pub struct ActorContext {
    actor: Actor,
    origin: Origin,
    claim: Option<Claim>,
}

impl Origin {
    /// The client that passwords are hashed for.
    #[must_use]
    pub fn client_key(&self) -> ClientKey {
        self.address.map(ClientKey::of).unwrap_or_default()
    }
}

impl Actor {
    /// A user with verified credentials of this kind.
    #[must_use]
    pub fn user(user: &User, proof: Proof) -> Self {
        Self::User { id: user.id, name: user.name.to_string(), proof }
    }
}

impl ActorContext {
    /// The command line.
    pub const OPERATOR: Self = Self {
        actor: Actor::Operator,
        origin: Origin { address: None, request_id: None, client_request_id: None },
        claim: None,
    };

    /// The caller of `action` on `target`, which is none if it creates the user.
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

    /// Requires the caller to be an admin still, whatever the access table says about the action.
    #[must_use]
    pub fn as_admin(mut self) -> Self {
        self.claim.iter_mut().for_each(Claim::require_admin);
        self
    }

    /// The actor, as recorded in the log.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The origin of the request.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The claim to check again before writing; none if the caller is not a user.
    #[must_use]
    pub fn claim(&self) -> Option<&Claim> {
        self.claim.as_ref()
    }
}
