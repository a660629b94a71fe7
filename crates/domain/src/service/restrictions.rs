//! Restrictions of users who are no admins: how much they change.

use super::{ProvedUser, UserService};
use crate::{Account, Caller, ChangeBudget, UserError, audit::Origin};

impl UserService {
    /// The same, but users who are no admins may change no more than `budget` lets them.
    #[must_use]
    pub fn with_budget(self, budget: ChangeBudget) -> Self {
        Self { budget, ..self }
    }

    /// Counts a session that is about to begin.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] when the user has begun or changed too much.
    pub fn charge_log_in(&self, proved: &ProvedUser) -> Result<(), UserError> {
        Ok(self.budget.log_in(proved.user())?)
    }

    /// Has a refusal that tells of another user's name or address cost more than others.
    pub(super) fn charge_conflict(&self, origin: &Origin, caller: &Caller, error: &UserError) {
        match (error, caller) {
            (UserError::Duplicate(_), Caller::Anonymous) => {
                self.hasher.attempts().register_conflict(origin.lane());
            }
            (UserError::Duplicate(_), _) => self.budget.conflict(caller),
            _ => {}
        }
    }

    /// Counts a change if it makes another name or address of the account.
    pub(super) fn charge_change(
        &self,
        caller: &Caller,
        before: &Account,
        after: Option<&Account>,
    ) -> Result<(), UserError> {
        let is_counted = after.is_some_and(|after| {
            after.user.name != before.user.name || after.user.email != before.user.email
        });
        if is_counted { Ok(self.budget.change(caller)?) } else { Ok(()) }
    }
}
