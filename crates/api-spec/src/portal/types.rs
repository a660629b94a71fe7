//! Bodies of the portal set.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    MergePatch,
    password_text::{PasswordText, empty_as_absent},
    wire::{Ignored, envelope},
};

/// A user as the portal set shows one.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortalUser {
    /// The user's name.
    #[schema(example = "alice")]
    pub username: String,
    /// Whether the user may manage other users.
    #[schema(example = false)]
    pub admin: bool,
}

/// Users, ordered by username unless something else was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortalUserList {
    /// The users.
    pub value: Vec<PortalUser>,
    /// What to ask for the next page with; only on a page that another one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_page_token: Option<String>,
}

/// One user in the portal set's envelope.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortalUserValue {
    /// The user.
    pub value: PortalUser,
}

/// What a user made by name brings. What answers show beside that is ignored.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"value": {"password": "stringst"}}))]
pub struct PortalUserCreate {
    /// The envelope.
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

/// The password of a user made by name.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortalUserCreateValue {
    /// The password to log in with: any characters, but not a common password or the username.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required, length(min = crate::PASSWORD_MIN_LENGTH, max = crate::PASSWORD_MAX_LENGTH))]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(min_length = 8, max_length = 256)]
    #[schema(format = Password, example = "stringst")]
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

/// A change of a password. What answers show beside that is ignored.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"value": {"current_password": "string", "password": "stringst"}}))]
pub struct PortalPasswordChange {
    /// The envelope.
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

/// The passwords of a change of a password.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortalPasswordChangeValue {
    /// The password until now. Required to change one's own; an admin who changes another
    /// user's may leave it out.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[schema(value_type = Option<String>)]
    #[schema(format = Password, example = "string")]
    pub current_password: Option<PasswordText>,
    /// The password from now on: any characters, but not a common password or the username.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required, length(min = crate::PASSWORD_MIN_LENGTH, max = crate::PASSWORD_MAX_LENGTH))]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(min_length = 8, max_length = 256)]
    #[schema(format = Password, example = "stringst")]
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

/// What is wrong, in words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = "Username already existed")]
pub struct ErrorMessage(pub String);
