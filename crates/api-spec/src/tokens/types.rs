//! Bodies of the session tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{password_text::PasswordText, wire::envelope};

/// A login.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"credentials": {"name": "new-user", "password": "newUserPassw0rd!"}}))]
pub struct SessionTokenRequest {
    /// The envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = Credentials, required = true, nullable = false)]
    pub credentials: Option<Credentials>,
}

/// What a user proves who it is with.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The user's name.
    #[serde(default)]
    #[validate(required)]
    #[schema(required = true, nullable = false, example = "new-user")]
    pub name: Option<String>,
    /// The user's password.
    #[serde(default)]
    #[validate(required)]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(format = Password, example = "newUserPassw0rd!")]
    pub password: Option<PasswordText>,
}

/// A session that has just begun, in its envelope.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"sessionToken": {
    "userId": 21,
    "key": "ZHr8mzNFyrEYbCzxZL1Ni6bTzqbSkHSO",
    "token": "A0ro-mDEA0YktXcqk0Dyw8M1b4nBQVvDRF9Y1N3qL7E",
    "admin": false
}}))]
pub struct SessionTokenEnvelope {
    /// The session.
    pub session_token: SessionToken,
}

/// A session that has just begun.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionToken {
    /// The user's id.
    #[schema(minimum = 1)]
    pub user_id: i64,
    /// What requests name the session by, in the header `sessionKey`.
    pub key: String,
    /// What requests are signed with. It is not shown again and never sent back.
    pub token: String,
    /// Whether the user may manage other users.
    pub admin: bool,
}
