//! The scopes of keys: the actions that each of them permits, and nothing else.

use std::fmt;

use thiserror::Error;

use super::KeyMember;
use crate::{access::Action, words::words};

/// What a key may be used for. A key never does more than its user may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Ask who sends a request, as proxies do.
    Verify,
    /// Read users.
    UsersRead,
    /// Change name, email address and status of users without the role `admin`.
    UsersWrite,
    /// Read the audit log.
    AuditRead,
}

words!(Scope {
    Verify = "verify",
    UsersRead = "users:read",
    UsersWrite = "users:write",
    AuditRead = "audit:read",
});

/// The scopes of one key, in a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

/// Why a key does not permit what it was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyRefusal {
    /// One of these scopes is required.
    #[error("The API key requires the scope {}", OneOf(.0))]
    MissingScope(&'static [Scope]),
    /// No key permits it.
    #[error("API keys cannot do this; accepted are a name and password, or a session")]
    Never,
    /// No key changes this member of a user.
    #[error("{}", KeyMember::refusal(.0))]
    Member(KeyMember),
    /// No key changes users with the role `admin`.
    #[error("API keys cannot change users with the role admin")]
    Admin,
}

struct OneOf<'a>(&'a [Scope]);

/// The scopes of which a key needs one for `action`; none if no key permits it.
const fn scopes_for(action: Action) -> &'static [Scope] {
    match action {
        Action::Verify => &[Scope::Verify],
        // It tells no more than a verification does.
        Action::Identify => &[Scope::UsersRead, Scope::Verify],
        Action::List | Action::Read => &[Scope::UsersRead],
        Action::Update => &[Scope::UsersWrite],
        Action::Audit => &[Scope::AuditRead],
        Action::Create
        | Action::Register(_)
        | Action::Delete
        | Action::BeginSession
        | Action::ListSessions
        | Action::EndSession
        | Action::CreateKey
        | Action::ListKeys
        | Action::EndKey
        | Action::CreateResetCode => &[],
    }
}

impl Scopes {
    /// These scopes, one that is named twice taken once.
    #[must_use]
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | Self::bit(scope)))
    }

    /// Whether there are none, which no key has.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this scope is among them.
    #[must_use]
    pub fn include(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// The scopes, in the order of the document.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.include(*scope))
    }

    /// The scopes in a text that their `Display` made; none if it is another one.
    #[must_use]
    pub fn from_store(text: &str) -> Option<Self> {
        text.split(',').map(Scope::parse).collect::<Option<Vec<_>>>().map(Self::new)
    }

    /// Refuses `action` unless a key with these scopes permits it.
    pub(crate) fn permit(self, action: Action) -> Result<(), KeyRefusal> {
        match scopes_for(action) {
            [] => Err(KeyRefusal::Never),
            scopes if scopes.iter().any(|scope| self.include(*scope)) => Ok(()),
            scopes => Err(KeyRefusal::MissingScope(scopes)),
        }
    }

    fn bit(scope: Scope) -> u8 {
        1 << scope as u8
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Scope::as_str).collect();
        formatter.write_str(&words.join(","))
    }
}

impl fmt::Display for OneOf<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|scope| scope.as_str()).collect();
        formatter.write_str(&words.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, KeyRefusal, Scope, Scopes};
    use crate::access::Registration;

    /// Rows: actions. Columns: the scopes, in their order. No cell may be true but for these.
    #[test]
    fn every_cell_of_the_table_is_checked() {
        for (action, expected) in [
            (Action::Verify, [true, false, false, false]),
            (Action::Identify, [true, true, false, false]),
            (Action::List, [false, true, false, false]),
            (Action::Read, [false, true, false, false]),
            (Action::Update, [false, false, true, false]),
            (Action::Audit, [false, false, false, true]),
            (Action::Create, [false; 4]),
            (Action::Register(Registration::Open), [false; 4]),
            (Action::Register(Registration::AdminOnly), [false; 4]),
            (Action::Delete, [false; 4]),
            (Action::BeginSession, [false; 4]),
            (Action::ListSessions, [false; 4]),
            (Action::EndSession, [false; 4]),
            (Action::CreateKey, [false; 4]),
            (Action::CreateResetCode, [false; 4]),
            (Action::ListKeys, [false; 4]),
            (Action::EndKey, [false; 4]),
        ] {
            let permits = |scope: &Scope| Scopes::new([*scope]).permit(action).is_ok();
            assert_eq!(Scope::ALL.iter().map(permits).collect::<Vec<_>>(), expected, "{action:?}");
            let all = Scopes::new(Scope::ALL.iter().copied());
            let refusal = (!expected.contains(&true)).then_some(KeyRefusal::Never);
            assert_eq!(all.permit(action).err(), refusal, "{action:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_missing_scopes() {
        let said = |action| Scopes::default().permit(action).unwrap_err().to_string();
        assert_eq!(said(Action::Read), "The API key requires the scope users:read");
        assert_eq!(said(Action::Identify), "The API key requires the scope users:read or verify");
    }

    #[test]
    fn scopes_survive_the_store() {
        for scopes in [&[Scope::AuditRead, Scope::Verify][..], Scope::ALL] {
            let scopes = Scopes::new(scopes.iter().copied());
            assert_eq!(Scopes::from_store(&scopes.to_string()), Some(scopes));
        }
        for damaged in ["", "users", "verify,", "Verify"] {
            assert_eq!(Scopes::from_store(damaged), None, "{damaged}");
        }
    }
}
