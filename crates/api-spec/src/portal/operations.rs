//! Operations of the portal set.

use super::types::{
    ErrorMessage, PortalPasswordChange, PortalUser, PortalUserCreate, PortalUserList,
    PortalUserValue,
};
use crate::{
    operation::EndpointSet,
    pages::PageParameters,
    problem::{INVALID_LIMIT, ProblemType},
};

/// Get all users
///
/// Get all users. Users are ordered by username. With any query parameter the response is one page.
/// Only admins may call this operation.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "listPortalUsers",
    tag = "portal",
    security(("basic" = []), ("bearer" = [])),
    params(PageParameters),
    responses((
        status = 200,
        description = "Successfully received users",
        body = PortalUserList,
        headers((
            "Link" = String,
            description = "The next page as `rel=\"next\"`, relative to the request URL; only if \
                there is one"
        )),
        example = json!({"value": [{"username": "string", "admin": true}]}),
    ), (
        status = 400,
        description = "Invalid query parameter",
        content_type = "application/json",
        body = ErrorMessage,
        example = json!(INVALID_LIMIT),
    )),
)]
pub fn list_portal_users() {}

/// Get an user
///
/// Get an user specified by the user. A non-admin user may only get himself or herself.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}",
    operation_id = "getPortalUser",
    tag = "portal",
    security(("basic" = []), ("bearer" = [])),
    params(
        ("user" = String, Path, description = "Username", format = "username", example = "alice"),
        (
            "If-None-Match" = Option<String>,
            Header,
            description = "The server answers 304 if the user still has this `ETag`, such as \
                `\"15.3\"`",
        ),
    ),
    responses(
        (
            status = 200,
            description = "Successfully received an user",
            body = PortalUser,
            headers((
                "ETag" = String,
                description = "The user's id and version, such as `\"15.3\"`"
            )),
            example = json!({"username": "string", "admin": true}),
        ),
        (
            status = 304,
            description = "The user still has the version in `If-None-Match`",
            headers((
                "ETag" = String,
                description = "The user's id and version, such as `\"15.3\"`"
            )),
        ),
    ),
)]
pub fn get_portal_user() {}

/// Create an user
///
/// Create an user specified by the user. Only admins may call this operation.
#[utoipa::path(
    put,
    path = "/api/v1/users/{user}",
    operation_id = "createPortalUser",
    tag = "portal",
    security(("basic" = [])),
    params(
        (
            "user" = String,
            Path,
            description = "Username",
            format = "new-username",
            example = "alice",
        ),
        (
            "If-None-Match" = Option<String>,
            Header,
            description = "With `*` an existing username is answered with 412 instead of 409",
        ),
    ),
    request_body(
        content = PortalUserCreate,
        description = "The new user's password",
        examples(
            ("newUser" = (
                summary = "A new user",
                value = json!({"value": {"password": "correct horse battery staple"}}),
            )),
            ("original" = (
                summary = "The example of the original API",
                value = json!({"value": {"password": "stringst"}}),
            )),
        ),
    ),
    responses(
        (
            status = 201,
            description = "Successfully created an user",
            body = PortalUserValue,
            headers((
                "ETag" = String,
                description = "The user's id and version, such as `\"15.3\"`"
            )),
            example = json!({"value": {"username": "string", "admin": true}}),
        ),
        (
            status = 400,
            description = "Password issue. Invalid usernames get this status too. The text has one \
                line for each invalid field.",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!(
                "Key: 'UserPasswordRequest.Value.Password' Error:Field validation for 'Password' \
                failed on the 'required' tag"
            ),
        ),
        (
            status = 409,
            description = "Username already existed",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!(ProblemType::NameTaken.text(EndpointSet::Portal)),
        ),
        (
            status = 412,
            description = "The username exists and `If-None-Match` is `*`, or the request has an \
                `If-Match` and no user has the name. Nothing was changed.",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!(ProblemType::NameTaken.text(EndpointSet::Portal)),
        ),
    ),
)]
pub fn create_portal_user() {}

/// Update a password user
///
/// Update a password user specified by the user. A non-admin user may only update his or her own
/// password. To change their own password, users must also send the current one.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{user}",
    operation_id = "updatePortalUserPassword",
    tag = "portal",
    security(("basic" = [])),
    params(
        ("user" = String, Path, description = "Username", format = "username", example = "alice"),
        (
            "If-Match" = Option<String>,
            Header,
            description = "The server changes the password only if the user has this `ETag`, such \
                as `\"15.3\"`. Lists and `*` are accepted. A version without an id matches no \
                user, because another user may have the name by now.",
        ),
    ),
    request_body(
        content = PortalPasswordChange,
        description = "The passwords. A null member counts as absent. \
            `application/merge-patch+json` (RFC 7396) is also accepted; null is invalid there.",
        examples(
            ("newPassword" = (
                summary = "A new password",
                value = json!({"value": {
                    "current_password": "correct horse battery staple",
                    "password": "a brighter purple lighthouse",
                }}),
            )),
            ("original" = (
                summary = "The example of the original API",
                value = json!({"value": {"current_password": "string", "password": "stringst"}}),
            )),
        ),
    ),
    responses(
        (
            status = 200,
            description = "Password updated",
            body = PortalUserValue,
            headers((
                "ETag" = String,
                description = "The user's id and version, such as `\"15.3\"`"
            )),
            example = json!({"value": {"username": "string", "admin": true}}),
        ),
        (
            status = 400,
            description = "Password issue. The text has one line for each invalid field.",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!(
                "Key: 'UserPasswordRequest.Value.Password' Error:Field validation for 'Password' \
                failed on the 'min' tag"
            ),
        ),
        (
            status = 412,
            description = "The user's version does not satisfy `If-Match` or `If-None-Match`. \
                Nothing was changed.",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!(ProblemType::VersionMismatch.text(EndpointSet::Portal)),
        ),
    ),
)]
pub fn update_portal_user_password() {}

/// Delete an user
///
/// Delete an user specified by the user. Only admins may call this operation.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{user}",
    operation_id = "deletePortalUser",
    tag = "portal",
    security(("basic" = [])),
    params(
        ("user" = String, Path, description = "Username", format = "username", example = "alice"),
        (
            "If-Match" = Option<String>,
            Header,
            description = "The server deletes the user only if it has this `ETag`, such as \
                `\"15.3\"`. Lists and `*` are accepted. A version without an id matches no user, \
                because another user may have the name by now.",
        ),
    ),
    responses(
        (status = 204, description = "Successfully deleted an user"),
        (
            status = 409,
            description = "The user is the last enabled admin",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!(ProblemType::LastAdmin.text(EndpointSet::Portal)),
        ),
        (
            status = 412,
            description = "The user's version does not satisfy `If-Match` or `If-None-Match`. \
                Nothing was changed.",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!(ProblemType::VersionMismatch.text(EndpointSet::Portal)),
        ),
    ),
)]
pub fn delete_portal_user() {}
