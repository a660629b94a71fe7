//! The sessions of one user: read, and ended.

use diesel::prelude::*;
use rollcall_domain::{
    UserId, UserRef,
    audit::{Event, Target},
    session::{Session, SessionId, SessionKey},
};

use crate::{
    audit::record,
    engine::{Connection, on},
    error::Failure,
    recheck::CheckedActor,
    rows::user::{SessionRow, session},
    schema::sessions,
    store::{find, require},
};

/// The sessions of the user that `target` means, the last used first; none when there is no such
/// user.
pub(crate) fn of_user(
    connection: &mut Connection<'_>,
    target: &UserRef,
) -> Result<Option<Vec<Session>>, Failure> {
    let Some(account) = find(connection, target)? else { return Ok(None) };
    let rows = sessions::table
        .filter(sessions::user_id.eq(account.user.id.0))
        .order((sessions::last_active.desc(), sessions::id));
    let rows = on!(connection, it => rows.select(SessionRow::as_select()).load(it)?);
    Ok(Some(rows.iter().map(session).collect::<Result<_, _>>()?))
}

/// Ends every session of the user with this id, which is locked, or `only` the one with this id,
/// and returns how many that were.
pub(crate) fn end(
    connection: &mut Connection<'_>,
    id: UserId,
    only: Option<SessionId>,
    by: &CheckedActor<'_>,
) -> Result<usize, Failure> {
    let user = require(connection, id)?.user;
    let mut keys = remove(connection, user.id.0, only)?;
    if keys.is_empty() {
        return Ok(0);
    }
    keys.sort_unstable();
    let keys: Vec<_> = keys.iter().map(|key| SessionKey::of(key)).collect();
    let target = Target { id: user.id, name: user.name.to_string() };
    record(connection, by, Event::sessions_ended(target, &keys))?;
    Ok(keys.len())
}

/// Removes the rows and returns their keys.
fn remove(
    connection: &mut Connection<'_>,
    user_id: i64,
    only: Option<SessionId>,
) -> Result<Vec<String>, Failure> {
    let of_user = sessions::user_id.eq(user_id);
    Ok(match only {
        Some(id) => on!(connection, it => {
            let rows = sessions::table.filter(of_user).filter(sessions::id.eq(id.0));
            diesel::delete(rows).returning(sessions::key).load(it)?
        }),
        None => on!(connection, it => {
            let rows = sessions::table.filter(of_user);
            diesel::delete(rows).returning(sessions::key).load(it)?
        }),
    })
}
