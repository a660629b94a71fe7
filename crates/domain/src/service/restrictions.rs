//! Restrictions of users who are no admins: how much they change, and which names they choose.

use std::sync::Arc;

use super::{logins::ProvedUser, users::Users};
use crate::{
    access::{Action, Caller, Registration},
    audit::{ActorContext, RequestOrigin},
    error::UserError,
    login::throttle::{Throttle, change_budget::ChangeBudget},
    user::{Account, look_alike::NameRule},
    user_id::UserId,
};

/// What users who are no admins may do.
pub struct Restrictions {
    /// Who may register.
    pub registration: Registration,
    /// The rule for names that they choose.
    pub names: NameRule,
    /// How much each of them may change.
    pub budget: ChangeBudget,
    /// The limits on registrations by address; none where no stranger registers.
    pub throttle: Option<Arc<Throttle>>,
}

impl Users {
    /// Counts a session that is about to begin.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] when the user has begun or changed too much.
    pub fn charge_log_in(&self, proved: &ProvedUser) -> Result<(), UserError> {
        Ok(self.restrictions.budget.log_in(proved.user())?)
    }

    /// Has a refusal that tells of another user's name or address cost more than others.
    pub(super) fn charge_conflict(&self, caller: &Caller, error: &UserError) {
        if is_conflict(error) {
            self.restrictions.budget.conflict(caller);
        }
    }

    /// The same of a registration. It costs the address too, of users as of strangers: a stranger
    /// could else register accounts, and ask as each of them.
    pub(super) fn charge_registration_conflict(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        error: &UserError,
    ) {
        if let Some(throttle) = &self.restrictions.throttle
            && is_conflict(error)
            && !caller.is_admin()
        {
            throttle.register_conflict(origin.client_key());
        }
        self.charge_conflict(caller, error);
    }

    /// Counts a change if it makes another name or address of the account.
    pub(super) fn charge_change(
        &self,
        caller: &Caller,
        before: &Account,
        after: &Account,
    ) -> Result<(), UserError> {
        let is_counted =
            after.user.name != before.user.name || after.user.email != before.user.email;
        if is_counted { Ok(self.restrictions.budget.change(caller)?) } else { Ok(()) }
    }

    /// The actor of a write, with the rule for the names that `caller` chooses.
    pub(super) fn actor(
        &self,
        caller: &Caller,
        origin: &RequestOrigin,
        action: Action,
        target: Option<UserId>,
    ) -> ActorContext {
        let rule = if caller.is_admin() { NameRule::Any } else { self.restrictions.names };
        ActorContext::caller(caller, origin, action, target).with_name_rule(rule)
    }

    /// Whether only admins may choose names by the actor's rule.
    pub(super) fn names_as_admin(&self, by: &ActorContext) -> bool {
        by.name_rule() != self.restrictions.names
    }
}

fn is_conflict(error: &UserError) -> bool {
    matches!(error, UserError::Duplicate(_) | UserError::NameConfusable)
}
