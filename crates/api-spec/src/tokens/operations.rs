//! Operations on session tokens.

use super::types::{SessionTokenEnvelope, SessionTokenRequest};
use crate::problem::{Problem, ProblemType};

/// Log in
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "createSessionToken",
    description = include_str!("signing.md"),
    tag = "tokens",
    security(()),
    request_body(content = SessionTokenRequest, description = "The name and password of the user"),
    responses(
        (
            status = 201,
            description = "The new session. Its `token` is not shown again.",
            body = SessionTokenEnvelope,
            headers(
                ("Cache-Control" = String, description = "Always `no-store`"),
                ("Location" = String, description = "The session, relative to the request URL"),
            ),
        ),
        (
            status = 400,
            description = "Malformed body, or a missing field",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(Problem::of_field("credentials.name", "is required")),
        ),
    ),
)]
pub fn create_session_token() {}

/// Log out
///
/// Ends the session with this key. A non-admin user can only end his or her own sessions. Admins
/// can end any session.
#[utoipa::path(
    delete,
    path = "/tokens/{sessionKey}",
    operation_id = "deleteSessionToken",
    tag = "tokens",
    security(("basic" = [])),
    params((
        "sessionKey" = String,
        Path,
        description = "The session's key",
        min_length = 1,
        example = "ZHr8mzNFyrEYbCzxZL1Ni6bTzqbSkHSO",
    )),
    responses(
        (status = 204, description = "The session has ended"),
        (
            status = 404,
            description = "There is no such session. Non-admins get 403 instead.",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::NoSuchSession.problem()),
        ),
    ),
)]
pub fn delete_session_token() {}
