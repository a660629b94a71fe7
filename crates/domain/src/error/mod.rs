//! The errors of use cases, independent of any transport.

pub(crate) mod name;
pub(crate) mod refusal_reason;
pub(crate) mod signature;
pub(crate) mod store;
pub(crate) mod too_many;

use thiserror::Error;

use crate::{key::KeyRefusal, user_id::UserId};
use name::{InvalidUsername, MixedScripts};
use refusal_reason::RefusalReason;
use signature::SignatureFlaw;
use store::{ListError, Revoked, StoreError, UniqueField, WriteError};
use too_many::{Overloaded, TooManyAttempts};

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
    /// The user has no API key with this id.
    #[error("no such API key")]
    NoSuchKey,
    /// The API key that authenticates the request does not permit it.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The expiry of a new API key is not in the future.
    #[error("the expiry time must be in the future")]
    KeyExpired,
    /// The user has as many API keys as a user can have.
    #[error("the user has {} API keys; end one first", crate::key::MAX_COUNT)]
    TooManyKeys,
    /// A disabled user gets no API key and no reset code: they would be valid once the user is
    /// enabled.
    #[error("the user is disabled")]
    UserDisabled,
    /// No enabled user has this reset code, or it was used, ended or has expired.
    #[error("no such reset code")]
    NoSuchResetCode,
    /// An admin requested a reset code of its own over a session, which proves no password.
    #[error("a session creates no reset code of its own user")]
    OwnResetCode,
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

/// Refused credentials.
#[derive(Debug, Error)]
#[error("{error}")]
pub struct Refusal {
    /// What was wrong with them.
    pub reason: RefusalReason,
    /// The account that was asked for, if there is one.
    pub account: Option<UserId>,
    /// What the caller is told.
    pub error: UserError,
}

impl UserError {
    /// This error, with the reason that the log gives for it.
    pub(crate) fn because(self, reason: RefusalReason, account: Option<UserId>) -> Self {
        Self::Refused(Box::new(Refusal { reason, account, error: self }))
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
            WriteError::Disabled => Self::UserDisabled,
            WriteError::Duplicate(field) => Self::Duplicate(field),
            WriteError::Confusable => Self::NameConfusable,
            WriteError::InvalidName(flaw) => Self::InvalidName(flaw),
            WriteError::VersionMismatch => Self::VersionMismatch,
            WriteError::TooManyKeys => Self::TooManyKeys,
            WriteError::PasswordChanged => Self::CurrentPasswordMismatch,
            WriteError::LastAdmin => Self::LastAdmin,
            WriteError::Revoked(revoked) => revoked.into(),
            WriteError::Store(error) => Self::Store(error),
        }
    }
}
