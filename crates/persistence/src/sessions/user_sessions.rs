//! The sessions of one user: read, and ended.

use diesel::prelude::*;
use rollcall_domain::{
    UserId, UserRef,
    audit::{AuditSubject, Event},
    session::{Session, SessionId, SessionKey},
};

use crate::{
    audit::record,
    engine::{Connection, on},
    error::Failure,
    look_ups::{find, require},
    recheck::CheckedActor,
    rows::session::SessionRow,
    schema::sessions,
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
    Ok(Some(rows.iter().map(SessionRow::session).collect::<Result<_, _>>()?))
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
    let of_user = sessions::table.filter(sessions::user_id.eq(user.id.0));
    let mut keys: Vec<String> = if let Some(SessionId(id)) = only {
        let row = diesel::delete(of_user.filter(sessions::id.eq(id))).returning(sessions::key);
        on!(connection, inside => row.load(inside)?)
    } else {
        let rows = diesel::delete(of_user).returning(sessions::key);
        on!(connection, inside => rows.load(inside)?)
    };
    if keys.is_empty() {
        return Ok(0);
    }
    keys.sort_unstable();
    let keys: Vec<_> = keys.iter().map(|key| SessionKey::of(key)).collect();
    let target = AuditSubject { id: user.id, name: user.name.to_string() };
    record(connection, by, Event::sessions_ended(target, &keys))?;
    Ok(keys.len())
}
