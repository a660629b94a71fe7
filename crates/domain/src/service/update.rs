//! Changes users.

use super::{UserService, restrictions::check_scripts};
use crate::{
    Account, Action, Caller, ClientKey, Email, Password, PasswordReplacement, PasswordVersion,
    Preconditions, PresentedPassword, Roles, Status, User, UserChange, UserError, UserRef,
    Username,
    audit::{ActorContext, Origin},
    hashing::Claim,
    refusal::{NamedAccount, RefusalReason},
};

/// A requested change of a user; fields that are `None` are kept.
#[derive(Clone, Default)]
pub struct UserPatch {
    /// The versions that the change is for.
    pub condition: Preconditions,
    /// The new name.
    pub name: Option<Username>,
    /// The new address; `Some(None)` removes it.
    pub email: Option<Option<Email>>,
    /// The new status. Ignored unless the caller is an admin.
    pub status: Option<Status>,
    /// The new roles. Ignored unless the caller is an admin.
    pub roles: Option<Roles>,
    /// The new password.
    pub password: Option<PasswordPatch>,
}

/// A new password, and the proof that the caller may set it.
#[derive(Clone)]
pub struct PasswordPatch {
    /// The new password.
    pub new: Password,
    /// The current password according to the caller. Checked whenever it is given.
    pub current: Option<PresentedPassword>,
    /// Whether callers who change their own password must give the current one even if they have
    /// just proved it. With a session they always must.
    pub own_needs_current: bool,
}

impl UserService {
    /// Changes a user and returns the result.
    ///
    /// # Errors
    /// Any [`UserError`]; nothing is changed then.
    pub fn update(
        &self,
        origin: &Origin,
        caller: &Caller,
        target: &UserRef,
        patch: UserPatch,
    ) -> Result<User, UserError> {
        caller.may(Action::Update, Some(target))?;
        let account = self.find(target)?;
        let change = self.plan(origin.client_key(), caller, &account, patch)?;
        let id = account.user.id;
        // By id, since the name may belong to another user by now.
        let mut by = ActorContext::caller(caller, origin, Action::Update, Some(id));
        let is_named_by_admin = change.name.is_some() && self.is_for_admins(change.name_rule);
        if change.status.is_some() || change.roles.is_some() || is_named_by_admin {
            by = by.as_admin();
        }
        self.store
            .update(id, &change, &by)
            .map_err(UserError::from)
            .inspect_err(|error| self.charge_conflict(caller, error))
    }

    /// Reduces a requested change to what the caller may change on `account`. Refuses everything
    /// that can be refused before the new password is hashed.
    fn plan(
        &self,
        client_key: ClientKey,
        caller: &Caller,
        account: &Account,
        patch: UserPatch,
    ) -> Result<UserChange, UserError> {
        let UserPatch { condition, name, email, status, roles, password } = patch;
        let name_rule = self.name_rule(caller);
        let mut change = UserChange { condition, name, name_rule, email, ..UserChange::default() };
        if caller.is_admin() {
            (change.status, change.roles) = (status, roles);
        }
        let replaces = match &password {
            Some(password) => self.check_current(client_key, caller, account, password)?,
            None => None,
        };
        let name = change.name.as_ref().unwrap_or(&account.user.name);
        if password.as_ref().is_some_and(|password| password.new.is_name(name)) {
            return Err(UserError::PasswordIsName);
        }
        check_scripts(name_rule, name, Some(&account.user.name))?;
        let changed = change.apply(account)?;
        self.charge_change(caller, account, changed.as_ref())?;
        if let Some(password) = password {
            self.settle_hash_cost(None)?;
            let hash = self.hasher.hash(client_key, &password.new)?;
            change.password = Some(PasswordReplacement { hash, replaces });
        }
        Ok(change)
    }

    /// Checks the current password, if it is given, and returns its version.
    fn check_current(
        &self,
        client_key: ClientKey,
        caller: &Caller,
        account: &Account,
        password: &PasswordPatch,
    ) -> Result<Option<PasswordVersion>, UserError> {
        let (name, hash) = (&account.user.name.key(), &account.password_hash);
        let named = NamedAccount::of(Some(account));
        match &password.current {
            Some(current) => {
                self.settle_hash_cost(Some(hash))?;
                let claim = Claim { client_key, name, password: current };
                let matches = self.hasher.verify(claim, Some(hash), |_| {});
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
