//! Why a store could not be read or written.

use std::error::Error as StdError;

use thiserror::Error;

use super::name::InvalidUsername;

/// A failure of the store, not of its input. The texts are for the log.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The store cannot be reached or is too busy; the same call may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Any other failure.
    #[error("the store failed: {0}")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

/// Why a list ended early.
#[derive(Debug, Error)]
pub enum ListError {
    /// The reader has lost the permission to list.
    #[error(transparent)]
    Revoked(#[from] Revoked),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a write failed.
#[derive(Debug, Error)]
pub enum WriteError {
    /// There is no such user.
    #[error("no such user")]
    Missing,
    /// The user is disabled, and gets no API key and no reset code.
    #[error("the user is disabled")]
    Disabled,
    /// Another user has this name or address.
    #[error("the {} is taken", .0.as_str())]
    Duplicate(UniqueField),
    /// Another user has a name that looks like this one.
    #[error("another user has a name that looks like this one")]
    Confusable,
    /// The name is not valid for a user.
    #[error("the name {0}")]
    InvalidName(#[from] InvalidUsername),
    /// The user's version does not meet the condition.
    #[error("the user is at another version")]
    VersionMismatch,
    /// The user has as many API keys as a user can have.
    #[error("the user has too many API keys")]
    TooManyKeys,
    /// The password that authenticated the change was changed meanwhile.
    #[error("the password was changed meanwhile")]
    PasswordChanged,
    /// No enabled admin would be left.
    #[error("the last enabled admin must stay")]
    LastAdmin,
    /// The caller has lost the permission to write.
    #[error(transparent)]
    Revoked(#[from] Revoked),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a caller has lost since its request was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Revoked {
    /// The user is gone or disabled, has another password, or the session or the API key has
    /// ended.
    #[error("the credentials are no longer valid")]
    Credentials,
    /// The user is no longer an admin, or may no longer do this for another reason.
    #[error("the caller is no longer allowed to do this")]
    Rights,
}

/// The fields that must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueField {
    /// The name, regardless of case and Unicode form.
    Name,
    /// The email address, regardless of case.
    Email,
}

impl UniqueField {
    /// The field's name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
        }
    }
}
