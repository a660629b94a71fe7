//! Request and response bodies of API keys.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::wire::{empty_as_absent, enums::KeyScope, envelope, password_text::PasswordText};

/// The envelope of a request for a key.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"keyInfo": {
    "name": "nightly backup",
    "scopes": ["users:read"],
    "expireTime": "2030-01-31T00:00:00Z"
}}))]
pub struct KeyCreation {
    /// The key in the envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = KeyInfo, required = true, nullable = false)]
    pub key_info: Option<KeyInfo>,
}

/// A key to make.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyInfo {
    /// The name, for people. Several keys may have the same name.
    #[serde(default, deserialize_with = "empty_as_absent")]
    #[validate(required)]
    #[schema(required = true, nullable = false, format = "key-name")]
    #[schema(example = "nightly backup")]
    pub name: Option<String>,
    /// What the key permits, as far as its user may do it; at least one.
    #[serde(default)]
    #[validate(required)]
    #[schema(required = true, nullable = false, min_items = 1)]
    pub scopes: Option<Vec<KeyScope>>,
    /// When the key expires, in the future; a key without it never expires. A fraction of a second
    /// counts as a whole one.
    #[schema(format = DateTime, example = "2030-01-31T00:00:00Z")]
    pub expire_time: Option<String>,
    /// The current password of the caller. Required over a session. It is checked whenever it is
    /// sent.
    #[schema(value_type = Option<String>)]
    #[schema(format = Password, example = "oldUserPassw0rd!")]
    pub current_plaintext_password: Option<PasswordText>,
}

/// An API key of a user, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": 3_518_437_208_883_201_i64,
    "name": "nightly backup",
    "prefix": "rck_4fZ9Qm2x",
    "scopes": ["users:read"],
    "createTime": "2026-11-28T02:00:10Z",
    "expireTime": "2030-01-31T00:00:00Z",
    "lastUseTime": null
}))]
pub struct ApiKey {
    /// Identifies the key when it is ended.
    #[schema(format = "session-id")]
    pub id: i64,
    /// The name that the key was given.
    pub name: String,
    /// The first characters of the secret.
    pub prefix: String,
    /// What the key permits.
    pub scopes: Vec<KeyScope>,
    /// When the key was made, in UTC with whole seconds.
    pub create_time: Timestamp,
    /// When the key expires, in UTC with whole seconds; null if never.
    #[schema(required = true)]
    pub expire_time: Option<Timestamp>,
    /// When the key was last used, accurate to the minute, in UTC with whole seconds; null if
    /// never.
    #[schema(required = true)]
    pub last_use_time: Option<Timestamp>,
}

/// The envelope of a new key, with its secret.
#[derive(Serialize, ToSchema)]
pub struct NewKeyEnvelope {
    /// The key in the envelope.
    pub key: ApiKey,
    /// The secret, which authenticates requests. It is not shown again: `rck_`, 43 random letters
    /// and digits, and a checksum of 6.
    #[schema(pattern = "^rck_[0-9A-Za-z]{49}$")]
    pub secret: String,
}

/// The envelope of a list of keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyListEnvelope {
    /// The list in the envelope.
    pub key_list: KeyList,
}

/// Keys, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyList {
    /// The keys.
    pub keys: Vec<ApiKey>,
}
