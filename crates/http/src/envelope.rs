//! Errors as each set says them: JSON strings in the portal set, RFC 9457 problems elsewhere.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderName},
    },
};
use rollcall_api_spec::{
    EndpointSet,
    directory::{FieldError, Problem},
    portal::ErrorMessage,
};
use rollcall_domain::{PasswordFlaw, SignatureFlaw, TooManyAttempts, UserError};

use crate::{
    description::{Description, describe},
    error::{ApiError, Flaw, InvalidField},
    request_log,
};

/// What a patch may be (RFC 5789).
pub(crate) const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// The content types of changes.
pub(crate) const PATCH_TYPES: &str = "application/json, application/merge-patch+json";

/// When a client may ask again that found the service unavailable, in seconds.
const RETRY_AFTER: u64 = 1;

/// The answer to `request` that says `error` in the envelope of `set`. What an answer must not say
/// goes to the log.
pub(crate) fn error_response(
    request: &HttpRequest,
    set: EndpointSet,
    error: &ApiError,
) -> HttpResponse {
    if let ApiError::User(UserError::Store(_) | UserError::Hashing(_) | UserError::Randomness(_)) =
        error
    {
        request_log::log_failure(request, error);
    }
    let description = describe(error, set);
    let mut response = HttpResponse::build(description.status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    match description.status {
        StatusCode::UNAUTHORIZED => {
            response.insert_header((header::WWW_AUTHENTICATE, challenge(request)));
        }
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            response.insert_header((header::RETRY_AFTER, wait_seconds(error)));
        }
        _ => {}
    }
    match error {
        ApiError::MethodNotAllowed { allow } => {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        ApiError::UnsupportedMediaType if request.method() == Method::PATCH => {
            response.insert_header((ACCEPT_PATCH, PATCH_TYPES));
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

/// How long to wait before asking again, in whole seconds.
fn wait_seconds(error: &ApiError) -> u64 {
    match error {
        ApiError::User(
            UserError::TooManyAttempts(TooManyAttempts(wait))
            | UserError::Signature(SignatureFlaw::Forgotten { wait }),
        ) => wait.as_millis().div_ceil(1000).try_into().unwrap_or(RETRY_AFTER).max(RETRY_AFTER),
        _ => RETRY_AFTER,
    }
}

/// The challenge of a 401. A browser answers the scheme `Basic` with a dialog of its own, even
/// when a script has asked, and the script waits until a person closes it. Scripts that identify
/// themselves get another name for the scheme.
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
        field: format!("{}.{}", description.within, camel_case(field, false)),
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
