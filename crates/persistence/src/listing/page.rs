//! Pages of users, read by key from a position on.

use std::ops::Bound;

use diesel::{
    PgConnection,
    dsl::sql,
    prelude::*,
    result::QueryResult,
    sql_types::{BigInt, Bool},
};
use rollcall_domain::{
    NamePrefix, PageQuery, Position, RoleName, Status, StoreError, User, UserFilter, UserOrder,
};

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
        page = match first_name($query) {
            Bound::Included(name) => page.filter(users::name_key.ge(name)),
            Bound::Excluded(name) => page.filter(users::name_key.gt(name)),
            Bound::Unbounded => page,
        };
        if let Some(end) = filter.name_prefix.as_ref().and_then(NamePrefix::end) {
            page = page.filter(users::name_key.lt(end));
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
            Some(Position::CreateTime(time, id)) => page.filter(
                // A row comparison, so that a second in which many users were made is not read from
                // its start.
                sql::<Bool>("(users.create_time, users.id) > (")
                    .bind::<BigInt, _>(time.as_second())
                    .sql(", ")
                    .bind::<BigInt, _>(id.0)
                    .sql(")"),
            ),
            // Its names begin there already.
            Some(Position::Name(_)) | None => page,
        };
        page = match order {
            UserOrder::Id => page.order($id),
            UserOrder::Name => page.order(users::name_key),
            UserOrder::CreateTime => page.order((users::create_time, users::id)),
        };
        page.load::<ShownRow>($connection)?
    }};
}

/// Where the names of a page begin. This is one bound, because of two a database may take the lower
/// one, and read everything from there on.
fn first_name(PageQuery { filter, after, .. }: &PageQuery) -> Bound<&str> {
    let prefix = filter.name_prefix.as_ref().map(NamePrefix::as_str);
    let after = match after {
        Some(Position::Name(key)) => Some(key.as_str()),
        _ => None,
    };
    match (prefix, after) {
        (Some(prefix), after) if after.is_none_or(|after| after < prefix) => {
            Bound::Included(prefix)
        }
        (_, Some(after)) => Bound::Excluded(after),
        (_, None) => Bound::Unbounded,
    }
}

/// The users that `query` selects, and one more if there is one.
pub(crate) fn page(
    connection: &mut Connection<'_>,
    query: &PageQuery,
) -> Result<Vec<User>, Failure> {
    let alone = UserFilter { role: None, ..query.filter.clone() } == UserFilter::default();
    let rows = match (&mut *connection, &query.filter.role) {
        (Connection::Postgres(it), Some(role)) if alone && query.order == UserOrder::Id => {
            with_role(it, role, query)?
        }
        _ => filtered(connection, query)?,
    };
    let mut roles = RolesById::new(roles_of(connection, query, &rows)?);
    let users = rows.into_iter().map(|row| {
        let roles = roles.take(row.id);
        row.user(roles)
    });
    Ok(users.collect::<Result<_, StoreError>>()?)
}

/// The users with a role, by their ids. PostgreSQL would join all users with the holders of the
/// role, from the first on, once it keeps a plan for every role.
fn with_role(
    connection: &mut PgConnection,
    role: &RoleName,
    query: &PageQuery,
) -> QueryResult<Vec<ShownRow>> {
    let after = match query.after {
        Some(Position::Id(id)) => id.0,
        _ => 0,
    };
    let holders = user_roles::table
        .filter(user_roles::name.eq(role.as_str()).and(user_roles::user_id.gt(after)))
        .order(user_roles::user_id)
        .limit(i64::from(query.limit) + 1);
    let ids: Vec<i64> = holders.select(user_roles::user_id).load(connection)?;
    let users = users::table.filter(users::id.eq_any(ids)).order(users::id);
    users.select(ShownRow::as_select()).load(connection)
}

/// The users that match the whole filter, in their order.
fn filtered(connection: &mut Connection<'_>, query: &PageQuery) -> QueryResult<Vec<ShownRow>> {
    Ok(on!(connection, it => {
        if let Some(role) = &query.filter.role {
            let with_role = users::table.inner_join(user_roles::table);
            let with_role = with_role.filter(user_roles::name.eq(role.as_str()));
            load!(with_role, user_roles::user_id, query, it)
        } else {
            load!(users::table, users::id, query, it)
        }
    }))
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

#[cfg(test)]
mod tests {
    use rollcall_domain::Username;

    use super::*;

    /// Where the names of a page begin that follows this name.
    fn after(name: Option<&str>, prefix: Option<&str>) -> Bound<String> {
        let name_prefix = prefix.map(|prefix| NamePrefix::parse(prefix).unwrap());
        let filter = UserFilter { name_prefix, ..UserFilter::default() };
        let after = name.map(|name| Position::Name(Username::parse(name).unwrap().key()));
        let query = PageQuery { filter, order: UserOrder::Name, after, limit: 1 };
        first_name(&query).map(ToOwned::to_owned)
    }

    #[test]
    fn names_begin_at_the_higher_of_two_bounds() {
        let excluded = |name: &str| Bound::Excluded(name.to_owned());
        let prefix = Bound::Included("ab".to_owned());
        assert_eq!(after(None, None), Bound::Unbounded);
        assert_eq!(after(Some("abc"), None), excluded("abc"));
        assert_eq!(after(None, Some("ab")), prefix);
        assert_eq!(after(Some("aa"), Some("ab")), prefix);
        for name in ["ab", "abc", "b"] {
            assert_eq!(after(Some(name), Some("ab")), excluded(name));
        }
    }
}
