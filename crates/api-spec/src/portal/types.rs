//! Request and response bodies of the portal set.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::wire::{
    Ignored, envelope,
    merge_patch::MergePatch,
    password_text::{PasswordText, empty_as_absent},
};

/// A user in the portal set.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortalUser {
    /// The user's name.
    #[schema(example = "alice")]
    pub username: String,
    /// Whether the user has the role `admin` and may manage all users.
    #[schema(example = false)]
    pub admin: bool,
}

/// Users, by default ordered by username.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortalUserList {
    /// The users.
    pub value: Vec<PortalUser>,
    /// The `pageToken` of the next page; absent on the last page and without paging.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_page_token: Option<String>,
}

/// The envelope of a user in the portal set.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortalUserValue {
    /// The user in the envelope.
    pub value: PortalUser,
}

/// The envelope of a new user. Members that responses have in addition are ignored.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"value": {"password": "stringst"}}))]
pub struct PortalUserCreate {
    /// The new user in the envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = PortalUserCreateValue, required = true, nullable = false)]
    pub value: Option<PortalUserCreateValue>,
    /// Ignored.
    #[serde(rename = "username")]
    #[schema(value_type = Option<String>, nullable = false, read_only)]
    _username: Ignored,
    /// Ignored.
    #[serde(rename = "admin")]
    #[schema(value_type = Option<bool>, nullable = false, read_only)]
    _admin: Ignored,
}

/// A new user of the portal set.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PortalUserCreateValue {
    /// The password: any characters, but not a common password or the username.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required)]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(format = "new-password", example = "stringst")]
    pub password: Option<PasswordText>,
    /// Ignored.
    #[serde(rename = "username")]
    #[schema(value_type = Option<String>, nullable = false, read_only)]
    _username: Ignored,
    /// Ignored.
    #[serde(rename = "admin")]
    #[schema(value_type = Option<bool>, nullable = false, read_only)]
    _admin: Ignored,
}

/// The envelope of a password change. Members that responses have in addition are ignored.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"value": {"current_password": "string", "password": "stringst"}}))]
pub struct PortalPasswordChange {
    /// The passwords in the envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = PortalPasswordChangeValue, required = true, nullable = false)]
    pub value: Option<PortalPasswordChangeValue>,
    /// Ignored.
    #[serde(rename = "username")]
    #[schema(value_type = Option<String>, nullable = false, read_only)]
    _username: Ignored,
    /// Ignored.
    #[serde(rename = "admin")]
    #[schema(value_type = Option<bool>, nullable = false, read_only)]
    _admin: Ignored,
}

/// A password change.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PortalPasswordChangeValue {
    /// The current password. Required to change one's own password. Admins may leave it out for
    /// other users.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[schema(value_type = Option<String>)]
    #[schema(format = Password, example = "correct horse battery staple")]
    pub current_password: Option<PasswordText>,
    /// The new password: any characters, but not a common password or the username.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required)]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(format = "new-password", example = "stringst")]
    pub password: Option<PasswordText>,
    /// Ignored.
    #[serde(rename = "username")]
    #[schema(value_type = Option<String>, nullable = false, read_only)]
    _username: Ignored,
    /// Ignored.
    #[serde(rename = "admin")]
    #[schema(value_type = Option<bool>, nullable = false, read_only)]
    _admin: Ignored,
}

impl MergePatch for PortalPasswordChange {
    fn take_away(&mut self, path: &[&str]) -> bool {
        matches!(path, ["username" | "admin", ..] | ["value", "username" | "admin"])
    }
}

/// The error as text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = "Username already existed")]
pub struct ErrorMessage(pub String);
