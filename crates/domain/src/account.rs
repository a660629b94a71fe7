//! A user, as both endpoint sets show one.

use std::fmt;

use jiff::Timestamp;

use crate::{Email, NameRule, PasswordHash, Roles, Username};

/// What a store knows a user by. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

/// How many changes a user has had: 0 at first, one more with each change that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub i64);

/// A user at a version. No other user is ever at it, though one may get the user's name and be at
/// the same version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which user.
    pub id: UserId,
    /// After how many changes.
    pub version: Version,
}

/// How often a user's password has been set since the user was made. A renewed hash is of the same
/// password and leaves it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PasswordVersion(pub i64);

/// Whether a user may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// May log in.
    Enabled,
    /// May not log in; refused as if unknown.
    Disabled,
}

/// A user without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// What the directory set addresses the user by.
    pub id: UserId,
    /// Grows by one with each change.
    pub version: Version,
    /// When the user was made: UTC, whole seconds.
    pub create_time: Timestamp,
    /// What the portal set addresses the user by.
    pub name: Username,
    /// None for users made through the portal set, which knows no addresses.
    pub email: Option<Email>,
    /// Whether the user may log in.
    pub status: Status,
    /// What the user may do.
    pub roles: Roles,
}

/// A user with the hash that proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What may be shown.
    pub user: User,
    /// What may not.
    pub password_hash: PasswordHash,
    /// Which of the user's passwords the hash is of.
    pub password_version: PasswordVersion,
}

/// What a store needs to make a user.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// When it is made: whole seconds.
    pub create_time: Timestamp,
    /// Its name. Names are unique.
    pub name: Username,
    /// Its address. Addresses are unique.
    pub email: Option<Email>,
    /// Its roles.
    pub roles: Roles,
    /// The hash of its password.
    pub password_hash: PasswordHash,
    /// How much its name may look like those of others.
    pub name_rule: NameRule,
}

impl User {
    /// The user at its version.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision { id: self.id, version: self.version }
    }

    /// Whether the user is one of the admins that the service must never run out of.
    #[must_use]
    pub fn is_enabled_admin(&self) -> bool {
        self.status == Status::Enabled && self.roles.include_admin()
    }
}

impl Account {
    /// Whether what was logged in to the account `before` it became this one is logged in no more:
    /// the password is another one, or the user is disabled.
    #[must_use]
    pub fn ends_sessions_of(&self, before: &Self) -> bool {
        self.password_version != before.password_version || self.user.status == Status::Disabled
    }
}

impl Version {
    /// The version after one more change.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl PasswordVersion {
    /// The version after the password was set once more.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Status {
    /// The status that `word` means, if it is the word of one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Enabled, Self::Disabled].into_iter().find(|status| status.as_str() == word)
    }

    /// The word that both the wire and the stores use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}
