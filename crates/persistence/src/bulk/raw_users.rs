//! Raw rows of users, read and written a page at a time.

use diesel::{dsl::exists, prelude::*, result::Error as DieselError, select};

use crate::{
    engine::{Connection, on},
    migrations::history::has_table,
    rows::{
        roles::{self, RoleRow, RolesById},
        user::UserRow,
    },
    schema::{user_roles, users},
};

/// How many users one statement reads or writes. With all columns of each, that is far below the
/// limits on values in a statement: 32766 on SQLite, 65535 on PostgreSQL.
pub(crate) const USERS_AT_ONCE: u16 = 500;

/// Some users in the order of their ids, and all their roles.
pub(crate) struct Page {
    pub(crate) users: Vec<UserRow>,
    pub(crate) roles: RolesById,
}

/// The users with the ids that follow; none when there are no more.
pub(crate) fn page_after(
    connection: &mut Connection<'_>,
    id: Option<i64>,
) -> Result<Option<Page>, DieselError> {
    let next = users::table
        .filter(users::id.gt(id.unwrap_or(i64::MIN)))
        .order(users::id)
        .limit(USERS_AT_ONCE.into());
    let users: Vec<UserRow> =
        on!(connection, inside => next.select(UserRow::as_select()).load(inside)?);
    let (Some(first), Some(last)) = (users.first(), users.last()) else { return Ok(None) };
    // Roles may be left whose user was deleted by hand in SQL.
    let roles = user_roles::table
        .inner_join(users::table)
        .filter(user_roles::user_id.between(first.id(), last.id()))
        .order((user_roles::user_id, user_roles::name));
    let roles = on!(connection, inside => roles.select(RoleRow::as_select()).load(inside)?);
    Ok(Some(Page { users, roles: RolesById::new(roles) }))
}

/// Writes users that do not exist yet.
pub(crate) fn insert(connection: &mut Connection<'_>, page: &Page) -> Result<(), DieselError> {
    let users = diesel::insert_into(users::table).values(&page.users);
    on!(connection, inside => users.execute(inside)?);
    roles::insert(connection, page.roles.rows())
}

/// How many users there are, and how many roles they have in total.
pub(crate) fn counts(connection: &mut Connection<'_>) -> Result<(usize, usize), DieselError> {
    let roles = user_roles::table.inner_join(users::table).count();
    let counts: [i64; 2] = on!(connection, inside => {
        [users::table.count().get_result(inside)?, roles.get_result(inside)?]
    });
    let [users, roles] = counts.map(|count| usize::try_from(count).unwrap_or_default());
    Ok((users, roles))
}

/// Whether there is any user.
pub(crate) fn has_users(connection: &mut Connection<'_>) -> Result<bool, DieselError> {
    let any = select(exists(users::table.select(users::id)));
    on!(connection, inside => any.get_result(inside))
}

/// Whether there is any user, in a database that may be of another release, or no store.
pub(crate) fn has_users_of_any_release(
    connection: &mut Connection<'_>,
) -> Result<bool, DieselError> {
    Ok(has_table(connection, "users")? && has_users(connection)?)
}
