//! Implements the port of reset codes; every method is one transaction.
//!
//! Every write of a user's code locks the user first, so that a code is redeemed once: the next
//! redemption finds it gone.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    Account, NewResetCode, PasswordReplacement, ResetCodeHash, ResetCodeStore, Status, StoreError,
    User, UserChange, UserId, UserRef, WriteError,
    audit::{ActorContext, Event},
};

use crate::{
    audit::record,
    engine::{Connection, Reads, on},
    error::Failure,
    look_ups::{find, require},
    recheck::Scope,
    schema::reset_codes,
    store::Store,
    user_changes::change_user,
};

impl ResetCodeStore for Store {
    fn create_reset_code(&self, code: &NewResetCode, by: &ActorContext) -> Result<(), WriteError> {
        let code = code.clone();
        self.backend.write_by(by, Scope::User(code.user_id), move |connection, by| {
            let user = require(connection, code.user_id)?.user;
            if user.status != Status::Enabled {
                return Err(WriteError::Disabled.into());
            }
            end_reset_code(connection, user.id)?;
            let row = diesel::insert_into(reset_codes::table).values((
                reset_codes::user_id.eq(user.id.0),
                reset_codes::hash.eq(code.hash.as_str()),
                reset_codes::expire_time.eq(code.expire_time.as_second()),
            ));
            on!(connection, inside => row.execute(inside)?);
            record(connection, by, Event::reset_code_created(&user))
        })
    }

    fn find_reset_code(
        &self,
        hash: &ResetCodeHash,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        self.backend.read(Reads::Snapshot, |connection| match owner(connection, hash, now)? {
            Some(id) => enabled_owner(connection, id),
            None => Ok(None),
        })
    }

    fn redeem_reset_code(
        &self,
        hash: &ResetCodeHash,
        user: UserId,
        now: Timestamp,
        password: &PasswordReplacement,
        by: &ActorContext,
    ) -> Result<User, WriteError> {
        let change = UserChange { password: Some(password.clone()), ..UserChange::default() };
        let hash = hash.clone();
        self.backend.write_by(by, Scope::User(user), move |connection, by| {
            let is_of_user = owner(connection, &hash, now)? == Some(user);
            if !is_of_user || enabled_owner(connection, user)?.is_none() {
                return Err(WriteError::Missing.into());
            }
            // As every change of the password, it ends the user's code.
            change_user(connection, user, &change, by)
        })
    }
}

/// The user who has the code with this hash, if it is not over at `now`.
fn owner(
    connection: &mut Connection<'_>,
    hash: &ResetCodeHash,
    now: Timestamp,
) -> Result<Option<UserId>, Failure> {
    let code = reset_codes::table
        .filter(reset_codes::hash.eq(hash.as_str()))
        .filter(reset_codes::expire_time.gt(now.as_second()))
        .select(reset_codes::user_id);
    let owner: Option<i64> = on!(connection, inside => code.get_result(inside).optional()?);
    Ok(owner.map(UserId))
}

/// The account with this id, if it is enabled. Disabling ends codes, but another program may
/// disable a user too.
fn enabled_owner(connection: &mut Connection<'_>, id: UserId) -> Result<Option<Account>, Failure> {
    let account = find(connection, &UserRef::Id(id))?;
    Ok(account.filter(|account| account.user.status == Status::Enabled))
}

/// Ends the code of a user, if there is one.
pub(crate) fn end_reset_code(connection: &mut Connection<'_>, user: UserId) -> Result<(), Failure> {
    let row = diesel::delete(reset_codes::table.find(user.0));
    on!(connection, inside => row.execute(inside)?);
    Ok(())
}
