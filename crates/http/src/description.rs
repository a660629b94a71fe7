//! What to say of each error: its status, its kind and its text.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use rollcall_api_spec::{EndpointSet, directory::ProblemType};
use rollcall_domain::{PasswordFlaw, SignatureFlaw, StoreError, UniqueField, UserError};

use crate::{
    body::MAX_BODY_BYTES,
    error::{ApiError, Flaw, InvalidField},
};

/// What the portal set's document says of a name that can't be had.
const NAME_TAKEN: &str = "Username already existed";

/// What each set says of a condition that does not hold, in `If-Match` or `If-None-Match`.
const PORTAL_MISMATCH: &str = "Version does not match";
const DIRECTORY_MISMATCH: &str = "The user's version does not satisfy If-Match or If-None-Match";

/// What to say of an error, whichever envelope it goes in.
pub(crate) struct Description {
    pub(crate) status: StatusCode,
    pub(crate) kind: ProblemType,
    pub(crate) detail: Cow<'static, str>,
    /// The envelope that the fields are in.
    pub(crate) within: &'static str,
    pub(crate) fields: Vec<InvalidField>,
}

/// What to say of `error` in the words of `set`.
pub(crate) fn describe(error: &ApiError, set: EndpointSet) -> Description {
    let (status, kind, detail) = match error {
        ApiError::User(error) => return describe_user_error(error, set),
        ApiError::Invalid { within, fields } => return invalid(within, fields.clone()),
        ApiError::Credentials(detail) => {
            (StatusCode::UNAUTHORIZED, ProblemType::Unauthenticated, *detail)
        }
        ApiError::Malformed(detail) => return malformed(detail.clone()),
        ApiError::UnknownPath => {
            (StatusCode::NOT_FOUND, ProblemType::NotFound, "No resource has this path")
        }
        ApiError::MethodNotAllowed { .. } => (
            StatusCode::METHOD_NOT_ALLOWED,
            ProblemType::MethodNotAllowed,
            "The resource does not support this method; see the Allow header",
        ),
        ApiError::BodyTooLarge => {
            const { assert!(MAX_BODY_BYTES == 65_536) };
            let detail = "The body must be at most 65536 bytes";
            (StatusCode::PAYLOAD_TOO_LARGE, ProblemType::BodyTooLarge, detail)
        }
        ApiError::BodyTooSlow(timeout) => {
            let detail =
                format!("The body must arrive within {} seconds", timeout.as_secs()).into();
            let status = StatusCode::REQUEST_TIMEOUT;
            return Description { detail, ..plain(status, ProblemType::BodyTooSlow, "") };
        }
        ApiError::UnsupportedMediaType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ProblemType::UnsupportedMediaType,
            "The content type must be application/json, or for PATCH application/merge-patch+json, \
             without a content encoding",
        ),
        ApiError::Stopping | ApiError::TooManyConnections => unavailable(),
    };
    plain(status, kind, detail)
}

fn describe_user_error(error: &UserError, set: EndpointSet) -> Description {
    let is_portal = set == EndpointSet::Portal;
    let (within, password_field) =
        if is_portal { ("value", "password") } else { ("userInfo", "plaintext_password") };
    let (status, kind, detail) = match error {
        UserError::Unauthenticated => (
            StatusCode::UNAUTHORIZED,
            ProblemType::Unauthenticated,
            "Credentials are missing or wrong",
        ),
        UserError::Forbidden => {
            (StatusCode::FORBIDDEN, ProblemType::Forbidden, "Permission denied")
        }
        UserError::NotFound => {
            (StatusCode::NOT_FOUND, ProblemType::NotFound, "There is no such user")
        }
        UserError::NoSuchSession => {
            (StatusCode::NOT_FOUND, ProblemType::NotFound, "There is no such session")
        }
        UserError::Refused(refusal) => return describe_user_error(&refusal.error, set),
        UserError::Signature(flaw) => return flawed_signature(flaw),
        UserError::Duplicate(field) => duplicate(*field, is_portal),
        UserError::NameConfusable => confusable(is_portal),
        UserError::MixedScripts(flaw) => return invalid(within, vec![name_flaw(flaw)]),
        UserError::InvalidName(flaw) => return refused_name(flaw, within, is_portal),
        UserError::LastAdmin => (
            StatusCode::CONFLICT,
            ProblemType::LastAdmin,
            "The last enabled admin cannot be deleted, disabled or demoted",
        ),
        UserError::VersionMismatch => (
            StatusCode::PRECONDITION_FAILED,
            ProblemType::VersionMismatch,
            if is_portal { PORTAL_MISMATCH } else { DIRECTORY_MISMATCH },
        ),
        UserError::CurrentPasswordMismatch => (
            StatusCode::FORBIDDEN,
            ProblemType::WrongCurrentPassword,
            "Current password does not match",
        ),
        UserError::CurrentPasswordRequired => {
            let field = format!("current_{password_field}").into();
            return invalid(within, vec![InvalidField { field, flaw: Flaw::Required }]);
        }
        UserError::PasswordIsName => {
            let flaw = Flaw::Password(PasswordFlaw::Common);
            return invalid(within, vec![InvalidField { field: password_field.into(), flaw }]);
        }
        UserError::TooManyAttempts(_) => (
            StatusCode::TOO_MANY_REQUESTS,
            ProblemType::TooManyAttempts,
            "Too many attempts; try again later",
        ),
        UserError::Overloaded(_) | UserError::Store(StoreError::Unavailable(_)) => unavailable(),
        UserError::Store(StoreError::Internal(_))
        | UserError::Hashing(_)
        | UserError::Randomness(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, ProblemType::Internal, "The server failed")
        }
    };
    plain(status, kind, detail)
}

