//! A user, as both endpoint sets show one.

pub(crate) mod change;
pub(crate) mod email;
pub(crate) mod fold;
pub(crate) mod look_alike;
pub(crate) mod name;
pub(crate) mod new_user;
pub mod password;
pub(crate) mod preconditions;
pub(crate) mod query;
pub(crate) mod role;

use std::fmt;

use jiff::Timestamp;

use crate::{user_id::UserId, words::words};
use email::Email;
use name::Username;
use password::hash::PasswordHash;
use role::Roles;

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

words!(Status { Enabled = "ENABLED", Disabled = "DISABLED" });

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

/// What the whole list of the portal set shows of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedUser {
    /// The user's name.
    pub name: Username,
    /// Whether the user has the role of an admin.
    pub is_admin: bool,
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

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
