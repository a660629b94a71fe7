//! Outcomes of authentication. They never show which part of the credentials was wrong.

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use rollcall_domain::{SignatureFlaw, StoreError, UserError};

use crate::{error::ApiError, request::credentials::is_bearer};

/// The kind of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Name and password of a request.
    Basic,
    /// The signature of a session.
    Signed,
    /// An API key.
    Key,
    /// Name and password of a log-in.
    Login,
}

/// The outcome of an authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Right, found in the cache without hashing.
    Known,
    /// Right, by the hash or the signature.
    Accepted,
    /// Wrong.
    Refused,
    /// The credentials could not be parsed.
    Malformed,
    /// The timestamp is too old or too far ahead.
    Expired,
    /// The signature was used before.
    Replayed,
    /// Not checked, after too many attempts.
    Throttled,
    /// Not checked, because the queue for hashing was full.
    Overloaded,
    /// Not checked, because the store did not answer, or signatures of that time are forgotten.
    Unavailable,
    /// Not checked, because of an internal error.
    Failed,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Basic, Self::Signed, Self::Key, Self::Login];

    /// The kind of credentials in these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let key = HeaderName::from_static("sessionkey");
        let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match (headers.contains_key(key), authorization) {
            (true, _) => Self::Signed,
            (false, Some(value)) if is_bearer(value) => Self::Key,
            (false, _) => Self::Basic,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Signed => "signed",
            Self::Key => "key",
            Self::Login => "login",
        }
    }

    /// The possible outcomes for this kind.
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
            Self::Key => &[Accepted, Refused, Malformed, Throttled, Unavailable, Failed],
            Self::Login => &[Known, Accepted, Refused, Throttled, Overloaded, Unavailable, Failed],
        }
    }
}

impl Outcome {
    pub(crate) const COUNT: usize = Self::Failed as usize + 1;

    /// The outcome of checked credentials: `accepted` unless there is an error.
    pub(crate) fn of<T>(outcome: &Result<T, ApiError>, accepted: Self) -> Self {
        match outcome {
            Ok(_) => accepted,
            Err(ApiError::User(error)) => Self::of_refusal(error),
            Err(ApiError::Stopping) => Self::Unavailable,
            // The body of a signed request could not be read.
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
