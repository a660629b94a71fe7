//! Request bodies of the directory set. A null member counts as absent.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use validator::Validate;

use super::types::Role;
use crate::wire::{
    Ignored, empty_as_absent,
    enums::UserStatus,
    envelope,
    merge_patch::MergePatch,
    object,
    password_text::{self, PasswordText},
};

/// The envelope of a registration.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({
    "userInfo": {
        "name": "new-user",
        "email": "new-user-email@example.com",
        "plaintextPassword": "newUserPassw0rd!"
    }
}))]
pub struct UserRegistration {
    /// The new user in the envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = UserRegistrationInfo, required = true, nullable = false)]
    pub user_info: Option<UserRegistrationInfo>,
}

/// A new user. Members that responses have in addition are ignored.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UserRegistrationInfo {
    /// The name. Names that differ only in case or Unicode form are equal.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required)]
    #[schema(required = true, nullable = false, format = "new-username")]
    #[schema(example = "new-user")]
    pub name: Option<String>,
    /// The email address, at most 254 bytes in UTF-8 and 64 before the `@`. Addresses that differ
    /// only in case or Unicode form are equal.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required)]
    #[schema(required = true, nullable = false, format = "idn-email")]
    #[schema(example = "new-user-email@example.com")]
    pub email: Option<String>,
    /// The password: any characters, but not a common password or the name.
    #[serde(default, deserialize_with = "password_text::empty_as_absent")]
    #[validate(required)]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(format = "new-password", example = "newUserPassw0rd!")]
    pub plaintext_password: Option<PasswordText>,
    /// Ignored.
    #[serde(rename = "id")]
    #[schema(value_type = Option<i64>, nullable = false, read_only, minimum = 1)]
    _id: Ignored,
    /// Ignored.
    #[serde(rename = "version")]
    #[schema(value_type = Option<i64>, nullable = false, read_only, minimum = 0)]
    _version: Ignored,
    /// Ignored.
    #[serde(rename = "createTime")]
    #[schema(value_type = Option<String>, nullable = false, read_only)]
    _create_time: Ignored,
    /// Ignored: a new user is enabled.
    #[serde(rename = "status")]
    #[schema(value_type = Option<String>, nullable = false, read_only)]
    _status: Ignored,
    /// Ignored: a new user has no roles.
    #[serde(rename = "roles")]
    #[schema(value_type = Option<Vec<Role>>, nullable = false, read_only)]
    _roles: Ignored,
}

/// A change of a user, in one of two envelopes: `userInfo` or `user`.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"userInfo": {"name": "user12", "email": "user12@example.com"}}))]
pub struct UserChange {
    /// The changes in the envelope.
    #[serde(default, deserialize_with = "envelope")]
    pub user_info: Option<UserChangeInfo>,
    /// The envelope of responses, instead of `userInfo`. A client can edit a response and send it
    /// back.
    #[serde(default, deserialize_with = "envelope")]
    pub user: Option<UserChangeInfo>,
}

/// The changes of a user. Members that are absent or null keep their values.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UserChangeInfo {
    /// The new name. It follows the rules for new users, unless it is the current name.
    #[schema(format = "username", example = "user12")]
    pub name: Option<String>,
    /// The new email address, with the limits of a registration. An empty text removes it.
    #[schema(format = "email-or-empty", example = "user12@example.com")]
    pub email: Option<String>,
    /// The new password, with the rules of a registration.
    #[schema(value_type = Option<String>, format = "new-password")]
    #[schema(example = "newUserPassw0rd!")]
    pub plaintext_password: Option<PasswordText>,
    /// The current password. Required to change one's own password over a session. It is checked
    /// whenever a new password is sent with it.
    #[schema(value_type = Option<String>)]
    #[schema(format = Password, example = "oldUserPassw0rd!")]
    pub current_plaintext_password: Option<PasswordText>,
    /// Enables or disables the user. Ignored unless the caller is an admin.
    pub status: Option<UserStatus>,
    /// The roles that replace the current ones. Ignored unless the caller is an admin.
    #[serde(default, deserialize_with = "roles")]
    pub roles: Option<Vec<Role>>,
    /// Ignored.
    #[serde(rename = "id")]
    #[schema(value_type = Option<i64>, nullable = false, read_only, minimum = 1)]
    _id: Ignored,
    /// Ignored: send the expected version in `If-Match`.
    #[serde(rename = "version")]
    #[schema(value_type = Option<i64>, nullable = false, read_only, minimum = 0)]
    _version: Ignored,
    /// Ignored.
    #[serde(rename = "createTime")]
    #[schema(value_type = Option<String>, nullable = false, read_only)]
    _create_time: Ignored,
}

/// A role of a list. On its own serde also takes an array for it.
struct ListedRole(Role);

impl<'de> Deserialize<'de> for ListedRole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(r#"an object such as {"name": "admin"}"#, deserializer).map(Self)
    }
}

/// Reads a list of roles, or null, which counts as absent.
fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Role>>, D::Error> {
    let roles = Option::<Vec<ListedRole>>::deserialize(deserializer)?;
    Ok(roles.map(|roles| roles.into_iter().map(|ListedRole(role)| role).collect()))
}

impl UserChange {
    /// The changes, and the name of their envelope.
    ///
    /// # Errors
    /// When there are both envelopes, of which one would be a guess, or none.
    pub fn into_info(self) -> Result<(UserChangeInfo, &'static str), &'static str> {
        match (self.user_info, self.user) {
            (Some(info), None) => Ok((info, "userInfo")),
            (None, Some(info)) => Ok((info, "user")),
            (Some(_), Some(_)) => Err("userInfo and user are both present; only one is accepted"),
            (None, None) => Err("userInfo is required; user is accepted instead"),
        }
    }
}

impl MergePatch for UserChange {
    fn take_away(&mut self, path: &[&str]) -> bool {
        let info = match path {
            [_, "id" | "version" | "createTime"] => return true,
            ["userInfo", "email"] => &mut self.user_info,
            ["user", "email"] => &mut self.user,
            _ => return false,
        };
        if let Some(info) = info {
            info.email = Some(String::new());
        }
        true
    }
}
