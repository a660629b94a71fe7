//! Request and response bodies of the operations on reset codes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::wire::{
    envelope,
    password_text::{self, PasswordText},
};

/// The envelope of a new reset code.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"resetCode": {
    "code": "7K3M-Q0ZT-V9XD-2HWB-E5RJ-8NCP-Y1GA",
    "expireTime": "2026-11-28T17:24:00Z"
}}))]
pub struct ResetCodeEnvelope {
    /// The code in the envelope.
    pub reset_code: ResetCode,
}

/// A new reset code.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetCode {
    /// The code. It is not shown again.
    pub code: String,
    /// When the code expires, in UTC with whole seconds.
    pub expire_time: Timestamp,
}

/// The envelope of a redemption.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"resetCode": {
    "code": "7K3M-Q0ZT-V9XD-2HWB-E5RJ-8NCP-Y1GA",
    "plaintextPassword": "newUserPassw0rd!"
}}))]
pub struct ResetCodeRedemption {
    /// The code and the password in the envelope.
    #[serde(default, deserialize_with = "envelope")]
    #[schema(value_type = ResetCodeInfo, required = true, nullable = false)]
    pub reset_code: Option<ResetCodeInfo>,
}

/// A reset code, and the password that it sets.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResetCodeInfo {
    /// The code. Case, hyphens and spaces do not matter.
    #[serde(default, deserialize_with = "password_text::empty_as_absent")]
    #[validate(required)]
    #[schema(value_type = Option<String>, required = true, nullable = false, min_length = 1)]
    #[schema(example = "7K3M-Q0ZT-V9XD-2HWB-E5RJ-8NCP-Y1GA")]
    pub code: Option<PasswordText>,
    /// The new password: any characters, but not a common password or the name.
    #[serde(default, deserialize_with = "password_text::empty_as_absent")]
    #[validate(required)]
    #[schema(value_type = Option<String>, required = true, nullable = false)]
    #[schema(format = "new-password", example = "newUserPassw0rd!")]
    pub plaintext_password: Option<PasswordText>,
}
