//! Restrictions of users who are no admins: how much they change, and which names they choose.

use super::{ProvedUser, UserService};
use crate::{
    Account, Caller, ChangeBudget, MixedScripts, NameRule, UserError, Username, audit::Origin,
    look_alike::refuse_mixed_scripts,
};

impl UserService {
    /// The same, but users who are no admins may change no more than `budget` lets them.
    #[must_use]
    pub fn with_budget(self, budget: ChangeBudget) -> Self {
        Self { budget, ..self }
    }

    /// The same, but names that users choose who are no admins are by this rule.
    #[must_use]
    pub fn with_names(self, names: NameRule) -> Self {
        Self { names, ..self }
    }

    /// Counts a session that is about to begin.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] when the user has begun or changed too much.
    pub fn charge_log_in(&self, proved: &ProvedUser) -> Result<(), UserError> {
        Ok(self.budget.log_in(proved.user())?)
    }

    /// Has a refusal that tells of another user's name or address cost more than others.
    pub(super) fn charge_conflict(&self, caller: &Caller, error: &UserError) {
        if is_conflict(error) {
            self.budget.conflict(caller);
        }
    }

    /// The same of a registration. It costs the address too, of users as of strangers: a stranger
    /// could else register accounts, and ask as each of them.
    pub(super) fn charge_registration_conflict(
        &self,
        origin: &Origin,
        caller: &Caller,
        error: &UserError,
    ) {
        if is_conflict(error) && !caller.is_admin() {
            self.hasher.attempts().register_conflict(origin.client_key());
        }
        self.charge_conflict(caller, error);
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

    /// The rule for a name that `caller` chooses.
    pub(super) fn name_rule(&self, caller: &Caller) -> NameRule {
        if caller.is_admin() { NameRule::Any } else { self.names }
    }

    /// Whether only admins may choose names by this rule.
    pub(super) fn is_for_admins(&self, rule: NameRule) -> bool {
        rule != self.names
    }
}

fn is_conflict(error: &UserError) -> bool {
    matches!(error, UserError::Duplicate(_) | UserError::NameConfusable)
}

/// Refuses a name that mixes scripts where `rule` does, unless it is the user's own name `before`,
/// which may be sent along.
pub(super) fn check_scripts(
    rule: NameRule,
    name: &Username,
    before: Option<&Username>,
) -> Result<(), MixedScripts> {
    let is_new = before.is_none_or(|before| before.key() != name.key());
    if is_new && rule == NameRule::Restricted { refuse_mixed_scripts(name) } else { Ok(()) }
}
