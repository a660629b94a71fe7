//! Why credentials were refused: for the log alone. An answer never tells.

use thiserror::Error;

use crate::{Account, SignatureFlaw, Status, UserError, UserId};

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

/// What was wrong with credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// The account has another password.
    WrongPassword,
    /// There is no account of this name.
    UnknownName,
    /// The account is disabled, whatever the password or the signature was.
    Disabled,
    /// There were too many attempts, so this one was not looked at.
    Throttled,
    /// There is no session of this key, or it is over.
    NoSession,
    /// The signature is not the session's.
    BadSignature,
    /// The signature is the session's, but its timestamp is too old, too far ahead or no time.
    BadTimestamp,
    /// The signature was used before.
    Replayed,
    /// The headers hold no credentials that could be looked at.
    Malformed,
}

/// The account that credentials name, as far as a refusal needs it.
#[derive(Clone, Copy)]
pub(crate) struct NamedAccount(Option<(UserId, Status)>);

impl RefusalReason {
    /// The word of it in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::UnknownName => "unknown-name",
            Self::Disabled => "disabled",
            Self::Throttled => "throttled",
            Self::NoSession => "no-session",
            Self::BadSignature => "bad-signature",
            Self::BadTimestamp => "bad-timestamp",
            Self::Replayed => "replayed",
            Self::Malformed => "malformed",
        }
    }

    /// What was wrong with a signature, unless it may be right and only its time is unlucky.
    pub(crate) fn of_flaw(flaw: &SignatureFlaw) -> Option<Self> {
        match flaw {
            SignatureFlaw::Timestamp { .. } => Some(Self::BadTimestamp),
            SignatureFlaw::Used => Some(Self::Replayed),
            SignatureFlaw::Forgotten { .. } => None,
        }
    }
}

impl UserError {
    /// This error, with the reason that the log gives for it.
    pub(crate) fn because(self, reason: RefusalReason, account: Option<UserId>) -> Self {
        Self::Refused(Box::new(Refusal { reason, account, error: self }))
    }
}

impl NamedAccount {
    pub(crate) fn of(account: Option<&Account>) -> Self {
        Self(account.map(|account| (account.user.id, account.user.status)))
    }

    /// The refusal of a password that is not the account's.
    pub(crate) fn refusal(self, error: UserError) -> UserError {
        let reason = match self.0 {
            None => RefusalReason::UnknownName,
            Some((_, Status::Disabled)) => RefusalReason::Disabled,
            Some((_, Status::Enabled)) => RefusalReason::WrongPassword,
        };
        error.because(reason, self.id())
    }

    /// An error of the check, with the account if the check was throttled.
    pub(crate) fn throttled(self, error: UserError) -> UserError {
        match error {
            UserError::TooManyAttempts(_) => error.because(RefusalReason::Throttled, self.id()),
            error => error,
        }
    }

    fn id(self) -> Option<UserId> {
        self.0.map(|(id, _)| id)
    }
}
