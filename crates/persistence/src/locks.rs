//! Who waits for whom: locks on PostgreSQL's rows, and the rule that an admin stays.

use diesel::{PgConnection, dsl::exists, prelude::*, select};
use rollcall_domain::{RoleName, Status, User, UserId, WriteError};

use crate::{
    connection::{Connection, on},
    error::Failure,
    schema::{user_roles, users},
};

/// Keeps everybody else from changing the user until the transaction ends; and from changing any
/// admin, if the user is one and might leave as the last. On SQLite a transaction that writes has the
/// whole database to itself.
pub(crate) fn lock(
    connection: &mut Connection<'_>,
    UserId(id): UserId,
    might_leave: bool,
) -> Result<(), Failure> {
    let Connection::Postgres(it) = connection else { return Ok(()) };
    let admins = if might_leave { admin_ids(it)? } else { Vec::new() };
    lock_rows(it, if admins.contains(&id) { admins } else { vec![id] })
}

/// In the order of the ids, always, so that nobody waits in a circle.
fn lock_rows(connection: &mut PgConnection, ids: Vec<i64>) -> Result<(), Failure> {
    let rows = users::table.filter(users::id.eq_any(ids)).order(users::id);
    rows.select(users::id).for_update().load::<i64>(connection)?;
    Ok(())
}

fn admin_ids(connection: &mut PgConnection) -> Result<Vec<i64>, Failure> {
    let admins =
        user_roles::table.filter(user_roles::name.eq(RoleName::admin().as_str().to_owned()));
    Ok(admins.select(user_roles::user_id).load(connection)?)
}

/// Refuses to lose `leaving` as an enabled admin when there is no other one.
pub(crate) fn keep_an_admin(
    connection: &mut Connection<'_>,
    leaving: &User,
) -> Result<(), Failure> {
    if !leaving.is_enabled_admin() {
        return Ok(());
    }
    if let Connection::Postgres(it) = connection {
        // Those too who have become admins since the user was locked.
        let admins = admin_ids(it)?;
        lock_rows(it, admins)?;
    }
    if has_enabled_admin_but(connection, Some(leaving.id))? {
        Ok(())
    } else {
        Err(WriteError::LastAdmin.into())
    }
}

/// Whether anyone but this user may manage users.
pub(crate) fn has_enabled_admin_but(
    connection: &mut Connection<'_>,
    but: Option<UserId>,
) -> Result<bool, Failure> {
    let others = users::table
        .inner_join(user_roles::table)
        .filter(user_roles::name.eq(RoleName::admin().as_str().to_owned()))
        .filter(users::status.eq(Status::Enabled.as_str()))
        // No user has a negative id.
        .filter(users::id.ne(but.map_or(-1, |id| id.0)));
    Ok(on!(connection, it => select(exists(others)).get_result(it)?))
}
