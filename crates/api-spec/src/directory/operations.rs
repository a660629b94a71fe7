//! Operations of the directory set.

use super::{
    requests::{UserChange, UserRegistration},
    types::{UserEnvelope, UserListEnvelope},
};
use crate::{
    pages::PageParameters,
    problem::{INVALID_LIMIT, INVALID_USER_ID, Problem, ProblemType},
};

/// Returns a list of all users
///
/// Returns a list of all users. Non-admins will get an authorization error when trying to retrieve
/// this resource. Users are ordered by id. With any query parameter the response is one page.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "listUsers",
    tag = "directory",
    security(("basic" = []), ("bearer" = [])),
    params(PageParameters),
    responses((
        status = 200,
        description = "All users, or a page of them",
        body = UserListEnvelope,
        headers((
            "Link" = String,
            description = "The next page as `rel=\"next\"`, relative to the request URL; only if \
                there is one"
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
        description = "Invalid query parameter",
        content_type = "application/problem+json",
        body = Problem,
        example = json!(ProblemType::MalformedRequest.with_detail(INVALID_LIMIT)),
    )),
)]
pub fn list_users() {}

/// Creates a user
///
/// Creates a user. The new user has no roles. No credentials are required, unless the operator has
/// limited registration to admins. If the request has credentials, the server checks them, and the
/// audit log names that user.
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
            description = "The new user",
            body = UserEnvelope,
            headers(
                ("Location" = String, description = "The new user, relative to the request URL"),
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
            description = "Malformed body, or invalid fields",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(Problem::of_field("userInfo.name", "is required")),
        ),
        (
            status = 409,
            description = "Another user has this name, this email address, or a name that looks \
                like it",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::NameTaken.problem()),
        ),
    ),
)]
pub fn create_user() {}

/// Returns info about the caller
///
/// Returns info about the user whose credentials the request has, as `getUser` does for its id. An
/// API key requires the scope `users:read` or `verify`.
#[utoipa::path(
    get,
    path = "/users/me",
    operation_id = "getCurrentUser",
    tag = "directory",
    security(("basic" = []), ("bearer" = [])),
    responses(
        (
            status = 200,
            description = "The caller",
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
    ),
)]
pub fn get_current_user() {}

/// Returns info about a user by id
///
/// Returns info about a user. A non-admin user can only retrieve his or her own info. Admins can
/// retrieve any user's info. An API key requires the scope `users:read`.
#[utoipa::path(
    get,
    path = "/users/{userId}",
    operation_id = "getUser",
    tag = "directory",
    security(("basic" = []), ("bearer" = [])),
    params(
        (
            "userId" = i64,
            Path,
            description = "The desired user's id (not name).",
            minimum = 1,
            example = 21,
        ),
        (
            "If-None-Match" = Option<String>,
            Header,
            description = "The server answers 304 if the user still has this `ETag`, such as \
                `\"3\"`",
        ),
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
            description = "The user still has the version in `If-None-Match`",
            headers(("ETag" = String, description = "The user's version, in quotes")),
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
pub fn get_user() {}

/// Modify a user's info by id
///
/// Modify a user's info. A non-admin user can only modify his or her own info. Admins can modify
/// any user's info. Attempts by non-admin user to change status or roles will be ignored. Members
/// that the body leaves out keep their values.
///
/// An API key requires the scope `users:write`. It changes name, email address and status of users
/// without the role `admin`; any other member is refused.
#[utoipa::path(
    patch,
    path = "/users/{userId}",
    operation_id = "updateUser",
    tag = "directory",
    security(("basic" = []), ("bearer" = [])),
    params(
        (
            "userId" = i64,
            Path,
            description = "The desired user's id (not name).",
            minimum = 1,
            example = 21,
        ),
        (
            "If-Match" = Option<String>,
            Header,
            description = "Only perform modification if server's user.version matches the value of \
                this header. It is a version number, an `ETag` such as `\"3\"`, a list of these, \
                or `*`.",
        ),
    ),
    request_body(
        content = UserChange,
        description = "The changes, in the envelope `userInfo`. The envelope `user` accepts an \
            edited user from an earlier response. A null member counts as absent. \
            `application/merge-patch+json` (RFC 7396) is also accepted: there a null `email` \
            removes the address, and null is invalid elsewhere.",
        examples(
            ("change" = (
                summary = "A change",
                value = json!({"userInfo": {"name": "user12", "email": "user12@example.com"}}),
            )),
            ("sentBack" = (
                summary = "An edited user from a response",
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
            description = "Invalid user id, malformed body, or invalid fields",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(Problem::of_field(
                "userInfo.plaintextPassword",
                "must have at least 8 characters"
            )),
        ),
        (
            status = 409,
            description = "Another user has this name, this email address, or a name that looks \
                like it. Or no enabled admin would remain.",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::LastAdmin.problem()),
        ),
        (
            status = 412,
            description = "The user's version does not satisfy `If-Match` or `If-None-Match`. \
                Nothing was changed.",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::VersionMismatch.problem()),
        ),
    ),
)]
pub fn update_user() {}
