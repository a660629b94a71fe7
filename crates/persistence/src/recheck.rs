//! Callers, checked again in the transaction that writes for them.
//!
//! A request is allowed when it comes, and may wait for seconds before it writes. So the
//! transaction reads again what the caller has proved, locked until the commit, and asks the access
//! table again. Only that gives a [`CheckedActor`] of a caller; commands have one of the operator.
//! Without one nothing is written to the audit log.

use diesel::prelude::*;
use rollcall_domain::{
    Claim, UserId, UserRef, WriteError, audit::ActorContext, session::SessionKey,
};

use crate::{
    engine::{Backend, Connection, on},
    error::Failure,
    keys::look_ups::key_owner,
    locks::lock,
    look_ups::find,
    schema::sessions,
};

/// Who writes, found to be still allowed to in this very transaction.
pub(crate) struct CheckedActor<'a>(&'a ActorContext);

/// The rows that a write changes, so that all rows are locked in one order.
#[derive(Clone, Debug)]
pub(crate) enum Scope {
    /// Nothing: it adds a user.
    Nothing,
    /// A user, who stays an admin if it is one.
    User(UserId),
    /// A user who may be an admin and be none afterwards.
    LeavingUser(UserId),
    /// A session.
    Session(SessionKey),
}

impl CheckedActor<'_> {
    /// The command line, which has proved nothing that could be revoked.
    pub(crate) fn operator() -> CheckedActor<'static> {
        static OPERATOR: ActorContext = ActorContext::OPERATOR;
        CheckedActor(&OPERATOR)
    }

    pub(crate) fn by(&self) -> &ActorContext {
        self.0
    }
}

impl Backend {
    /// Does `work` for a caller, in one transaction that has locked what it changes and has found
    /// the caller to be allowed to. Again, if another transaction got in its way.
    pub(crate) fn write_by<T, W>(
        &self,
        by: &ActorContext,
        scope: Scope,
        work: W,
    ) -> Result<T, WriteError>
    where
        T: Send + 'static,
        W: Fn(&mut Connection<'_>, &CheckedActor<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.write_user_by(by, scope, None, work)
    }

    /// The same. If there is a `user`, `work` changes the user, and what the user has, and nothing
    /// else.
    pub(crate) fn write_user_by<T, W>(
        &self,
        by: &ActorContext,
        scope: Scope,
        user: Option<UserId>,
        work: W,
    ) -> Result<T, WriteError>
    where
        T: Send + 'static,
        W: Fn(&mut Connection<'_>, &CheckedActor<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let written = self.write_of(user, checked(by, scope, work));
        if let (Ok(_), Self::Postgres(pools)) = (&written, self) {
            pools.linker.wake();
        }
        written
    }
}

/// `work` behind the locks and the check of the caller.
pub(crate) fn checked<T, W>(
    by: &ActorContext,
    scope: Scope,
    work: W,
) -> impl Fn(&mut Connection<'_>) -> Result<T, Failure> + Send + 'static
where
    W: Fn(&mut Connection<'_>, &CheckedActor<'_>) -> Result<T, Failure> + Send + 'static,
{
    let by = by.clone();
    move |connection| {
        lock(connection, &scope, by.claim())?;
        if let Some(claim) = by.claim() {
            check(connection, claim).map_err(Failure::before_changes)?;
        }
        work(connection, &CheckedActor(&by))
    }
}

/// Refuses a caller who is no longer what the request was allowed for.
pub(crate) fn check(connection: &mut Connection<'_>, claim: &Claim) -> Result<(), Failure> {
    let account = find(connection, &UserRef::Id(claim.user()))?;
    let owner = match (claim.session(), claim.key()) {
        (Some(session), _) => session_owner(connection, session)?,
        (None, Some(key)) => key_owner(connection, key)?,
        (None, None) => None,
    };
    Ok(claim.check(account, owner).map_err(WriteError::from)?)
}

/// The owner of a session.
pub(crate) fn session_owner(
    connection: &mut Connection<'_>,
    key: &SessionKey,
) -> Result<Option<UserId>, Failure> {
    let owner = sessions::table.find(key.as_str()).select(sessions::user_id);
    let owner: Option<i64> = on!(connection, it => owner.get_result(it).optional()?);
    Ok(owner.map(UserId))
}