fn duplicate(field: UniqueField, is_portal: bool) -> (StatusCode, ProblemType, &'static str) {
    let (kind, detail) = match field {
        UniqueField::Name if is_portal => (ProblemType::NameTaken, NAME_TAKEN),
        UniqueField::Name => (ProblemType::NameTaken, "Another user has this name"),
        UniqueField::Email => (ProblemType::EmailTaken, "Another user has this email address"),
    };
    (StatusCode::CONFLICT, kind, detail)
}

fn confusable(is_portal: bool) -> (StatusCode, ProblemType, &'static str) {
    let detail = "Another user has a name that looks like this one";
    let detail = if is_portal { NAME_TAKEN } else { detail };
    (StatusCode::CONFLICT, ProblemType::NameConfusable, detail)
}

/// In the portal set the name is in the path, and not in the body.
fn refused_name(flaw: &impl ToString, within: &'static str, is_portal: bool) -> Description {
    if is_portal {
        return malformed(format!("Username {}", flaw.to_string()));
    }
    invalid(within, vec![name_flaw(flaw)])
}

fn name_flaw(flaw: &impl ToString) -> InvalidField {
    InvalidField::new("name", flaw)
}

fn malformed(detail: String) -> Description {
    let detail = Cow::Owned(detail);
    Description { detail, ..plain(StatusCode::BAD_REQUEST, ProblemType::MalformedRequest, "") }
}

fn flawed_signature(flaw: &SignatureFlaw) -> Description {
    let detail = match flaw {
        SignatureFlaw::Forgotten { .. } => {
            let detail = "This signature may have been used before. Sign the request again, with \
                the current time, after the seconds in Retry-After.";
            return plain(StatusCode::SERVICE_UNAVAILABLE, ProblemType::Unavailable, detail);
        }
        SignatureFlaw::Timestamp { max_age, max_ahead } => Cow::Owned(format!(
            "The timestamp must be in ISO 8601, such as 2017-05-04T16:24:00.535Z, at most {} s old \
             and at most {} s ahead. Without a zone it is UTC.",
            max_age.as_secs(),
            max_ahead.as_secs()
        )),
        SignatureFlaw::Used => Cow::Borrowed(
            "The signature was already used, or is older than the oldest signature still \
             remembered. Sign each request again, with the current time.",
        ),
    };
    Description { detail, ..plain(StatusCode::UNAUTHORIZED, ProblemType::Unauthenticated, "") }
}

fn unavailable() -> (StatusCode, ProblemType, &'static str) {
    let detail = "The server is unavailable; try again later";
    (StatusCode::SERVICE_UNAVAILABLE, ProblemType::Unavailable, detail)
}

fn plain(status: StatusCode, kind: ProblemType, detail: &'static str) -> Description {
    Description { status, kind, detail: detail.into(), within: "", fields: Vec::new() }
}

fn invalid(within: &'static str, fields: Vec<InvalidField>) -> Description {
    let detail = "The request body is invalid";
    Description {
        within,
        fields,
        ..plain(StatusCode::BAD_REQUEST, ProblemType::InvalidFields, detail)
    }
}
