//! The query parameters of user lists.

use serde::{Deserialize, Serialize};
use strum::{EnumString, VariantNames};
use utoipa::{IntoParams, ToSchema};

use crate::directory::UserStatus;

/// The parameters of a page. With any of them a list returns one page; without, all users.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "its fields are the document's; the service reads the query itself")]
pub struct PageParameters {
    /// Maximum number of users; the default is 100 if another parameter is present
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i32>,
    /// The `nextPageToken` of the previous page. The other parameters must be the same; only
    /// `limit` may change.
    #[param(min_length = 1)]
    page_token: Option<String>,
    /// Only the user with this name
    #[param(format = "username")]
    name: Option<String>,
    /// Only the user with this email address
    #[param(format = "idn-email")]
    email: Option<String>,
    /// Only users whose names start with this text, ignoring case
    #[param(format = "username-prefix")]
    name_prefix: Option<String>,
    /// Only users with this status
    #[param(inline = false)]
    status: Option<UserStatus>,
    /// Only users with this role
    #[param(pattern = "^[a-zA-Z][a-zA-Z0-9_.:-]{0,63}$")]
    role: Option<String>,
    /// The order of the users; the default is the order of the whole list
    #[param(inline = false)]
    sort: Option<UserSort>,
}

/// The order of users: by `id`, by `name` ignoring case, or by `createTime`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, VariantNames,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum UserSort {
    /// By id.
    Id,
    /// By name.
    Name,
    /// By creation time, then by id.
    CreateTime,
}
