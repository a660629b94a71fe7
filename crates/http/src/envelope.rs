//! Errors as each set says them: JSON strings in the portal set, RFC 9457 problems elsewhere.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use rollcall_api_spec::{
    EndpointSet,
    directory::{FieldError, Problem, ProblemType},
    portal::ErrorMessage,
};
use rollcall_domain::{PasswordFlaw, StoreError, UniqueField, UserError};

use crate::{
    body::MAX_BODY_BYTES,
    error::{ApiError, Flaw, InvalidField},
    request_log,
};

/// When a client may ask again that found the service unavailable, in seconds.
const RETRY_AFTER: u64 = 1;

/// What to say of an error, whichever envelope it goes in.
struct Description {
    status: StatusCode,
    kind: ProblemType,
    detail: Cow<'static, str>,
    fields: Vec<InvalidField>,
}

/// The answer to `request` that says `error` in the envelope of `set`. What an answer must not say
/// goes to the log.
pub(crate) fn error_response(
    request: &HttpRequest,
    set: EndpointSet,
    error: &ApiError,
) -> HttpResponse {
    if let ApiError::User(UserError::Store(_) | UserError::Hashing(_)) = error {
        request_log::log_failure(request, error);
    }
    let description = describe(error, set);
    let mut response = HttpResponse::build(description.status);
    match description.status {
        StatusCode::UNAUTHORIZED => {
            response.insert_header((header::WWW_AUTHENTICATE, challenge(request)));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
        }
        _ => {}
    }
    match set {
        EndpointSet::Portal => response.json(ErrorMessage(portal_text(&description))),
        EndpointSet::Directory => {
            response.content_type("application/problem+json").json(problem(description))
        }
    }
}

fn describe(error: &ApiError, set: EndpointSet) -> Description {
    let (status, kind, detail) = match error {
        ApiError::User(error) => return describe_user_error(error, set),
        ApiError::Invalid(fields) => return invalid(fields.clone()),
        ApiError::Malformed(detail) => {
            let detail = Cow::Owned(detail.clone());
            return Description {
                detail,
                ..plain(StatusCode::BAD_REQUEST, ProblemType::MalformedRequest, "")
            };
        }
        ApiError::UnknownPath => {
            (StatusCode::NOT_FOUND, ProblemType::NotFound, "There is nothing at this path")
        }
        ApiError::MethodNotAllowed => (
            StatusCode::METHOD_NOT_ALLOWED,
            ProblemType::MethodNotAllowed,
            "This path does not take this method; see Allow",
        ),
        ApiError::BodyTooLarge => {
            const { assert!(MAX_BODY_BYTES == 65_536) };
            let detail = "The body must be at most 65536 bytes";
            (StatusCode::PAYLOAD_TOO_LARGE, ProblemType::BodyTooLarge, detail)
        }
        ApiError::UnsupportedMediaType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ProblemType::UnsupportedMediaType,
            "The content type must be application/json",
        ),
        ApiError::Stopping => unavailable(),
    };
    plain(status, kind, detail)
}

fn describe_user_error(error: &UserError, set: EndpointSet) -> Description {
    let is_portal = set == EndpointSet::Portal;
    let password_field = if is_portal { "password" } else { "plaintext_password" };
    let (status, kind, detail) = match error {
        UserError::Unauthenticated => (
            StatusCode::UNAUTHORIZED,
            ProblemType::Unauthenticated,
            "Credentials are missing or wrong",
        ),
        UserError::Forbidden => {
            (StatusCode::FORBIDDEN, ProblemType::Forbidden, "You may not do this")
        }
        UserError::NotFound => {
            (StatusCode::NOT_FOUND, ProblemType::NotFound, "There is no such user")
        }
        UserError::Duplicate(UniqueField::Name) if is_portal => {
            (StatusCode::CONFLICT, ProblemType::NameTaken, "Username already existed")
        }
        UserError::Duplicate(UniqueField::Name) => {
            (StatusCode::CONFLICT, ProblemType::NameTaken, "Another user has this name")
        }
        UserError::Duplicate(UniqueField::Email) => {
            (StatusCode::CONFLICT, ProblemType::EmailTaken, "Another user has this email address")
        }
        UserError::LastAdmin => (
            StatusCode::CONFLICT,
            ProblemType::LastAdmin,
            "The last enabled admin cannot be deleted, disabled or demoted",
        ),
        UserError::VersionMismatch => (
            StatusCode::PRECONDITION_FAILED,
            ProblemType::VersionMismatch,
            "The user is not at the version in If-Match",
        ),
        UserError::CurrentPasswordMismatch => (
            StatusCode::FORBIDDEN,
            ProblemType::WrongCurrentPassword,
            "Current password does not match",
        ),
        UserError::CurrentPasswordRequired => {
            let field = format!("current_{password_field}").into();
            return invalid(vec![InvalidField { field, flaw: Flaw::Required }]);
        }
        UserError::PasswordIsName => {
            let flaw = Flaw::Password(PasswordFlaw::Common);
            return invalid(vec![InvalidField { field: password_field.into(), flaw }]);
        }
        UserError::Store(StoreError::Unavailable(_)) => unavailable(),
        UserError::Store(StoreError::Internal(_)) | UserError::Hashing(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, ProblemType::Internal, "The service failed")
        }
    };
    plain(status, kind, detail)
}

