//! Why credentials were refused: for the log alone. An answer never tells.

use super::signature::SignatureFlaw;

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
    /// There is no such API key, it has expired, or it is not of the named user.
    NoKey,
    /// No enabled user has this reset code, or it is over.
    NoResetCode,
    /// The signature is not the session's.
    BadSignature,
    /// The signature is the session's, but its timestamp is too old, too far ahead or no time.
    BadTimestamp,
    /// The signature was used before.
    Replayed,
    /// The headers hold no credentials that could be looked at.
    Malformed,
}

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
            Self::NoKey => "no-key",
            Self::NoResetCode => "no-reset-code",
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
