//! The errors of requests.

use std::time::Duration;

use rollcall_domain::{PasswordFlaw, UserError};

/// The largest body that is read.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;

/// Why a request was refused, before either set's envelope is put around it.
#[derive(Debug)]
pub enum ApiError {
    /// The domain refused it.
    User(UserError),
    /// The path or the body cannot be parsed; the text names the accepted form.
    Malformed(String),
    /// Fields of the body are invalid.
    Invalid(Vec<InvalidField>),
    /// The credentials cannot be parsed; the text names the accepted form.
    Credentials(&'static str),
    /// No resource has this path.
    UnknownPath,
    /// The resource does not have this method.
    MethodNotAllowed {
        /// The methods of the resource, as `Allow` lists them.
        allow: String,
    },
    /// The body is larger than `MAX_BODY_BYTES`.
    BodyTooLarge,
    /// The body did not arrive within this time.
    BodyTooSlow(Duration),
    /// The body's content type is not JSON.
    UnsupportedMediaType,
    /// The connection is above the limit.
    TooManyConnections,
    /// The server is stopping, and the work was not started.
    Stopping,
}

/// A field of a body, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidField {
    /// The path of the field, as its set spells it: `userInfo.name`, or in the portal set
    /// `UserPasswordRequest.Value.Password`.
    pub path: String,
    /// The rule.
    pub rule: FieldRule,
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldRule {
    /// The field is missing, null or empty.
    Required,
    /// The password is not acceptable.
    Password(PasswordFlaw),
    /// Another rule, in words.
    Other(String),
}

impl FieldRule {
    /// The tag of the rule in the portal set, whose only fields are passwords.
    pub(crate) fn portal_tag(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Password(PasswordFlaw::TooShort) => "min",
            Self::Password(PasswordFlaw::TooLong) => "max",
            Self::Password(
                PasswordFlaw::Common
                | PasswordFlaw::Placeholder
                | PasswordFlaw::ApiKey
                | PasswordFlaw::Name,
            ) => "common",
            Self::Other(_) => "format",
        }
    }

    /// The rule in the words of the directory set.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Required => "is required".to_owned(),
            Self::Password(flaw) => flaw.to_string(),
            Self::Other(text) => text.clone(),
        }
    }
}

impl From<UserError> for ApiError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Refused(refusal) => Self::User(refusal.error),
            error => Self::User(error),
        }
    }
}
