//! The errors of requests.

use std::{borrow::Cow, time::Duration};

use rollcall_api_spec::{PasswordText, Rule, Violation};
use rollcall_domain::{Password, PasswordFlaw, UserError};

/// Why a request was refused, before either set's envelope is put around it.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The domain refused it.
    User(UserError),
    /// The path or the body cannot be parsed; the text names the accepted form.
    Malformed(String),
    /// Fields of the body are invalid.
    Invalid {
        /// The envelope of these fields.
        within: &'static str,
        /// The invalid fields.
        fields: Vec<InvalidField>,
    },
    /// The credentials cannot be parsed; the text names the accepted form.
    Credentials(&'static str),
    /// No resource has this path.
    UnknownPath,
    /// The resource does not have this method.
    MethodNotAllowed {
        /// The methods of the resource, as `Allow` lists them.
        allow: String,
    },
    /// The body is larger than [`MAX_BODY_BYTES`](crate::body::MAX_BODY_BYTES).
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
pub(crate) struct InvalidField {
    /// The field's name in Rust's spelling, such as `plaintext_password`.
    pub(crate) field: Cow<'static, str>,
    /// The rule.
    pub(crate) flaw: Flaw,
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The field is missing, null or empty.
    Required,
    /// The password is not acceptable.
    Password(PasswordFlaw),
    /// Another rule, in words.
    Other(String),
}

impl InvalidField {
    /// An invalid field; `reason` states the rule.
    pub(crate) fn new(field: &'static str, reason: &impl ToString) -> Self {
        Self { field: field.into(), flaw: Flaw::Other(reason.to_string()) }
    }
}

/// Parses the new password in `field`; adds its flaw to `invalid` unless that field is there
/// already.
pub(crate) fn parse_password(
    field: &'static str,
    text: Option<PasswordText>,
    invalid: &mut Vec<InvalidField>,
) -> Option<Password> {
    let parsed = Password::parse(&text?.into_inner());
    if let Err(flaw) = parsed
        && !invalid.iter().any(|it| it.field == field)
    {
        invalid.push(InvalidField { field: field.into(), flaw: Flaw::Password(flaw) });
    }
    parsed.ok()
}

impl From<Violation> for InvalidField {
    fn from(Violation { field, rule }: Violation) -> Self {
        let flaw = match rule {
            Rule::Required => Flaw::Required,
            Rule::TooShort => Flaw::Password(PasswordFlaw::TooShort),
            Rule::TooLong => Flaw::Password(PasswordFlaw::TooLong),
        };
        Self { field, flaw }
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
