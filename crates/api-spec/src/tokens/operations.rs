//! Operations on session tokens.

use super::{SessionTokenEnvelope, SessionTokenRequest};
use crate::directory::Problem;

/// Log in
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "createSessionToken",
    description = include_str!("signing.md"),
    tag = "tokens",
    security(()),
    request_body(content = SessionTokenRequest, description = "Who logs in"),
    responses(
        (
            status = 201,
            description = "The session; `token` is shown only here",
            body = SessionTokenEnvelope,
            headers(
                ("Cache-Control" = String, description = "`no-store`"),
                ("Location" = String, description = "The session's path, relative to `/tokens`"),
            ),
        ),
        (
            status = 400,
            description = "The body can't be read, or a field of it is missing",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:invalid-fields",
                "title": "Bad Request",
                "status": 400,
                "detail": "The request body is not valid",
                "errors": [{"field": "credentials.name", "message": "is required"}]
            }),
        ),
    ),
)]
pub fn create_session_token() {}

/// Log out
///
/// Ends the session with this key. A non-admin user can only end his or her own sessions; admins can
/// end any.
#[utoipa::path(
    delete,
    path = "/tokens/{sessionKey}",
    operation_id = "deleteSessionToken",
    tag = "tokens",
    security(("basic" = [])),
    params(("sessionKey" = String, Path, description = "The session's key", min_length = 1, example = "ZHr8mzNFyrEYbCzxZL1Ni6bTzqbSkHSO")),
    responses(
        (status = 204, description = "The session is over"),
        (
            status = 404,
            description = "There is no such session; only admins are told",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:not-found",
                "title": "Not Found",
                "status": 404,
                "detail": "There is no such session"
            }),
        ),
    ),
)]
pub fn delete_session_token() {}
