//! Locks on PostgreSQL's rows, and the rule that an enabled admin must remain.

use diesel::{
    PgConnection,
    dsl::exists,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::Error as DieselError,
    select,
    sql_types::{Array, BigInt},
};
use rollcall_domain::{
    Claim, RoleName, Status, User, UserId, WriteError, key::KeyId, session::SessionKey,
};

use crate::{
    engine::{Connection, on},
    error::Failure,
    recheck::{Scope, session_owner},
    schema::{api_keys, sessions, user_roles, users},
};

/// Locks what a write changes, and what its caller has proved, until the transaction ends. If the
/// changed user is an admin and might be the last to leave, all admins are locked. On SQLite a
/// writing transaction has the whole database to itself.
///
/// Only `quick_update` shares rows: the caller's, its session and its API key. PostgreSQL lets
/// transactions that share a row overtake one that waits to change it, so an admin who keeps
/// writing could not be demoted: see [`queue_for`].
pub(crate) fn lock(
    connection: &mut Connection<'_>,
    scope: &Scope,
    claim: Option<&Claim>,
) -> Result<(), Failure> {
    let Connection::Postgres(it) = connection else { return Ok(()) };
    let mut users: Vec<_> = claim.iter().map(|claim| claim.user().0).collect();
    let mut sessions: Vec<_> = claim.and_then(Claim::session).into_iter().collect();
    match scope {
        Scope::Nothing => {}
        Scope::User(UserId(id)) => users.push(*id),
        Scope::LeavingUser(UserId(id)) => {
            let admins = admin_ids(it)?;
            users.extend(if admins.contains(id) { admins } else { vec![*id] });
        }
        // The owner too: uses of a session that share its row overtake as well.
        Scope::Session(key) => {
            users.extend(session_owner(&mut Connection::Postgres(it), key)?.map(|id| id.0));
            sessions.push(key);
        }
    }
    users.sort_unstable();
    users.dedup();
    queue_for(connection, &users)?;
    let Connection::Postgres(it) = connection else { return Ok(()) };
    lock_rows(it, users)?;
    lock_sessions(it, &sessions)?;
    claim.and_then(Claim::key).map_or(Ok(()), |key| lock_key(it, key))
}

/// After the users and the sessions, which prevents deadlocks. No transaction locks two keys but
/// one that has locked their user.
fn lock_key(connection: &mut PgConnection, KeyId(id): KeyId) -> Result<(), Failure> {
    let row = api_keys::table.find(id).select(api_keys::id);
    row.for_update().load::<i64>(connection)?;
    Ok(())
}

/// Keeps transactions that share the rows of these users, in the order of their ids, from
/// overtaking this one. They take such a lock as well, shared, and only if it is free.
pub(crate) fn queue_for(connection: &mut Connection<'_>, users: &[i64]) -> Result<(), Failure> {
    if let Connection::Postgres(it) = connection
        && !users.is_empty()
    {
        Queue(users).execute(*it)?;
    }
    Ok(())
}

/// The locks are the negative ids, which no other lock has.
struct Queue<'a>(&'a [i64]);

impl QueryFragment<Pg> for Queue<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> Result<(), DieselError> {
        out.push_sql("SELECT pg_advisory_xact_lock(-id) FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.0)?;
        out.push_sql(") AS id");
        Ok(())
    }
}

impl QueryId for Queue<'_> {
    type QueryId = Queue<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<PgConnection> for Queue<'_> {}

/// Always in the order of the keys, and after the users, which prevents deadlocks.
fn lock_sessions(connection: &mut PgConnection, keys: &[&SessionKey]) -> Result<(), Failure> {
    if keys.is_empty() {
        return Ok(());
    }
    let keys = keys.iter().map(|key| key.as_str());
    let rows = sessions::table.filter(sessions::key.eq_any(keys)).order(sessions::key);
    rows.select(sessions::user_id).for_update().load::<i64>(connection)?;
    Ok(())
}

/// Always in the order of the ids, which prevents deadlocks.
fn lock_rows(connection: &mut PgConnection, ids: Vec<i64>) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = users::table.filter(users::id.eq_any(ids)).order(users::id);
    rows.select(users::id).for_update().load::<i64>(connection)?;
    Ok(())
}

fn admin_ids(connection: &mut PgConnection) -> Result<Vec<i64>, Failure> {
    let admins =
        user_roles::table.filter(user_roles::name.eq(RoleName::admin().as_str().to_owned()));
    Ok(admins.select(user_roles::user_id).load(connection)?)
}

/// Fails if `leaving` is the last enabled admin.
pub(crate) fn keep_an_admin(
    connection: &mut Connection<'_>,
    leaving: &User,
) -> Result<(), Failure> {
    if !leaving.is_enabled_admin() {
        return Ok(());
    }
    if let Connection::Postgres(it) = connection {
        // Also users who have become admins since the user was locked.
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
