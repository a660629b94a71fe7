//! The query parameters of lists.

use std::{fmt::Display, str::FromStr};

use rollcall_domain::limits::{LARGEST_NUMBER, PAGE_MAX_LENGTH};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::IntoParams;

use crate::wire::enums::{AuditAction, UserSort, UserStatus};

/// The parameters of a page of users. With any of them a list returns one page; without, all users.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// Maximum number of users; the default is 100 if another parameter is present
    #[serde(default, deserialize_with = "page_limit")]
    #[param(value_type = Option<i32>, format = "page-limit")]
    pub limit: Option<u32>,
    /// The `nextPageToken` of the previous page. The other parameters must be the same; only
    /// `limit` may change.
    #[param(min_length = 1)]
    pub page_token: Option<String>,
    /// Only the user with this name
    #[param(format = "username")]
    pub name: Option<String>,
    /// Only the user with this email address
    #[param(format = "idn-email")]
    pub email: Option<String>,
    /// Only users whose names start with this text, ignoring case
    #[param(format = "username-prefix")]
    pub name_prefix: Option<String>,
    /// Only users with this status
    #[param(inline = false)]
    pub status: Option<UserStatus>,
    /// Only users with this role
    #[param(format = "role-name")]
    pub role: Option<String>,
    /// The order of the users; the default is the order of the whole list
    #[param(inline = false)]
    pub sort: Option<UserSort>,
}

/// The parameters of a page of the audit log.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AuditParameters {
    /// Maximum number of entries; the default is 100
    #[serde(default, deserialize_with = "page_limit")]
    #[param(value_type = Option<i32>, format = "page-limit")]
    pub limit: Option<u32>,
    /// The `nextPageToken` of the previous page. The other parameters must be the same; only
    /// `limit` may change.
    #[param(min_length = 1)]
    pub page_token: Option<String>,
    /// Only entries about the user with this id, who may have been deleted
    #[serde(default, deserialize_with = "user_id")]
    #[param(minimum = 1)]
    pub user_id: Option<i64>,
    /// Only entries about what the user with this id did
    #[serde(default, deserialize_with = "user_id")]
    #[param(minimum = 1)]
    pub actor_id: Option<i64>,
    /// Only entries with this action
    #[param(inline = false)]
    pub action: Option<AuditAction>,
    /// Only entries of this time or later, such as `2026-11-28T16:24:00Z`; without a zone in UTC
    #[param(format = DateTime)]
    pub since: Option<String>,
    /// Only entries before this time, in the same form
    #[param(format = DateTime)]
    pub until: Option<String>,
}

fn page_limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    whole_number(deserializer, PAGE_MAX_LENGTH).map(Some)
}

fn user_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    whole_number(deserializer, LARGEST_NUMBER).map(Some)
}

/// Reads a number from 1 to `highest`.
fn whole_number<'de, D, T>(deserializer: D, highest: T) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Copy + Display + From<u8> + FromStr + PartialOrd,
{
    let number = String::deserialize(deserializer)?.parse().ok();
    number
        .filter(|number| (T::from(1)..=highest).contains(number))
        .ok_or_else(|| D::Error::custom(format_args!("must be a whole number from 1 to {highest}")))
}
