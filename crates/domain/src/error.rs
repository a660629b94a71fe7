//! What can go wrong with a user, said without a transport.

use thiserror::Error;

use crate::{
    InvalidUsername, ListError, MixedScripts, Overloaded, Refusal, Revoked, SignatureFlaw,
    StoreError, TooManyAttempts, WriteError,
};

/// Why a use case was refused. Adapters give each variant a status; the texts of
/// [`UserError::Store`], [`UserError::Hashing`] and [`UserError::Randomness`] are for the log and
/// never for an answer.
#[derive(Debug, Error)]
pub enum UserError {
    /// Nobody has proved who asks, or the proof was wrong.
    #[error("credentials are missing or wrong")]
    Unauthenticated,
    /// One of the other errors, with what the log says of it and the answer does not.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The caller is known and may not do this.
    #[error("not allowed")]
    Forbidden,
    /// An admin asked for a user that does not exist.
    #[error("no such user")]
    NotFound,
    /// An admin asked for a session that does not exist.
    #[error("no such session")]
    NoSuchSession,
    /// A signed request came late, or twice.
    #[error(transparent)]
    Signature(#[from] SignatureFlaw),
    /// Another user has this name or address.
    #[error("the {} is taken", .0.as_str())]
    Duplicate(UniqueField),
    /// Another user has a name that looks like this one.
    #[error("another user has a name that looks like this one")]
    NameConfusable,
    /// The name is of scripts that are not written together.
    #[error("the name {0}")]
    MixedScripts(#[from] MixedScripts),
    /// The name is none that a user may get.
    #[error("the name {0}")]
    InvalidName(#[from] InvalidUsername),
    /// Nobody could manage the users any more.
    #[error("the last enabled admin can't be removed, disabled or demoted")]
    LastAdmin,
    /// The user is not at the version that the caller expects.
    #[error("the user is at another version")]
    VersionMismatch,
    /// Changing one's own password needs the current one.
    #[error("the current password is required")]
    CurrentPasswordRequired,
    /// The current password that came with the change is wrong.
    #[error("the current password does not match")]
    CurrentPasswordMismatch,
    /// The new password is the user's own name.
    #[error("the password is the user's name")]
    PasswordIsName,
    /// Too many passwords were guessed, or users registered.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// There is more to hash than can be hashed soon.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The hash function failed, which only a fault of the machine makes it do.
    #[error("hashing a password: {0}")]
    Hashing(bcrypt::BcryptError),
    /// The system has no randomness to give.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
}

/// What no two users share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueField {
    /// The name, case and Unicode form aside.
    Name,
    /// The email address, case aside.
    Email,
}

impl UniqueField {
    /// The field's name on the wire.
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
