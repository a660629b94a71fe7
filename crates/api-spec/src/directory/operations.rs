//! Operations of the directory set.

use super::{Problem, UserChange, UserEnvelope, UserListEnvelope, UserRegistration};
use crate::PageParameters;

/// Returns a list of all users
///
/// Returns a list of all users. Non-admins will get an authorization error when trying to retrieve
/// this resource. Users are ordered by id; any of the parameters makes the answer a page of them.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "listUsers",
    tag = "directory",
    security(("basic" = [])),
    params(PageParameters),
    responses((
        status = 200,
        description = "The users",
        body = UserListEnvelope,
        headers((
            "Link" = String,
            description = "The next page, if any, as `rel=\"next\"`, relative to the request"
        )),
        example = json!({"userList": {"users": [
            {
                "id": 18,
                "version": 8,
                "createTime": "2016-08-10T16:50:18Z",
                "name": "admin5",
                "email": "admin5@example.com",
                "status": "ENABLED",
                "roles": [{"name": "admin"}]
            },
            {
                "id": 21,
                "version": 3,
                "createTime": "2016-06-02T21:19:07Z",
                "name": "user12",
                "email": "user12@example.com",
                "status": "ENABLED",
                "roles": []
            },
            {
                "id": 33,
                "version": 0,
                "createTime": "2016-06-02T21:17:54Z",
                "name": "admin7",
                "email": "admin7@example.com",
                "status": "DISABLED",
                "roles": [{"name": "admin"}]
            }
        ]}}),
    ), (
        status = 400,
        description = "A parameter can't be what it is",
        content_type = "application/problem+json",
        body = Problem,
        example = json!({
            "type": "urn:rollcall:problem:malformed-request",
            "title": "Bad Request",
            "status": 400,
            "detail": "limit must be a whole number from 1 to 1000"
        }),
    )),
)]
pub fn list_users() {}

/// Creates a user
///
/// Creates a user. The user has no roles. Anyone may register, unless the operator has left
/// registration to admins. Credentials are checked if they are sent, and the audit log names their
/// user then.
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "createUser",
    tag = "directory",
    security((), ("basic" = [])),
    request_body(content = UserRegistration, description = "The new user"),
    responses(
        (
            status = 201,
            description = "The user that was made",
            body = UserEnvelope,
            headers(
                ("Location" = String, description = "The new user, relative to the request"),
                ("ETag" = String, description = "The user's version, in quotes"),
            ),
            example = json!({"user": {
                "id": 13,
                "version": 0,
                "createTime": "2017-05-08T17:44:19Z",
                "name": "new-user",
                "email": "new-user-email@example.com",
                "status": "ENABLED",
                "roles": []
            }}),
        ),
        (
            status = 400,
            description = "The body can't be read, or fields of it break a rule",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:invalid-fields",
                "title": "Bad Request",
                "status": 400,
                "detail": "The request body is not valid",
                "errors": [{"field": "userInfo.name", "message": "is required"}]
            }),
        ),
        (
            status = 409,
            description = "Another user has this name or address, or a name that looks like it",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:name-taken",
                "title": "Conflict",
                "status": 409,
                "detail": "Another user has this name"
            }),
        ),
    ),
)]
pub fn create_user() {}

/// Returns info about a user by id
///
/// Returns info about a user. A non-admin user can only retrieve his or her own info. Admins can
/// retrieve any user's info.
#[utoipa::path(
    get,
    path = "/users/{userId}",
    operation_id = "getUser",
    tag = "directory",
    security(("basic" = [])),
    params(
        ("userId" = i64, Path, description = "The desired user's id (not name).", minimum = 1, example = 21),
        ("If-None-Match" = Option<String>, Header, description = "Answer 304 if the user is still at this version: the `ETag` of an earlier answer, such as `\"3\"`"),
    ),
    responses(
        (
            status = 200,
            description = "The user",
            body = UserEnvelope,
            headers(("ETag" = String, description = "The user's version, in quotes")),
            example = json!({"user": {
                "id": 21,
                "version": 3,
                "createTime": "2016-06-02T21:19:07Z",
                "name": "user12",
                "email": "user12@example.com",
                "status": "ENABLED",
                "roles": []
            }}),
        ),
        (
            status = 304,
            description = "The user is still at the version in `If-None-Match`",
            headers(("ETag" = String, description = "The user's version, in quotes")),
        ),
        (
            status = 400,
            description = "The id is not a number",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:malformed-request",
                "title": "Bad Request",
                "status": 400,
                "detail": "userId must be a whole number from 1 to 9007199254740991"
            }),
        ),
    ),
)]
pub fn get_user() {}

/// Modify a user's info by id
///
/// Modify a user's info. A non-admin user can only modify his or her own info. Admins can modify
/// any user's info. Attempts by non-admin user to change status or roles will be ignored. What the
/// body leaves out stays.
#[utoipa::path(
    patch,
    path = "/users/{userId}",
    operation_id = "updateUser",
    tag = "directory",
    security(("basic" = [])),
    params(
        ("userId" = i64, Path, description = "The desired user's id (not name).", minimum = 1, example = 21),
        ("If-Match" = Option<String>, Header, description = "Only perform modification if server's user.version matches the value of this header. It is a number, an `ETag`, such as `\"3\"`, a list of them, or `*`"),
    ),
    request_body(
        content = UserChange,
        description = "What to change, in the envelope `userInfo`; or a user as an answer showed \
            it, changed, in the envelope `user`. Null is the same as left out. As \
            `application/merge-patch+json` (RFC 7396), which is accepted too, null takes the email \
            address away and is refused elsewhere",
        examples(
            ("change" = (
                summary = "A change",
                value = json!({"userInfo": {"name": "user12", "email": "user12@example.com"}}),
            )),
            ("sentBack" = (
                summary = "The same envelope as in answers",
                value = json!({"user": {
                    "name": "user12",
                    "email": "user12@example.com",
                    "status": "DISABLED",
                    "roles": [],
                }}),
            )),
        ),
    ),
    responses(
        (
            status = 200,
            description = "The user after the change",
            body = UserEnvelope,
            headers(("ETag" = String, description = "The user's version, in quotes")),
            example = json!({"user": {
                "id": 21,
                "version": 4,
                "createTime": "2016-06-02T21:19:07Z",
                "name": "user12",
                "email": "user12@example.com",
                "status": "ENABLED",
                "roles": []
            }}),
        ),
        (
            status = 400,
            description = "The id or the body can't be read, or fields of the body break a rule",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:invalid-fields",
                "title": "Bad Request",
                "status": 400,
                "detail": "The request body is not valid",
                "errors": [{"field": "userInfo.status", "message": "expected `ENABLED` or `DISABLED`"}]
            }),
        ),
        (
            status = 409,
            description = "Another user has this name or address, or a name that looks like it; or the user is the last enabled admin",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:last-admin",
                "title": "Conflict",
                "status": 409,
                "detail": "The last enabled admin cannot be deleted, disabled or demoted"
            }),
        ),
        (
            status = 412,
            description = "The user's version does not satisfy `If-Match` or `If-None-Match`; \
                nothing was changed",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:version-mismatch",
                "title": "Precondition Failed",
                "status": 412,
                "detail": "The user's version does not satisfy If-Match or If-None-Match"
            }),
        ),
    ),
)]
pub fn update_user() {}
