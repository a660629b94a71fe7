//! Changes users.

use super::{named_account::NamedAccount, users::Users};
use crate::{
    access::{Action, Caller, UserRef},
    audit::{ActorContext, RequestOrigin},
    client_key::ClientKey,
    error::{UserError, refusal_reason::RefusalReason, store::WriteError},
    key::{KeyMember, KeyRefusal},
    login::claim::Claim,
    ports::queued::{PendingWrite, UpdateQueue},
    user::{
        Account, PasswordVersion, User,
        change::{PasswordChange, PasswordReplacement, UserChange},
        look_alike::check_scripts,
    },
    user_id::UserId,
};

/// What the store is to change, for whom.
struct Planned {
    id: UserId,
    /// The user as it was read for the change, if it was.
    read: Option<Account>,
    change: UserChange,
    by: ActorContext,
}

impl Users {
    /// Changes a user and returns the result.
    ///
    /// # Errors
    /// Any [`UserError`]; nothing is changed then.
    pub fn update(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
        change: UserChange<PasswordChange>,
    ) -> Result<User, UserError> {
        let Planned { id, read, change, by } = self.prepare(origin, caller, target, change)?;
        let written = match read {
            Some(account) => self.store.update_as_read(&account, &change, &by),
            None => self.store.update(id, &change, &by),
        };
        self.finish_update(caller, written)
    }

    /// The queue for `change`; none if it has to be made by [`Users::update`], because the store
    /// or the hashing of a password blocks.
    #[must_use]
    pub fn update_queue(&self, change: &UserChange<PasswordChange>) -> Option<&dyn UpdateQueue> {
        if change.password.is_some() { None } else { self.store.update_queue() }
    }

    /// Queues a change. Does not block.
    ///
    /// # Errors
    /// [`UserError`] for a change that is refused before it is queued.
    pub fn queue_update(
        &self,
        queue: &dyn UpdateQueue,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
        change: UserChange<PasswordChange>,
    ) -> Result<Box<dyn PendingWrite<User>>, UserError> {
        let Planned { id, change, by, .. } = self.prepare(origin, caller, target, change)?;
        Ok(queue.queue_update(id, change, &by))
    }

    /// The result of a change that was queued.
    ///
    /// # Errors
    /// As [`Users::update`].
    pub fn finish_update(
        &self,
        caller: &Caller,
        written: Result<User, WriteError>,
    ) -> Result<User, UserError> {
        written.map_err(UserError::from).inspect_err(|error| self.charge_conflict(caller, error))
    }

    /// Refuses what can be refused before the store is asked.
    fn prepare(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
        mut change: UserChange<PasswordChange>,
    ) -> Result<Planned, UserError> {
        caller.may(Action::Update, Some(target))?;
        check_members(caller, &change)?;
        if let Some(id) = needs_no_account(caller, target, &change) {
            let by = self.actor(caller, origin, Action::Update, Some(id));
            return Ok(Planned { id, read: None, change: change.with_password(None), by });
        }
        let account = self.find(target)?;
        let id = account.user.id;
        if caller.is_by_key() && account.user.roles.include_admin() {
            return Err(KeyRefusal::Admin.into());
        }
        // By id, since the name may belong to another user by now; then there is no such user.
        change.condition = change.condition.on(target);
        let mut by = self.actor(caller, origin, Action::Update, Some(id));
        let change = self.plan(&by, caller, &account, change)?;
        let is_named_by_admin = change.name.is_some() && self.names_as_admin(&by);
        if change.status.is_some() || change.roles.is_some() || is_named_by_admin {
            by = by.as_admin();
        }
        Ok(Planned { id, read: Some(account), change, by })
    }

    /// Reduces a requested change to what the caller may change on `account`. Refuses everything
    /// that can be refused before the new password is hashed.
    fn plan(
        &self,
        by: &ActorContext,
        caller: &Caller,
        account: &Account,
        mut change: UserChange<PasswordChange>,
    ) -> Result<UserChange, UserError> {
        if !caller.is_admin() {
            (change.status, change.roles) = (None, None);
        }
        let (client_key, password) = (by.origin().client_key(), change.password.take());
        let replaces = match &password {
            Some(password) => self.check_current(client_key, caller, account, password)?,
            None => None,
        };
        let name = change.name.as_ref().unwrap_or(&account.user.name);
        if password.as_ref().is_some_and(|password| password.new.is_name(name)) {
            return Err(UserError::PasswordIsName);
        }
        check_scripts(by.name_rule(), name, Some(&account.user.name))?;
        self.charge_change(caller, account, &change.applied(account)?)?;
        let hashed = |password: PasswordChange| {
            self.passwords.cost().settle(&*self.store, None)?;
            let hash = self.passwords.hash(client_key, &password.new)?;
            Ok::<_, UserError>(PasswordReplacement { hash, replaces })
        };
        Ok(change.with_password(password.map(hashed).transpose()?))
    }

    /// Checks the current password, if it is given, and returns its version.
    fn check_current(
        &self,
        client_key: ClientKey,
        caller: &Caller,
        account: &Account,
        password: &PasswordChange,
    ) -> Result<Option<PasswordVersion>, UserError> {
        let (name, hash) = (&account.user.name.key(), &account.password_hash);
        let named = NamedAccount::of(Some(account));
        match &password.current {
            Some(current) => {
                self.passwords.cost().settle(&*self.store, Some(hash))?;
                let claim = Claim { client_key, name, password: current };
                let matches = self.passwords.matches(claim, hash);
                if matches.map_err(|error| named.throttled(error))? {
                    return Ok(Some(account.password_version));
                }
                let (error, id) = (UserError::CurrentPasswordMismatch, account.user.id);
                Err(error.because(RefusalReason::WrongPassword, Some(id)))
            }
            None if caller.is(&UserRef::Id(account.user.id))
                && (password.own_needs_current || caller.is_by_session()) =>
            {
                Err(UserError::CurrentPasswordRequired)
            }
            None => Ok(None),
        }
    }
}

/// The id of the target if an admin changes an address alone. The store decides all of that when it
/// writes: reading the account before it would only refuse a little sooner.
fn needs_no_account<P>(
    caller: &Caller,
    target: &UserRef,
    change: &UserChange<P>,
) -> Option<UserId> {
    // Destructured, so that a new field is decided on here.
    let UserChange { condition: _, name, email: _, status, roles, password } = change;
    let is_more = name.is_some() || status.is_some() || roles.is_some() || password.is_some();
    match target {
        UserRef::Id(id) if caller.is_admin() && !caller.is_by_key() && !is_more => Some(*id),
        _ => None,
    }
}

/// Refuses a change by an API key of what no key changes.
fn check_members<P>(caller: &Caller, change: &UserChange<P>) -> Result<(), KeyRefusal> {
    let members = [
        (KeyMember::Password, change.password.is_some()),
        (KeyMember::Roles, change.roles.is_some()),
    ];
    match members.into_iter().find(|(_, is_changed)| *is_changed) {
        Some((member, _)) if caller.is_by_key() => Err(KeyRefusal::Member(member)),
        _ => Ok(()),
    }
}
