//! Changing a user.

use super::{UserService, restrictions::check_scripts};
use crate::{
    Account, Action, Caller, Email, Lane, Password, PasswordReplacement, PasswordVersion,
    Preconditions, PresentedPassword, Roles, Status, User, UserChange, UserError, UserRef,
    Username,
    audit::{By, Origin},
    hashing::Claim,
    refusal::{NamedAccount, RefusalReason},
};

/// What to change about a user; everything that is `None` stays.
#[derive(Clone, Default)]
pub struct UserPatch {
    /// The only versions that the change is for.
    pub condition: Preconditions,
    /// Another name.
    pub name: Option<Username>,
    /// Another address; `Some(None)` takes it away.
    pub email: Option<Option<Email>>,
    /// Enable or disable. Ignored unless an admin asks.
    pub status: Option<Status>,
    /// The roles to have instead. Ignored unless an admin asks.
    pub roles: Option<Roles>,
    /// Another password.
    pub password: Option<PasswordPatch>,
}

/// A new password, and the proof that it may be set.
#[derive(Clone)]
pub struct PasswordPatch {
    /// The password to have from now on.
    pub new: Password,
    /// What the caller says the password is now. Checked whenever it is said.
    pub current: Option<PresentedPassword>,
    /// Whether somebody who changes their own password must say the current one even if they have
    /// just proved it. Over a session they must in any case.
    pub own_needs_current: bool,
}

impl UserService {
    /// Changes a user and returns it as it is then.
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
        let change = self.plan(origin.lane(), caller, &account, patch)?;
        let id = account.user.id;
        // By id: the name may be another user's by now.
        let mut by = By::caller(caller, origin, Action::Update, Some(id));
        let is_named_by_admin = change.name.is_some() && self.is_for_admins(change.name_rule);
        if change.status.is_some() || change.roles.is_some() || is_named_by_admin {
            by = by.as_admin();
        }
        self.store
            .update(id, &change, &by)
            .map_err(UserError::from)
            .inspect_err(|error| self.charge_conflict(caller, error))
    }

    /// Turns what a caller asked for into what that caller may change on `account`. Everything
    /// that can be refused is refused before the new password costs a hash.
    fn plan(
        &self,
        lane: Lane,
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
            Some(password) => self.check_current(lane, caller, account, password)?,
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
            let hash = self.hasher.hash(lane, &password.new)?;
            change.password = Some(PasswordReplacement { hash, replaces });
        }
        Ok(change)
    }

    /// Checks what was said of the current password and returns which of the user's passwords it
    /// is.
    fn check_current(
        &self,
        lane: Lane,
        caller: &Caller,
        account: &Account,
        password: &PasswordPatch,
    ) -> Result<Option<PasswordVersion>, UserError> {
        let (name, hash) = (&account.user.name.key(), &account.password_hash);
        let named = NamedAccount::of(Some(account));
        match &password.current {
            Some(current) => {
                self.settle_hash_cost(Some(hash))?;
                let claim = Claim { lane, name, password: current };
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
