//! Errors in the form of each set: JSON strings in the portal set, RFC 9457 problems elsewhere.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderName},
    },
};
use rollcall_api_spec::{EndpointSet, portal::ErrorMessage};
use rollcall_domain::{SignatureFlaw, TooManyAttempts, UserError};

use crate::{
    error::ApiError,
    request::{conditions::explain_mismatch, logged::log_failure},
    response::problem::problem,
};

/// The accepted patch types (RFC 5789).
pub(crate) const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// The content types of changes.
pub(crate) const PATCH_TYPES: &str = "application/json, application/merge-patch+json";

/// When a client may ask again that found the service unavailable, in seconds.
const RETRY_AFTER: u64 = 1;

/// The answer to `request` that says `error` in the envelope of `set`. What an answer must not say
/// goes to the log.
#[must_use]
pub fn error_response(request: &HttpRequest, set: EndpointSet, error: &ApiError) -> HttpResponse {
    if let ApiError::User(UserError::Store(_) | UserError::Hashing(_) | UserError::Randomness(_)) =
        error
    {
        log_failure(request, error);
    }
    let mut problem = problem(error, set);
    if let ApiError::User(UserError::VersionMismatch) = error
        && let Some(detail) = explain_mismatch(set, request)
    {
        detail.clone_into(&mut problem.detail);
    }
    let status = StatusCode::from_u16(problem.status).unwrap_or_default();
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    match status {
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
        EndpointSet::Portal => response.json(ErrorMessage(problem.detail)),
        EndpointSet::Directory => response.content_type("application/problem+json").json(problem),
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
