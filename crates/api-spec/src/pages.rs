//! What either set takes to answer with some of its users instead of all.

use serde::{Deserialize, Serialize};
use strum::{EnumString, VariantNames};
use utoipa::{IntoParams, ToSchema};

use crate::directory::UserStatus;

/// The parameters of a page. Any of them makes the answer a page; without them it is every user.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "its fields are the document's; the service reads the query itself")]
pub struct PageParameters {
    /// How many users at most; 100 if something else asks for a page
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i32>,
    /// Go on where another page ended: its `nextPageToken`, with the same parameters but `limit`
    #[param(min_length = 1)]
    page_token: Option<String>,
    /// Only the user with this name
    #[param(format = "username")]
    name: Option<String>,
    /// Only the user with this email address
    #[param(format = "idn-email")]
    email: Option<String>,
    /// Only users whose names begin like this, in any case
    #[param(format = "username-prefix")]
    name_prefix: Option<String>,
    /// Only users with this status
    #[param(inline = false)]
    status: Option<UserStatus>,
    /// Only users with this role
    #[param(pattern = "^[a-zA-Z][a-zA-Z0-9_.:-]{0,63}$")]
    role: Option<String>,
    /// What to order by
    #[param(inline = false)]
    sort: Option<UserSort>,
}

/// What users are ordered by: their ids, their names without regard to case, or the times at which
/// they were made.
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
    /// By the time at which they were made, then by id.
    CreateTime,
}
