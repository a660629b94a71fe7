//! Changes of users, and what ends with them.

use diesel::prelude::*;
use rollcall_domain::{
    Account, NameRule, NameSkeleton, User, UserChange, UserId, Username, WriteError,
    audit::{ActorContext, Ended, Event},
    shown_number,
};

use crate::{
    audit::record,
    bulk::skeletons::refuse_confusable,
    engine::{Backend, Connection, on, prepared::Prepared},
    error::Failure,
    keys::end_keys,
    locks::keep_an_admin,
    look_ups::require,
    recheck::{CheckedActor, Scope},
    reset_codes::end_reset_code,
    rows::{
        roles::{self, RoleRow},
        user::ChangedColumns,
    },
    schema::{user_roles, users},
    sessions::end_sessions,
};

impl Backend {
    /// Applies `change` in the way that waits least. `read` is the user as it was read for it.
    pub(crate) fn update(
        &self,
        id: UserId,
        read: Option<&Account>,
        change: &UserChange,
        by: &ActorContext,
    ) -> Result<User, WriteError> {
        if let Some(user) = self.update_quickly(id, read, change, by)? {
            return Ok(user);
        }
        let change = change.clone();
        self.write_user_by(by, scope_of(id, &change), Some(id), move |connection, by| {
            change_user(connection, id, &change, by)
        })
    }
}

/// Ends the sessions, the API keys and the reset code of a user, and returns how many of the former
/// there were.
pub(crate) fn end_all(connection: &mut Connection<'_>, id: UserId) -> Result<Ended, Failure> {
    end_reset_code(connection, id)?;
    let sessions = end_sessions(connection, id)?;
    Ok(Ended { sessions, keys: end_keys(connection, id)? })
}

/// The rows that `change` changes.
pub(crate) fn scope_of(id: UserId, change: &UserChange) -> Scope {
    let might_leave = change.roles.is_some() || change.status.is_some();
    if might_leave { Scope::LeavingUser(id) } else { Scope::User(id) }
}

/// Applies `change` to the user with this id, who is locked, and ends what the change ends. Must be
/// the first change of its transaction, or of its part of one.
pub(crate) fn change_user(
    connection: &mut Connection<'_>,
    id: UserId,
    change: &UserChange,
    by: &CheckedActor<'_>,
) -> Result<User, Failure> {
    let decided = decide(connection, id, change, by).map_err(Failure::before_changes)?;
    let (current, changed) = match decided {
        (current, Some(changed)) => (current, changed),
        (current, None) => return Ok(current.user),
    };
    let columns = ChangedColumns::between(&current, &changed);
    let row = Prepared(diesel::update(users::table.find(id.0)).set(columns));
    let updated = on!(connection, it => row.execute(it));
    updated.map_err(|error| Failure::from(error).before_changes())?;
    let is_out = changed.ends_sessions_of(&current);
    let ended = if is_out { end_all(connection, id)? } else { Ended::default() };
    if changed.user.roles != current.user.roles {
        let roles_of_user = user_roles::table.filter(user_roles::user_id.eq(id.0));
        on!(connection, it => diesel::delete(roles_of_user).execute(it)?);
        roles::insert(connection, &RoleRow::of(id, &changed.user.roles))?;
    }
    record(connection, by, Event::changed(&current, &changed, ended))?;
    let is_restricted = by.by().name_rule() == NameRule::Restricted;
    if is_restricted && looks_different(&current.user.name, &changed.user.name) {
        refuse_confusable(connection, &changed.user)?;
    }
    Ok(changed.user)
}

/// The account as it is, and as `change` makes it; none if it stays the same. Changes nothing.
fn decide(
    connection: &mut Connection<'_>,
    id: UserId,
    change: &UserChange,
    by: &CheckedActor<'_>,
) -> Result<(Account, Option<Account>), Failure> {
    let current = require(connection, id)?;
    if let Some(claim) = by.by().claim() {
        claim.check_change(&current.user).map_err(WriteError::from)?;
    }
    let Some(changed) = change.apply(&current)? else { return Ok((current, None)) };
    shown_number(changed.user.version.0)?;
    if !changed.user.is_enabled_admin() {
        keep_an_admin(connection, &current.user)?;
    }
    Ok((current, Some(changed)))
}

/// Whether the names look different. The same name may look like another user's in another case, as
/// `ТОМ` does for `том`. Most changes keep the name, and cost no skeleton.
pub(crate) fn looks_different(before: &Username, after: &Username) -> bool {
    before != after && NameSkeleton::of(before) != NameSkeleton::of(after)
}
