//! Raw rows of users, read and written a page at a time.

use diesel::{dsl::exists, prelude::*, result::Error as DieselError, select};

use crate::engine::dedicated::Database;
use crate::{
    engine::on,
    schema::{user_roles, users},
};

/// How many users are read and written at a time. Ten columns each stay far below the limits on
/// values in a statement: 32766 on SQLite, 65535 on PostgreSQL.
const PAGE: i64 = 500;

/// How many roles are written at a time.
const ROLES_AT_ONCE: usize = 5000;

/// One row of `users`, every column as it is.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub(crate) struct RawUser {
    pub(crate) id: i64,
    pub(crate) version: i64,
    pub(crate) create_time: i64,
    pub(crate) name: String,
    pub(crate) name_key: String,
    pub(crate) name_skeleton: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) email_key: Option<String>,
    pub(crate) status: String,
    pub(crate) password_hash: String,
    pub(crate) password_version: i64,
}

/// One row of `user_roles`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = user_roles)]
pub(crate) struct RawRole {
    pub(crate) user_id: i64,
    pub(crate) name: String,
}

/// Some users in the order of their ids, and all their roles in the same order.
pub(crate) struct Page {
    pub(crate) users: Vec<RawUser>,
    pub(crate) roles: Vec<RawRole>,
}

impl Database {
    /// The users with the ids that follow; none when there are no more.
    pub(crate) fn page_after(&mut self, id: Option<i64>) -> Result<Option<Page>, DieselError> {
        let following = users::id.gt(id.unwrap_or(i64::MIN));
        let users: Vec<RawUser> = on!(&mut self.connection(), it => {
            let next = users::table.filter(following).order(users::id).limit(PAGE);
            next.select(RawUser::as_select()).load(it)?
        });
        let (Some(first), Some(last)) = (users.first(), users.last()) else { return Ok(None) };
        // Roles may be left whose user was deleted by hand in SQL.
        let theirs = user_roles::table
            .inner_join(users::table)
            .filter(user_roles::user_id.between(first.id, last.id))
            .order((user_roles::user_id, user_roles::name));
        let roles = on!(&mut self.connection(), it => {
            theirs.select(RawRole::as_select()).load(it)?
        });
        Ok(Some(Page { users, roles }))
    }

    /// Writes users that do not exist yet.
    pub(crate) fn insert(&mut self, page: &Page) -> Result<(), DieselError> {
        let users = diesel::insert_into(users::table).values(&page.users);
        on!(&mut self.connection(), it => users.execute(it)?);
        for roles in page.roles.chunks(ROLES_AT_ONCE) {
            let roles = diesel::insert_into(user_roles::table).values(roles);
            on!(&mut self.connection(), it => roles.execute(it)?);
        }
        Ok(())
    }

    /// How many users there are, and how many roles they have in total.
    pub(crate) fn counts(&mut self) -> Result<(usize, usize), DieselError> {
        let roles = user_roles::table.inner_join(users::table).count();
        let counts: [i64; 2] = on!(&mut self.connection(), it => {
            [users::table.count().get_result(it)?, roles.get_result(it)?]
        });
        let [users, roles] = counts.map(|count| usize::try_from(count).unwrap_or_default());
        Ok((users, roles))
    }

    /// Whether there is any user.
    pub(crate) fn has_users(&mut self) -> Result<bool, DieselError> {
        let any = select(exists(users::table.select(users::id)));
        on!(&mut self.connection(), it => any.get_result(it))
    }
}
