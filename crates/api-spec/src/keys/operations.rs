//! Operations on the API keys of a user.

use super::types::{KeyCreation, KeyListEnvelope, NewKeyEnvelope};
use crate::problem::{INVALID_USER_ID, Problem, ProblemType};

/// Make an API key
///
/// Makes a key, by which a program acts as the user within the key's scopes. A non-admin user can
/// only make his or her own keys. Admins can make any user's keys. A request signed with a session
/// requires the caller's `currentPlaintextPassword`. Keys cannot make keys.
///
/// Programs send the secret as `Authorization: Bearer`, or as the password of HTTP Basic with the
/// user's name. A key ends when its user is disabled or deleted or gets another password. It does
/// not return when the user is enabled again.
#[utoipa::path(
    post,
    path = "/users/{userId}/keys",
    operation_id = "createApiKey",
    tag = "keys",
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
    request_body(content = KeyCreation, description = "The new key"),
    responses(
        (
            status = 201,
            description = "The new key. Its `secret` is not shown again.",
            body = NewKeyEnvelope,
            headers(
                ("Cache-Control" = String, description = "Always `no-store`"),
                ("Location" = String, description = "The key, relative to the request URL"),
            ),
            example = json!({
                "key": {
                    "id": 3_518_437_208_883_201_i64,
                    "name": "nightly backup",
                    "prefix": "rck_4fZ9Qm2x",
                    "scopes": ["users:read"],
                    "createTime": "2026-11-28T02:00:10Z",
                    "expireTime": "2030-01-31T00:00:00Z",
                    "lastUseTime": null
                },
                "secret": "rck_4fZ9Qm2xXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
            }),
        ),
        (
            status = 400,
            description = "Invalid user id, malformed body, or invalid fields",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(Problem::of_field("keyInfo.name", "is required")),
        ),
        (
            status = 409,
            description = "The user has 100 keys, or is disabled",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::TooManyKeys.problem()),
        ),
    ),
)]
pub fn create_api_key() {}

/// Get a user's API keys
///
/// Returns every key of the user that has not expired, newest first, without the secrets. A
/// non-admin user can only retrieve his or her own keys. Admins can retrieve any user's keys.
#[utoipa::path(
    get,
    path = "/users/{userId}/keys",
    operation_id = "listApiKeys",
    tag = "keys",
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
            description = "The user's keys",
            body = KeyListEnvelope,
            example = json!({"keyList": {"keys": [{
                "id": 3_518_437_208_883_201_i64,
                "name": "nightly backup",
                "prefix": "rck_4fZ9Qm2x",
                "scopes": ["users:read"],
                "createTime": "2026-11-28T02:00:10Z",
                "expireTime": "2030-01-31T00:00:00Z",
                "lastUseTime": "2026-11-28T03:15:00Z"
            }]}}),
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
pub fn list_api_keys() {}

/// End an API key of a user
///
/// Ends the key with this id, which `listApiKeys` returns. The next request with it is refused. A
/// non-admin user can only end his or her own keys. Admins can end any user's keys.
#[utoipa::path(
    delete,
    path = "/users/{userId}/keys/{keyId}",
    operation_id = "deleteApiKey",
    tag = "keys",
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
            "keyId" = i64,
            Path,
            description = "The key's id (not secret).",
            format = "session-id",
            example = 3_518_437_208_883_201_i64,
        ),
    ),
    responses(
        (status = 204, description = "The key has ended"),
        (
            status = 400,
            description = "Invalid user id or key id",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::MalformedRequest.with_detail(
                "keyId must be a whole number from 1 to 9007199254740991"
            )),
        ),
        (
            status = 404,
            description = "The user has no such key. For admins also: there is no such user.",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::NoSuchKey.problem()),
        ),
    ),
)]
pub fn delete_api_key() {}
