//! Callers who have proved their password for what they are about to do.

use super::{named_account::NamedAccount, users::Users};
use crate::{
    access::{Authentication, Caller, UserRef},
    audit::RequestOrigin,
    error::{UserError, refusal_reason::RefusalReason},
    key::KeyRefusal,
    login::claim::Claim,
    user::password::presented::PresentedPassword,
};

/// A caller whose password was verified for this request, or the operator.
pub struct ConfirmedCaller<'a>(&'a Caller);

impl ConfirmedCaller<'static> {
    /// The command line.
    pub const OPERATOR: Self = ConfirmedCaller(&Caller::Operator);
}

impl ConfirmedCaller<'_> {
    /// The caller.
    pub(crate) fn caller(&self) -> &Caller {
        self.0
    }
}

impl Users {
    /// Confirms that `caller` knows the password, which a session proved long ago: it must send the
    /// `current` one. A password that has authenticated the request itself is enough. A current
    /// password is checked whenever it is sent, and counted as a guess. Counts a change.
    ///
    /// # Errors
    /// [`UserError::CurrentPasswordRequired`], [`UserError::CurrentPasswordMismatch`] and
    /// [`UserError::TooManyAttempts`]; [`UserError::Key`] if the caller uses an API key.
    pub fn confirm<'a>(
        &self,
        origin: &RequestOrigin,
        caller: &'a Caller,
        current: Option<&PresentedPassword>,
    ) -> Result<ConfirmedCaller<'a>, UserError> {
        match (caller, current) {
            (Caller::Operator, _) => return Ok(ConfirmedCaller(caller)),
            (Caller::Anonymous, _) => return Err(UserError::Unauthenticated),
            (Caller::User(_, Authentication::Key(..)), _) => return Err(KeyRefusal::Never.into()),
            (Caller::User(_, Authentication::Session(_)), None) => {
                return Err(UserError::CurrentPasswordRequired);
            }
            (Caller::User(_, Authentication::Password(_)), None) => {}
            (Caller::User(user, _), Some(current)) => {
                self.check_password(origin, &UserRef::Id(user.id), current)?;
            }
        }
        self.restrictions.budget.change(caller)?;
        Ok(ConfirmedCaller(caller))
    }

    /// Refuses `password` unless it is the user's current one.
    fn check_password(
        &self,
        origin: &RequestOrigin,
        target: &UserRef,
        password: &PresentedPassword,
    ) -> Result<(), UserError> {
        let account = self.store.find(target)?.ok_or(UserError::Unauthenticated)?;
        let (name, hash) = (&account.user.name.key(), &account.password_hash);
        self.passwords.cost().settle(&*self.store, Some(hash))?;
        let claim = Claim { client_key: origin.client_key(), name, password };
        let matches = self.passwords.matches(claim, hash);
        let matches = matches.map_err(|error| NamedAccount::of(Some(&account)).throttled(error))?;
        if matches {
            return Ok(());
        }
        let error = UserError::CurrentPasswordMismatch;
        Err(error.because(RefusalReason::WrongPassword, Some(account.user.id)))
    }
}
