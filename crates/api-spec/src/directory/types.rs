//! Responses of the directory set.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::wire::{enums::UserStatus, present};

/// A user in the directory set.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": 21,
    "version": 3,
    "createTime": "2016-06-02T21:19:07Z",
    "name": "user12",
    "email": "user12@example.com",
    "status": "ENABLED",
    "roles": []
}))]
pub struct User {
    /// The user's id. The id of a deleted user is not used again.
    #[schema(minimum = 1)]
    pub id: i64,
    /// The version of the user. It starts at 0 and grows by one with each change.
    #[schema(minimum = 0)]
    pub version: i64,
    /// When the user was created, in UTC with whole seconds.
    pub create_time: Timestamp,
    /// The user's name.
    pub name: String,
    /// The user's email address; null if the user has none, as after creation in the portal set.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Whether the user may log in.
    pub status: UserStatus,
    /// The user's roles, ordered by name.
    pub roles: Vec<Role>,
}

/// A role of a user. Users with the role `admin` may manage all users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The role's name. Case matters: `Auditor` and `auditor` are two roles. `admin` in any other
    /// case is invalid.
    #[serde(deserialize_with = "role_name")]
    #[schema(format = "role-name", example = "admin")]
    pub name: String,
}

fn role_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    present("name", deserializer)
}

/// The envelope of a user.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserEnvelope {
    /// The user in the envelope.
    pub user: User,
}

/// The envelope of a list of users.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserListEnvelope {
    /// The list in the envelope.
    pub user_list: UserList,
}

/// Users, by default ordered by id.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserList {
    /// The users.
    pub users: Vec<User>,
    /// The `pageToken` of the next page; absent on the last page and without paging.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_page_token: Option<String>,
}
