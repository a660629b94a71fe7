//! The errors of use cases, independent of any transport.

use thiserror::Error;

use crate::{
    InvalidUsername, ListError, MixedScripts, Overloaded, Refusal, Revoked, SignatureFlaw,
    StoreError, TooManyAttempts, WriteError,
};

/// Why a use case was refused. Adapters map each variant to a status. The texts of
/// [`UserError::Store`], [`UserError::Hashing`] and [`UserError::Randomness`] are only logged,
/// never sent.
#[derive(Debug, Error)]
pub enum UserError {
    /// The caller sent no credentials, or wrong ones.
    #[error("credentials are missing or wrong")]
    Unauthenticated,
    /// Another error, with details for the log that are not sent.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The caller is authenticated, but may not do this.
    #[error("not allowed")]
    Forbidden,
    /// An admin requested a user that does not exist.
    #[error("no such user")]
    NotFound,
    /// An admin requested a session that does not exist.
    #[error("no such session")]
    NoSuchSession,
    /// The signature or timestamp of a signed request is not accepted.
    #[error(transparent)]
    Signature(#[from] SignatureFlaw),
    /// Another user has this name or address.
    #[error("the {} is taken", .0.as_str())]
    Duplicate(UniqueField),
    /// Another user has a name that looks like this one.
    #[error("another user has a name that looks like this one")]
    NameConfusable,
    /// The name mixes scripts that are not used together.
    #[error("the name {0}")]
    MixedScripts(#[from] MixedScripts),
    /// The name is not valid for a user.
    #[error("the name {0}")]
    InvalidName(#[from] InvalidUsername),
    /// No enabled admin would be left.
    #[error("the last enabled admin can't be removed, disabled or demoted")]
    LastAdmin,
    /// The user is not at a version that the caller expects.
    #[error("the user is at another version")]
    VersionMismatch,
    /// Changing one's own password requires the current one.
    #[error("the current password is required")]
    CurrentPasswordRequired,
    /// The current password in the request is wrong.
    #[error("the current password does not match")]
    CurrentPasswordMismatch,
    /// The new password is the user's own name.
    #[error("the password is the user's name")]
    PasswordIsName,
    /// Too many passwords were guessed, or users registered.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The queue for hashing is full.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The hash function failed, which only a hardware fault can cause.
    #[error("hashing a password: {0}")]
    Hashing(bcrypt::BcryptError),
    /// The system cannot provide randomness.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
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

impl From<StoreError> for UserError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Revoked> for UserError {
    fn from(revoked: Revoked) -> Self {
        match revoked {
            Revoked::Credentials => Self::Unauthenticated,
            Revoked::Rights => Self::Forbidden,
        }
    }
}

impl From<ListError> for UserError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Revoked(revoked) => revoked.into(),
            ListError::Store(error) => Self::Store(error),
        }
    }
}

impl From<WriteError> for UserError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Missing => Self::NotFound,
            WriteError::Duplicate(field) => Self::Duplicate(field),
            WriteError::Confusable => Self::NameConfusable,
            WriteError::InvalidName(flaw) => Self::InvalidName(flaw),
            WriteError::VersionMismatch => Self::VersionMismatch,
            WriteError::PasswordChanged => Self::CurrentPasswordMismatch,
            WriteError::LastAdmin => Self::LastAdmin,
            WriteError::Revoked(revoked) => revoked.into(),
            WriteError::Store(error) => Self::Store(error),
        }
    }
}
