//! Operations on the sessions of a user.

use super::types::SessionListEnvelope;
use crate::problem::{INVALID_USER_ID, Problem, ProblemType};

/// Get a user's sessions
///
/// Returns every active session of the user, most recently used first. A non-admin user can only
/// retrieve his or her own sessions. Admins can retrieve any user's sessions.
#[utoipa::path(
    get,
    path = "/users/{userId}/sessions",
    operation_id = "listSessions",
    tag = "tokens",
    security(("basic" = [])),
    params(
        (
            "userId" = i64,
            Path,
            description = "The user's id (not name).",
            minimum = 1,
            example = 21,
        ),
    ),
    responses(
        (
            status = 200,
            description = "The user's active sessions",
            body = SessionListEnvelope,
            example = json!({"sessionList": {"sessions": [
                {
                    "id": 6_712_054_093_185_527_i64,
                    "beginTime": "2026-11-27T08:12:40Z",
                    "lastUseTime": "2026-11-28T02:00:10Z",
                    "address": "192.0.2.7",
                    "current": true
                },
                {
                    "id": 1_839_203_758_006_121_i64,
                    "beginTime": "2026-11-02T19:30:00Z",
                    "lastUseTime": "2026-11-27T17:05:31Z",
                    "address": null,
                    "current": false
                }
            ]}}),
        ),
        (
            status = 400,
            description = "Invalid user id",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::MalformedRequest.with_detail(INVALID_USER_ID)),
        ),
    ),
)]
pub fn list_sessions() {}

/// End a user's sessions
///
/// Ends every session of the user, including the session that signs this request. A non-admin user
/// can only end his or her own sessions. Admins can end any user's sessions.
#[utoipa::path(
    delete,
    path = "/users/{userId}/sessions",
    operation_id = "deleteSessions",
    tag = "tokens",
    security(("basic" = [])),
    params(
        (
            "userId" = i64,
            Path,
            description = "The user's id (not name).",
            minimum = 1,
            example = 21,
        ),
    ),
    responses(
        (status = 204, description = "All sessions of the user have ended"),
        (
            status = 400,
            description = "Invalid user id",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::MalformedRequest.with_detail(INVALID_USER_ID)),
        ),
    ),
)]
pub fn delete_sessions() {}

/// End one session of a user
///
/// Ends the session with this id, which `listSessions` returns. A non-admin user can only end his
/// or her own sessions. Admins can end any user's sessions.
#[utoipa::path(
    delete,
    path = "/users/{userId}/sessions/{sessionId}",
    operation_id = "deleteSession",
    tag = "tokens",
    security(("basic" = [])),
    params(
        (
            "userId" = i64,
            Path,
            description = "The user's id (not name).",
            minimum = 1,
            example = 21,
        ),
        (
            "sessionId" = i64,
            Path,
            description = "The session's id (not key).",
            format = "session-id",
            example = 6_712_054_093_185_527_i64,
        ),
    ),
    responses(
        (status = 204, description = "The session has ended"),
        (
            status = 400,
            description = "Invalid user id or session id",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::MalformedRequest.with_detail(
                "sessionId must be a whole number from 1 to 9007199254740991"
            )),
        ),
        (
            status = 404,
            description = "The user has no such session. For admins also: there is no such user.",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::NoSuchSession.problem()),
        ),
    ),
)]
pub fn delete_session() {}