fn unavailable() -> (StatusCode, ProblemType, &'static str) {
    let detail = "The service can't answer now; try again later";
    (StatusCode::SERVICE_UNAVAILABLE, ProblemType::Unavailable, detail)
}

fn plain(status: StatusCode, kind: ProblemType, detail: &'static str) -> Description {
    Description { status, kind, detail: detail.into(), fields: Vec::new() }
}

fn invalid(fields: Vec<InvalidField>) -> Description {
    let detail = "The request body is not valid";
    Description { fields, ..plain(StatusCode::BAD_REQUEST, ProblemType::InvalidFields, detail) }
}

/// The challenge of a 401. A browser answers the scheme `Basic` with a dialog of its own, even
/// when a script has asked, and the script waits for ever: scripts that say what they are get
/// another name for the scheme.
fn challenge(request: &HttpRequest) -> &'static str {
    let requested_with = request.headers().get("X-Requested-With");
    if requested_with.is_some_and(|value| value.as_bytes() == b"XMLHttpRequest") {
        r#"xBasic realm="rollcall", charset="UTF-8""#
    } else {
        r#"Basic realm="rollcall", charset="UTF-8""#
    }
}

fn portal_text(description: &Description) -> String {
    if description.fields.is_empty() {
        return description.detail.to_string();
    }
    let lines: Vec<_> = description.fields.iter().map(portal_line).collect();
    lines.join("\n")
}

/// One failing field in the words of the source document.
fn portal_line(InvalidField { field, flaw }: &InvalidField) -> String {
    let tag = match flaw {
        Flaw::Required => "required",
        Flaw::Password(PasswordFlaw::TooShort) => "min",
        Flaw::Password(PasswordFlaw::TooLong) => "max",
        Flaw::Password(PasswordFlaw::Common) => "common",
        Flaw::Other(text) => return format!("{}: {text}", camel_case(field, true)),
    };
    let field = camel_case(field, true);
    format!(
        "Key: 'UserPasswordRequest.Value.{field}' Error:Field validation for '{field}' failed on \
         the '{tag}' tag"
    )
}

fn problem(description: Description) -> Problem {
    let errors = description.fields.iter().map(|InvalidField { field, flaw }| FieldError {
        field: format!("userInfo.{}", camel_case(field, false)),
        message: match flaw {
            Flaw::Required => "is required".to_owned(),
            Flaw::Password(flaw) => flaw.to_string(),
            Flaw::Other(text) => text.clone(),
        },
    });
    Problem {
        kind: description.kind,
        title: description.status.canonical_reason().unwrap_or_default().to_owned(),
        status: description.status.as_u16(),
        errors: errors.collect(),
        detail: description.detail.into_owned(),
    }
}

/// A field's name in Rust's spelling as the wire (`plaintextPassword`) or Go (`CurrentPassword`)
/// spells it.
fn camel_case(field: &str, first_upper: bool) -> String {
    let mut upper = first_upper;
    let mut name = String::new();
    for character in field.chars() {
        match character {
            '_' => upper = true,
            _ if upper => {
                name.push(character.to_ascii_uppercase());
                upper = false;
            }
            _ => name.push(character),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn the_wires_own_limits_are_the_domains() {
        use rollcall_domain::password::{MAX_LENGTH, MIN_LENGTH};
        assert_eq!(rollcall_api_spec::PASSWORD_MIN_LENGTH, MIN_LENGTH as u64);
        assert_eq!(rollcall_api_spec::PASSWORD_MAX_LENGTH, MAX_LENGTH as u64);
    }

    #[test]
    fn fields_are_spelt_as_each_set_spells_them() {
        assert_eq!(camel_case("current_password", true), "CurrentPassword");
        assert_eq!(camel_case("plaintext_password", false), "plaintextPassword");
    }
}
