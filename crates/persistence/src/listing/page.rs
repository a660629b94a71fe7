//! Pages of users, read by key from a position on.

use diesel::{
    dsl::sql,
    prelude::*,
    result::QueryResult,
    sql_types::{BigInt, Bool},
};
use rollcall_domain::{PageQuery, Position, Status, StoreError, User, UserFilter, UserOrder};

use crate::{
    engine::{Connection, on},
    error::Failure,
    rows::{
        roles::{RoleRow, RolesById},
        user::ShownRow,
    },
    schema::{user_roles, users},
};

/// Adds the filter, order and position of `$query` to `$users` and loads the page. A filter by role
/// reads the roles first, whose index is in the order of `$id`.
macro_rules! load {
    ($users:expr, $id:expr, $query:expr, $connection:expr) => {{
        let PageQuery { filter, order, after, limit } = $query;
        let mut page =
            $users.select(ShownRow::as_select()).limit(i64::from(*limit) + 1).into_boxed();
        if let Some(name) = &filter.name {
            page = page.filter(users::name_key.eq(name.as_str()));
        }
        if let Some(email) = &filter.email {
            page = page.filter(users::email_key.eq(email.as_str()));
        }
        if let Some(prefix) = &filter.name_prefix {
            page = page.filter(users::name_key.ge(prefix.as_str().to_owned()));
            if let Some(end) = prefix.end() {
                page = page.filter(users::name_key.lt(end));
            }
        }
        page = match filter.status {
            // A literal, not a parameter: a parameter would keep the partial index of disabled
            // users from being used.
            Some(Status::Disabled) => page.filter(sql::<Bool>("users.status = 'DISABLED'")),
            Some(Status::Enabled) => page.filter(users::status.eq(Status::Enabled.as_str())),
            None => page,
        };
        page = match after {
            Some(Position::Id(id)) => page.filter($id.gt(id.0)),
            Some(Position::Name(key)) => page.filter(users::name_key.gt(key.as_str())),
            Some(Position::CreateTime(time, id)) => page.filter(
                // A row comparison, so that a second in which many users were made is not read from
                // its start.
                sql::<Bool>("(users.create_time, users.id) > (")
                    .bind::<BigInt, _>(time.as_second())
                    .sql(", ")
                    .bind::<BigInt, _>(id.0)
                    .sql(")"),
            ),
            None => page,
        };
        page = match order {
            UserOrder::Id => page.order($id),
            UserOrder::Name => page.order(users::name_key),
            UserOrder::CreateTime => page.order((users::create_time, users::id)),
        };
        page.load::<ShownRow>($connection)?
    }};
}

/// The users that `query` selects, and one more if there is one.
pub(crate) fn page(
    connection: &mut Connection<'_>,
    query: &PageQuery,
) -> Result<Vec<User>, Failure> {
    let rows = on!(connection, it => {
        if let Some(role) = &query.filter.role {
            let with_role = users::table.inner_join(user_roles::table);
            let with_role = with_role.filter(user_roles::name.eq(role.as_str()));
            load!(with_role, user_roles::user_id, query, it)
        } else {
            load!(users::table, users::id, query, it)
        }
    });
    let mut roles = RolesById::new(roles_of(connection, query, &rows)?);
    let users = rows.into_iter().map(|row| {
        let roles = roles.take(row.id);
        row.user(roles)
    });
    Ok(users.collect::<Result<_, StoreError>>()?)
}

/// The roles of the users of a page.
fn roles_of(
    connection: &mut Connection<'_>,
    query: &PageQuery,
    rows: &[ShownRow],
) -> QueryResult<Vec<RoleRow<'static>>> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    // No other user is between these. SQLite would prepare a statement with a list of ids for each
    // page.
    if query.order == UserOrder::Id && query.filter == UserFilter::default() {
        let roles = user_roles::table.filter(user_roles::user_id.between(first.id, last.id));
        return on!(connection, inside => roles.select(RoleRow::as_select()).load(inside));
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let roles = user_roles::table.filter(user_roles::user_id.eq_any(&ids));
    on!(connection, inside => roles.select(RoleRow::as_select()).load(inside))
}
