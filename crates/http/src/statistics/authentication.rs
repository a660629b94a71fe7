//! What became of credentials. Never which part of them was wrong.

use actix_web::http::header::{HeaderMap, HeaderName};
use rollcall_domain::{SignatureFlaw, StoreError, UserError};

use crate::error::ApiError;

/// What somebody proves with who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name and a password with a request.
    Basic,
    /// A session's signature.
    Signed,
    /// A name and a password for a session.
    Login,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Right, and known to be without hashing.
    Known,
    /// Right, as a hash or a signature has shown.
    Accepted,
    /// Wrong.
    Refused,
    /// Nothing that could be looked at.
    Malformed,
    /// Signed at no time of now.
    Expired,
    /// Signed by what has been used before.
    Replayed,
    /// Not looked at after too many attempts.
    Throttled,
    /// Not looked at because there was too much to hash.
    Overloaded,
    /// Not looked at because the store did not answer, or signatures of that time are forgotten.
    Unavailable,
    /// Not looked at because the service failed.
    Failed,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Basic, Self::Signed, Self::Login];

    /// What the credentials in these headers are, as far as that can be said.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let key = HeaderName::from_static("sessionkey");
        if headers.contains_key(key) { Self::Signed } else { Self::Basic }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Signed => "signed",
            Self::Login => "login",
        }
    }

    /// What can become of it.
    pub(crate) fn outcomes(self) -> &'static [Outcome] {
        use Outcome::{
            Accepted, Expired, Failed, Known, Malformed, Overloaded, Refused, Replayed, Throttled,
            Unavailable,
        };
        match self {
            Self::Basic => {
                &[Known, Accepted, Refused, Malformed, Throttled, Overloaded, Unavailable, Failed]
            }
            Self::Signed => &[Accepted, Refused, Malformed, Expired, Replayed, Unavailable, Failed],
            Self::Login => &[Known, Accepted, Refused, Throttled, Overloaded, Unavailable, Failed],
        }
    }
}

impl Outcome {
    pub(crate) const COUNT: usize = Self::Failed as usize + 1;

    /// What became of credentials that were looked at: `accepted` unless there is an error.
    pub(crate) fn of<T>(outcome: &Result<T, ApiError>, accepted: Self) -> Self {
        match outcome {
            Ok(_) => accepted,
            Err(ApiError::User(error)) => Self::of_refusal(error),
            Err(ApiError::Stopping) => Self::Unavailable,
            // A body that is signed and can't be read.
            Err(_) => Self::Malformed,
        }
    }

    fn of_refusal(error: &UserError) -> Self {
        match error {
            UserError::Unauthenticated => Self::Refused,
            UserError::Signature(SignatureFlaw::Timestamp { .. }) => Self::Expired,
            UserError::Signature(SignatureFlaw::Used) => Self::Replayed,
            UserError::TooManyAttempts(_) => Self::Throttled,
            UserError::Overloaded(_) => Self::Overloaded,
            UserError::Signature(SignatureFlaw::Forgotten { .. })
            | UserError::Store(StoreError::Unavailable(_)) => Self::Unavailable,
            _ => Self::Failed,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Malformed => "malformed",
            Self::Expired => "expired",
            Self::Replayed => "replayed",
            Self::Throttled => "throttled",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
        }
    }
}
