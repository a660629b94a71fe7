//! Operations of the portal set.

use super::{
    ErrorMessage, PortalPasswordChange, PortalUser, PortalUserCreate, PortalUserList,
    PortalUserValue,
};
use crate::PageParameters;

/// Get all users
///
/// Get all users. They are ordered by username; any of the parameters makes the answer a page of
/// them. For admins.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "listPortalUsers",
    tag = "portal",
    security(("basic" = [])),
    params(PageParameters),
    responses((
        status = 200,
        description = "Successfully received users",
        body = PortalUserList,
        headers((
            "Link" = String,
            description = "The next page, if any, as `rel=\"next\"`, relative to the request"
        )),
        example = json!({"value": [{"username": "string", "admin": true}]}),
    ), (
        status = 400,
        description = "A parameter can't be what it is",
        content_type = "application/json",
        body = ErrorMessage,
        example = json!("limit must be a whole number from 1 to 1000"),
    )),
)]
pub fn list_portal_users() {}

/// Get an user
///
/// Get an user specified by the user. For that user and for admins.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}",
    operation_id = "getPortalUser",
    tag = "portal",
    security(("basic" = [])),
    params(
        ("user" = String, Path, description = "Username", format = "username", example = "alice"),
        (
            "If-None-Match" = Option<String>,
            Header,
            description = "Answer 304 if the user is still at this version: the `ETag` of an \
                earlier answer, such as `\"15.3\"`",
        ),
    ),
    responses(
        (
            status = 200,
            description = "Successfully received an user",
            body = PortalUser,
            headers(("ETag" = String, description = "Id and version, such as `\"15.3\"`")),
            example = json!({"username": "string", "admin": true}),
        ),
        (
            status = 304,
            description = "The user is still at the version in `If-None-Match`",
            headers(("ETag" = String, description = "Id and version, such as `\"15.3\"`")),
        ),
    ),
)]
pub fn get_portal_user() {}

/// Create an user
///
/// Create an user specified by the user. For admins.
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
        ("If-None-Match" = Option<String>, Header, description = "`*`: only create the user if no user has this name; answer 412 instead of 409 otherwise"),
    ),
    request_body(content = PortalUserCreate, description = "The new user's password"),
    responses(
        (
            status = 201,
            description = "Successfully created an user",
            body = PortalUserValue,
            headers(("ETag" = String, description = "Id and version, such as `\"15.3\"`")),
            example = json!({"value": {"username": "string", "admin": true}}),
        ),
        (
            status = 400,
            description = "Password issue. Or an invalid username. A line for each failing field",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!("Key: 'UserPasswordRequest.Value.Password' Error:Field validation for 'Password' failed on the 'required' tag"),
        ),
        (
            status = 409,
            description = "Username already existed",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!("Username already existed"),
        ),
        (
            status = 412,
            description = "A user has this name and `If-None-Match` is `*`, or no user has it and \
                there is an `If-Match`; nothing was changed",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!("Version does not match"),
        ),
    ),
)]
pub fn create_portal_user() {}

/// Update a password user
///
/// Update a password user specified by the user. For that user, who must send the current password
/// too, and for admins.
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
            description = "Only change the password if the user is at this version: the `ETag` of \
                an earlier answer, such as `\"15.3\"`, a list of them, or `*`. A number alone \
                matches no user: another one may have the name by now",
        ),
    ),
    request_body(
        content = PortalPasswordChange,
        description = "The passwords. Null is the same as left out. As \
            `application/merge-patch+json` (RFC 7396), which is accepted too, null is refused",
    ),
    responses(
        (
            status = 200,
            description = "Password updated",
            body = PortalUserValue,
            headers(("ETag" = String, description = "Id and version, such as `\"15.3\"`")),
            example = json!({"value": {"username": "string", "admin": true}}),
        ),
        (
            status = 400,
            description = "Password issue. One line for each failing field",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!("Key: 'UserPasswordRequest.Value.Password' Error:Field validation for 'Password' failed on the 'min' tag"),
        ),
        (
            status = 412,
            description = "The user's version does not satisfy `If-Match` or `If-None-Match`; \
                nothing was changed",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!("Version does not match"),
        ),
    ),
)]
pub fn update_portal_user_password() {}

/// Delete an user
///
/// Delete an user specified by the user. For admins.
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
            description = "Only delete the user if it is at this version: the `ETag` of an \
                earlier answer, such as `\"15.3\"`, a list of them, or `*`. A number alone matches \
                no user: another one may have the name by now",
        ),
    ),
    responses(
        (status = 204, description = "Successfully deleted an user"),
        (
            status = 409,
            description = "The user is the last enabled admin",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!("The last enabled admin cannot be deleted, disabled or demoted"),
        ),
        (
            status = 412,
            description = "The user's version does not satisfy `If-Match` or `If-None-Match`; \
                nothing was changed",
            content_type = "application/json",
            body = ErrorMessage,
            example = json!("Version does not match"),
        ),
    ),
)]
pub fn delete_portal_user() {}
