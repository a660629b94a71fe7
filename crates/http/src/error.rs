//! Everything that can go wrong with a request.

use std::{borrow::Cow, time::Duration};

use rollcall_api_spec::{PasswordText, Rule, Violation};
use rollcall_domain::{Password, PasswordFlaw, UserError};

/// Why a request was refused, before either set's envelope is put around it.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The domain refused it.
    User(UserError),
    /// The path or the body can't be read; the text says what is accepted.
    Malformed(String),
    /// Fields of the body break rules.
    Invalid {
        /// The envelope that they are in.
        within: &'static str,
        /// The fields.
        fields: Vec<InvalidField>,
    },
    /// The headers that should prove who asks can't be read; the text says what is accepted.
    Credentials(&'static str),
    /// There is nothing at this path.
    UnknownPath,
    /// There is something at this path, but not by this method.
    MethodNotAllowed {
        /// The methods that the path takes, as `Allow` lists them.
        allow: String,
    },
    /// The body is larger than [`MAX_BODY_BYTES`](crate::body::MAX_BODY_BYTES).
    BodyTooLarge,
    /// The body did not come within this time.
    BodyTooSlow(Duration),
    /// The body's content type is not JSON.
    UnsupportedMediaType,
    /// There are more connections than there may be, and the request came over one of those that are too
    /// many.
    TooManyConnections,
    /// The server is stopping, and the work was not begun.
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
    /// It is not there, or null, or empty.
    Required,
    /// It can't be a password.
    Password(PasswordFlaw),
    /// Something else; the text says what is accepted.
    Other(String),
}

impl InvalidField {
    /// A field that can't be what it should be; `reason` says what is accepted.
    pub(crate) fn new(field: &'static str, reason: &impl ToString) -> Self {
        Self { field: field.into(), flaw: Flaw::Other(reason.to_string()) }
    }
}

/// Reads the new password in `field`; adds what is wrong with it to `invalid`, unless something is
/// known to be wrong with that field already.
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
