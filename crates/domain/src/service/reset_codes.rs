//! The use cases of reset codes: an admin creates one, and a person without a password redeems it.

use std::{sync::Arc, time::Duration};

use crate::{
    access::{Action, Caller, UserRef},
    audit::{ActorContext, RequestOrigin},
    client_key::ClientKey,
    clock::{Clock, whole_seconds},
    error::{UserError, refusal_reason::RefusalReason, store::WriteError},
    login::{passwords::HashPasswords, throttle::Throttle},
    ports::{reset_codes::ResetCodeStore, users::UserStore},
    reset_code::{IssuedResetCode, NewResetCode, ResetCode, ResetCodeHash},
    user::{Account, change::PasswordReplacement, password::Password},
    user_id::UserId,
};

/// All that can be done with reset codes, each with the check of who may. Blocks.
pub struct ResetCodes {
    /// The store of the codes.
    pub codes: Arc<dyn ResetCodeStore>,
    /// The store of their users.
    pub users: Arc<dyn UserStore>,
    /// Hashes the passwords that codes set.
    pub passwords: Arc<dyn HashPasswords>,
    /// Counts invalid codes by address; none for the operator, who redeems none.
    pub throttle: Option<Arc<Throttle>>,
    /// Tells when a code expires.
    pub clock: Arc<dyn Clock>,
    /// How long a code can be redeemed.
    pub max_age: Duration,
}

impl ResetCodes {
    /// Creates a code of a user, which ends the user's earlier one.
    ///
    /// # Errors
    /// [`UserError::Forbidden`] unless an admin asks; [`UserError::OwnResetCode`] to an admin who
    /// asks for its own over a session: a stolen session sets no password of its own user.
    /// [`UserError::NotFound`] and [`UserError::UserDisabled`], to admins only.
    pub fn create(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
    ) -> Result<IssuedResetCode, UserError> {
        caller.may(Action::CreateResetCode, Some(target))?;
        if caller.is(target) && caller.is_by_session() {
            return Err(UserError::OwnResetCode);
        }
        let user_id = self.users.find(target)?.ok_or(UserError::NotFound)?.user.id;
        let code = ResetCode::generate().map_err(UserError::Randomness)?;
        let expire_time = whole_seconds(self.clock.now()) + self.max_age;
        let new = NewResetCode { hash: code.hash(), user_id, expire_time };
        let by = ActorContext::caller(caller, origin, Action::CreateResetCode, Some(user_id));
        self.codes.create_reset_code(&new, &by)?;
        Ok(IssuedResetCode { code, expire_time })
    }

    /// Sets the password of the user who has this code. Counts the attempt, and looks the code up
    /// before anything is hashed. A refused password does not use the code up.
    ///
    /// # Errors
    /// [`UserError::NoSuchResetCode`] when no enabled user has this code, or it is used or expired;
    /// [`UserError::PasswordIsName`], [`UserError::TooManyAttempts`] and
    /// [`UserError::Overloaded`].
    pub fn redeem(
        &self,
        origin: &RequestOrigin,
        code: &str,
        password: &Password,
    ) -> Result<(), UserError> {
        let client_key = origin.client_key();
        self.begin(client_key)?;
        let code = ResetCode::parse(code);
        let redeemed = self.redeem_counted(origin, code.as_ref(), password);
        if !matches!(redeemed, Err(UserError::NoSuchResetCode)) {
            self.throttle.iter().for_each(|throttle| throttle.code_undone(client_key));
        }
        let refused = |error| match error {
            UserError::NoSuchResetCode => error.because(RefusalReason::NoResetCode, None),
            error => error,
        };
        redeemed.map_err(refused)
    }

    fn begin(&self, client_key: ClientKey) -> Result<(), UserError> {
        let begun = self.throttle.iter().try_for_each(|throttle| throttle.begin_code(client_key));
        begun.map_err(|error| UserError::from(error).because(RefusalReason::Throttled, None))
    }

    fn redeem_counted(
        &self,
        origin: &RequestOrigin,
        code: Option<&ResetCode>,
        password: &Password,
    ) -> Result<(), UserError> {
        let hash = code.ok_or(UserError::NoSuchResetCode)?.hash();
        let found = self.codes.find_reset_code(&hash, self.clock.now())?;
        let account = found.ok_or(UserError::NoSuchResetCode)?;
        if password.is_name(&account.user.name) {
            return Err(UserError::PasswordIsName);
        }
        self.passwords.cost().settle(&*self.users, None)?;
        let new = self.passwords.hash(origin.client_key(), password)?;
        let password = PasswordReplacement { hash: new, replaces: Some(account.password_version) };
        self.write(origin, &hash, &account, &password)
    }

    fn write(
        &self,
        origin: &RequestOrigin,
        hash: &ResetCodeHash,
        account: &Account,
        password: &PasswordReplacement,
    ) -> Result<(), UserError> {
        let by = ActorContext::reset_code(&account.user, origin);
        let (user, now): (UserId, _) = (account.user.id, self.clock.now());
        match self.codes.redeem_reset_code(hash, user, now, password, &by) {
            Ok(_) => Ok(()),
            // The code was used or ended, or the user deleted, while the password was hashed.
            Err(WriteError::Missing | WriteError::PasswordChanged) => {
                Err(UserError::NoSuchResetCode)
            }
            Err(error) => Err(error.into()),
        }
    }
}
