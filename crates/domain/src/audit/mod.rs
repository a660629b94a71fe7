//! The audit log: who changed what. Each entry is written in the transaction of its change, and
//! linked into the chain once it is committed.
//!
//! Every linked entry has a hash of itself and of the entry before it, so altering or deleting one
//! is detected (see [`Chain`]). There are no entries for renewed hashes of the same password, the
//! activity of sessions and the deletion of expired ones.

pub(crate) mod archive;
pub(crate) mod chain;
pub(crate) mod entry_hash;
pub(crate) mod event;
pub(crate) mod format;
pub(crate) mod query;
pub(crate) mod unlinked;

pub use archive::{AnnouncedArchive, VerifiedLog};
pub use chain::{Chain, ChainFlaw, ChainMark};
pub use entry_hash::{EntryHash, InvalidMark};
pub use event::{AuditAction, AuditSubject, Change, ChangedField, Ended, Event};
pub use format::EntryFormat;
pub use query::{AuditPage, AuditQuery};
pub use unlinked::UnlinkedEntry;

use std::{borrow::Cow, net::IpAddr};

use jiff::Timestamp;

use crate::{
    access::{Action, Caller, Proof, claim::Claim},
    client_key::ClientKey,
    key::KeyId,
    user::{User, look_alike::NameRule},
    user_id::UserId,
    words::words,
};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts from 1 without gaps.
    pub number: i64,
    /// The format, which determines the fields and how they are hashed.
    pub format: EntryFormat,
    /// When the entry was written, in whole microseconds. Entries of changes at the same time may
    /// be in another order than their times.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
    /// Where the request came from.
    pub origin: RequestOrigin,
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

/// The kind of an actor: a user with a kind of credentials, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A user with the current password.
    Password,
    /// A user with a session.
    Session,
    /// A user with an API key.
    Key,
    /// A person with a reset code of the user.
    ResetCode,
    /// An anonymous caller.
    Anonymous,
    /// The command line or the service itself.
    Operator,
}

words!(ActorKind {
    Password = "PASSWORD",
    Session = "SESSION",
    Key = "KEY",
    ResetCode = "RESET_CODE",
    Anonymous = "ANONYMOUS",
    Operator = "OPERATOR",
});

/// The origin of a request. Empty for the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestOrigin {
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
    origin: RequestOrigin,
    claim: Option<Claim>,
    name_rule: NameRule,
}

impl RequestOrigin {
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

    /// The kind, and the id and name if it is a user.
    #[must_use]
    pub fn parts(&self) -> (ActorKind, Option<UserId>, Option<&str>) {
        match self {
            Self::Anonymous => (ActorKind::Anonymous, None, None),
            Self::Operator => (ActorKind::Operator, None, None),
            Self::User { id, name, proof } => {
                let kind = match proof {
                    Proof::Password => ActorKind::Password,
                    Proof::Session => ActorKind::Session,
                    Proof::Key(_) => ActorKind::Key,
                    Proof::ResetCode => ActorKind::ResetCode,
                };
                (kind, Some(*id), Some(name))
            }
        }
    }

    /// The id of the API key, if the actor used one.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        match self {
            Self::User { proof: Proof::Key(id), .. } => Some(*id),
            _ => None,
        }
    }

    /// The kind as a word, with the id of the API key if there is one: `KEY:6712054093185527`. The
    /// hash of an entry and the stores have it in this form.
    #[must_use]
    pub fn kind_text(&self) -> Cow<'static, str> {
        let (kind, ..) = self.parts();
        match self.key() {
            Some(id) => format!("{}:{id}", kind.as_str()).into(),
            None => kind.as_str().into(),
        }
    }

    /// The actor with these parts, the kind as a text; none if they are invalid.
    #[must_use]
    pub fn from_parts(kind: &str, id: Option<i64>, name: Option<String>) -> Option<Self> {
        let (kind, key) =
            kind.split_once(':').map_or((kind, None), |(kind, key)| (kind, Some(key)));
        let proof = match (ActorKind::parse(kind)?, id, &name) {
            (ActorKind::Anonymous, None, None) => return Some(Self::Anonymous),
            (ActorKind::Operator, None, None) => return Some(Self::Operator),
            (ActorKind::Password, ..) => Proof::Password,
            (ActorKind::Session, ..) => Proof::Session,
            (ActorKind::Key, ..) => Proof::Key(KeyId(key?.parse().ok()?)),
            (ActorKind::ResetCode, ..) => Proof::ResetCode,
            _ => return None,
        };
        Some(Self::User { id: UserId(id?), name: name?, proof })
    }
}

impl ActorContext {
    /// The command line.
    pub const OPERATOR: Self = Self {
        actor: Actor::Operator,
        origin: RequestOrigin { address: None, request_id: None, client_request_id: None },
        claim: None,
        name_rule: NameRule::Any,
    };

    /// The caller of `action` on `target`, which is none if it creates the user.
    #[must_use]
    pub fn caller(
        caller: &Caller,
        origin: &RequestOrigin,
        action: Action,
        target: Option<UserId>,
    ) -> Self {
        let actor = match caller {
            Caller::Anonymous => Actor::Anonymous,
            Caller::User(user, authentication) => Actor::user(user, authentication.proof()),
            Caller::Operator => Actor::Operator,
        };
        let (origin, claim) = (origin.clone(), Claim::of(caller, action, target));
        Self { actor, origin, claim, name_rule: NameRule::Any }
    }

    /// A person who redeems a reset code of `user`. The store itself checks the code again.
    #[must_use]
    pub fn reset_code(user: &User, origin: &RequestOrigin) -> Self {
        let (actor, origin) = (Actor::user(user, Proof::ResetCode), origin.clone());
        Self { actor, origin, claim: None, name_rule: NameRule::Any }
    }

    /// Restricts the names that the actor gives to users.
    #[must_use]
    pub fn with_name_rule(self, name_rule: NameRule) -> Self {
        Self { name_rule, ..self }
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
    pub fn origin(&self) -> &RequestOrigin {
        &self.origin
    }

    /// How much a name that the actor gives to a user may look like those of others.
    #[must_use]
    pub fn name_rule(&self) -> NameRule {
        self.name_rule
    }

    /// The claim to check again before writing; none if the caller is not a user.
    #[must_use]
    pub fn claim(&self) -> Option<&Claim> {
        self.claim.as_ref()
    }
}
