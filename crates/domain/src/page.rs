//! Some users at a time: which of them, in what order, from where on.

use jiff::Timestamp;

use crate::{EmailKey, NameKey, NamePrefix, RoleName, Status, User, UserId, UserOrder};

/// The most users that a page may have.
pub const PAGE_MAX_LENGTH: u32 = 1000;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// Which users.
    pub filter: UserFilter,
    /// In what order.
    pub order: UserOrder,
    /// Behind which place in that order; from the beginning if none.
    pub after: Option<Position>,
    /// How many at most: 1 to [`PAGE_MAX_LENGTH`].
    pub limit: u32,
}

/// Which users are meant: those to whom all that is said applies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// With this name.
    pub name: Option<NameKey>,
    /// With this email address.
    pub email: Option<EmailKey>,
    /// With a name that begins like this.
    pub name_prefix: Option<NamePrefix>,
    /// With this status.
    pub status: Option<Status>,
    /// With this role, maybe among others.
    pub role: Option<RoleName>,
}

/// A place in an order, whether a user stands there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// In the order of ids.
    Id(UserId),
    /// In the order of names.
    Name(NameKey),
    /// In the order of times, users of one second in that of their ids.
    CreateTime(Timestamp, UserId),
}

/// Some users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The users, in their order.
    pub users: Vec<User>,
    /// The place of the last of them, if more follow.
    pub next: Option<Position>,
}

impl Position {
    /// The place of a user.
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
    /// The page that `query` asks for, from as many users as it asks for and one more.
    pub(crate) fn of(mut users: Vec<User>, query: &PageQuery) -> Self {
        let limit = query.limit as usize;
        let is_cut = users.len() > limit;
        users.truncate(limit);
        let last = users.last().filter(|_| is_cut);
        let next = last.map(|user| Position::of(user, query.order));
        Self { users, next }
    }
}
