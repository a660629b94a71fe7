//! Pages of users: filter, order and position.

use jiff::Timestamp;

use super::{
    Status, User,
    email::EmailKey,
    name::{NameKey, NamePrefix},
    role::RoleName,
};
use crate::{user_id::UserId, words::words};

/// A query for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// Which users to include.
    pub filter: UserFilter,
    /// Their order.
    pub order: UserOrder,
    /// The position in that order after which the page starts; none for the first page.
    pub after: Option<Position>,
    /// The most users to return: 1 to [`PAGE_MAX_LENGTH`](crate::limits::PAGE_MAX_LENGTH).
    pub limit: u32,
}

/// A filter of users; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// With this name.
    pub name: Option<NameKey>,
    /// With this email address.
    pub email: Option<EmailKey>,
    /// With a name that starts with this.
    pub name_prefix: Option<NamePrefix>,
    /// With this status.
    pub status: Option<Status>,
    /// With this role, whatever other roles the user has.
    pub role: Option<RoleName>,
}

/// The order of a list of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserOrder {
    /// By id, which is the order of creation.
    Id,
    /// By name, in the comparison form.
    Name,
    /// By creation time, and then by id.
    CreateTime,
}

words!(UserOrder { Id = "id", Name = "name", CreateTime = "createTime" });

/// A position in an order, whether or not a user has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// In order of ids.
    Id(UserId),
    /// In order of names.
    Name(NameKey),
    /// In order of creation times; users of the same second are in order of ids.
    CreateTime(Timestamp, UserId),
}

/// A page of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The users, in their order.
    pub users: Vec<User>,
    /// The position of the last one, if more follow.
    pub next: Option<Position>,
}

impl Position {
    /// The position of a user.
    #[must_use]
    pub fn of(user: &User, order: UserOrder) -> Self {
        match order {
            UserOrder::Id => Self::Id(user.id),
            UserOrder::Name => Self::Name(user.name.key()),
            UserOrder::CreateTime => Self::CreateTime(user.create_time, user.id),
        }
    }
}

impl Page {
    /// The page for `query`, from up to one user more than its limit.
    pub(crate) fn of(mut users: Vec<User>, query: &PageQuery) -> Self {
        let limit = query.limit as usize;
        let is_cut = users.len() > limit;
        users.truncate(limit);
        let last = users.last().filter(|_| is_cut);
        let next = last.map(|user| Position::of(user, query.order));
        Self { users, next }
    }
}
