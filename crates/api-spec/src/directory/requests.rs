//! Request bodies of the directory set.

#![expect(clippy::option_option, reason = "absent and null differ: one stays, one takes away")]

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::{Role, UserStatus};
use crate::{
    password_text::{self, PasswordText},
    wire::{empty_as_absent, envelope, never_null, objects},
};

/// A registration.
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
    /// The envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = UserRegistrationInfo, required = true, nullable = false)]
    pub user_info: Option<UserRegistrationInfo>,
}

/// What a new user brings.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UserRegistrationInfo {
    /// The name to have. Names that differ only by case or Unicode form are the same name.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required)]
    #[schema(required = true, nullable = false, format = "username")]
    #[schema(example = "new-user")]
    pub name: Option<String>,
    /// The email address to have. Addresses that differ only by case are the same address.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required)]
    #[schema(required = true, nullable = false, format = Email)]
    #[schema(example = "new-user-email@example.com")]
    pub email: Option<String>,
    /// The password to log in with: any characters, but not a common password or the name.
    #[serde(default, deserialize_with = "password_text::empty_as_absent")]
    #[validate(required, length(min = crate::PASSWORD_MIN_LENGTH, max = crate::PASSWORD_MAX_LENGTH))]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(min_length = 8, max_length = 256)]
    #[schema(format = Password, example = "newUserPassw0rd!")]
    pub plaintext_password: Option<PasswordText>,
}

/// A change of a user.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"userInfo": {"name": "user12", "email": "user12@example.com"}}))]
pub struct UserChange {
    /// The envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = UserChangeInfo, required = true, nullable = false)]
    pub user_info: Option<UserChangeInfo>,
    /// The envelope under the name that answers give it.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(ignore)]
    user: Option<EchoedUser>,
}

/// What to change about a user; what is left out stays.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UserChangeInfo {
    /// The name to have from now on.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(nullable = false, format = "username", example = "user12")]
    pub name: Option<String>,
    /// The email address to have from now on; null takes it away.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = Option<String>, format = Email)]
    #[schema(example = "user12@example.com")]
    pub email: Option<Option<String>>,
    /// The password to log in with from now on.
    #[serde(default, deserialize_with = "never_null")]
    #[validate(length(min = crate::PASSWORD_MIN_LENGTH, max = crate::PASSWORD_MAX_LENGTH))]
    #[schema(value_type = Option<String>, nullable = false, min_length = 8, max_length = 256)]
    #[schema(format = Password, example = "newUserPassw0rd!")]
    pub plaintext_password: Option<PasswordText>,
    /// The password until now. Checked where it comes with a new one.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(value_type = Option<String>, nullable = false)]
    #[schema(format = Password, example = "oldUserPassw0rd!")]
    pub current_plaintext_password: Option<PasswordText>,
    /// Enable or disable the user. Ignored unless an admin asks.
    #[serde(default, deserialize_with = "never_null")]
    #[schema(nullable = false)]
    pub status: Option<UserStatus>,
    /// The roles to have instead. Ignored unless an admin asks.
    #[serde(default, deserialize_with = "objects")]
    #[schema(nullable = false, max_items = 32)]
    pub roles: Option<Vec<Role>>,
}

/// A user as an answer showed it, sent back changed. What can't be changed is ignored, but read:
/// serde passes over what is `IgnoredAny` also where it is not JSON.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct EchoedUser {
    #[serde(rename = "id")]
    _id: Option<Value>,
    #[serde(rename = "version")]
    _version: Option<Value>,
    #[serde(rename = "createTime")]
    _create_time: Option<Value>,
    #[serde(default, deserialize_with = "never_null")]
    name: Option<String>,
    #[serde(default, deserialize_with = "never_null")]
    email: Option<Option<String>>,
    #[serde(default, deserialize_with = "never_null")]
    plaintext_password: Option<PasswordText>,
    #[serde(default, deserialize_with = "never_null")]
    current_plaintext_password: Option<PasswordText>,
    #[serde(default, deserialize_with = "never_null")]
    status: Option<UserStatus>,
    #[serde(default, deserialize_with = "objects")]
    roles: Option<Vec<Role>>,
}

impl UserChange {
    /// Moves what came under `user`, as answers wrap it, to `user_info`.
    ///
    /// # Errors
    /// When both are there: which one counts would be a guess.
    pub fn normalized(mut self) -> Result<Self, &'static str> {
        match (&self.user_info, self.user.take()) {
            (Some(_), Some(_)) => Err("must not be there beside userInfo"),
            (None, Some(user)) => Ok(Self { user_info: Some(user.into()), user: None }),
            (_, None) => Ok(self),
        }
    }
}

impl From<EchoedUser> for UserChangeInfo {
    fn from(user: EchoedUser) -> Self {
        Self {
            name: user.name,
            email: user.email,
            plaintext_password: user.plaintext_password,
            current_plaintext_password: user.current_plaintext_password,
            status: user.status,
            roles: user.roles,
        }
    }
}
