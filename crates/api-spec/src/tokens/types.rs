//! Request and response bodies of the token operations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::wire::{envelope, password_text::PasswordText};

/// A log-in.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"credentials": {"name": "new-user", "password": "newUserPassw0rd!"}}))]
pub struct SessionTokenRequest {
    /// The credentials in the envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = Credentials, required = true, nullable = false)]
    pub credentials: Option<Credentials>,
}

/// The name and password of a user.
#[derive(Default, Deserialize, ToSchema, Validate)]
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

/// The envelope of a new session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"sessionToken": {
    "userId": 21,
    "key": "ZHr8mzNFyrEYbCzxZL1Ni6bTzqbSkHSO",
    "token": "A0ro-mDEA0YktXcqk0Dyw8M1b4nBQVvDRF9Y1N3qL7E",
    "admin": false
}}))]
pub struct SessionTokenEnvelope {
    /// The session in the envelope.
    pub session_token: SessionToken,
}

/// A new session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionToken {
    /// The id of the user.
    #[schema(minimum = 1)]
    pub user_id: i64,
    /// Identifies the session in the header `sessionKey` of signed requests.
    pub key: String,
    /// The secret that signs requests. It is not shown again, and clients never send it.
    pub token: String,
    /// Whether the user may manage other users.
    pub admin: bool,
}
