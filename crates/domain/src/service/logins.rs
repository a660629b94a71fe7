//! Authentication with name and password.

use std::{sync::Arc, time::Duration};

use super::named_account::NamedAccount;
use crate::{
    access::{Authentication, Caller, UserRef},
    client_key::ClientKey,
    error::UserError,
    login::{claim::Claim, hasher::PasswordHasher, passwords::HashPasswords},
    ports::users::UserStore,
    user::{
        Account, Status, User,
        name::NameKey,
        password::presented::{Form, PresentedPassword},
    },
};

/// An enabled user whose current password has just been verified.
#[derive(Debug)]
pub struct ProvedUser(Account);

impl ProvedUser {
    /// Makes the user the caller of a request.
    #[must_use]
    pub fn into_caller(self) -> Caller {
        Caller::User(self.0.user, Authentication::Password(self.0.password_version))
    }

    /// The user.
    pub(crate) fn user(&self) -> &User {
        &self.0.user
    }

    /// The account as it was when the password was verified.
    pub(crate) fn into_account(self) -> Account {
        self.0
    }
}

/// Log-ins with name and password. Everything but [`Logins::authenticate_known`] and
/// [`Logins::pause_before_refusal`] blocks.
pub struct Logins {
    store: Arc<dyn UserStore>,
    hasher: Arc<PasswordHasher>,
}

impl Logins {
    /// Log-ins of the users in `store`.
    #[must_use]
    pub fn new(store: Arc<dyn UserStore>, hasher: Arc<PasswordHasher>) -> Self {
        Self { store, hasher }
    }

    /// Authenticates a user without hashing, which works if this client has recently proved the
    /// same name and password, and the row, read now, still has the hash that was proved then.
    /// Returns none if that is not cached. Does not block.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`] when it is not cached and
    /// hashing would be refused now.
    pub async fn authenticate_known(
        &self,
        client_key: ClientKey,
        name: &str,
        password: &PresentedPassword,
    ) -> Result<Option<ProvedUser>, UserError> {
        let name = &NameKey::of(name);
        let found = self.store.look_up(UserRef::Name(name.clone())).await?;
        let named = NamedAccount::of(found.as_ref());
        let account = enabled(found);
        let claim = Claim { client_key, name, password };
        let hash = account.as_ref().map(|account| &account.password_hash);
        let is_known = self.hasher.knows(claim, hash).map_err(|error| named.throttled(error))?;
        Ok(account.filter(|_| is_known).map(ProvedUser))
    }

    /// Authenticates a user. Counts the attempt. Spends the same work on unknown names, wrong
    /// passwords and disabled users, which are refused alike and in the same time. Renews the
    /// user's hash if its cost is lower than that of new ones.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when no enabled user has this name and password;
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`] when that is not checked now.
    pub fn authenticate(
        &self,
        client_key: ClientKey,
        name: &str,
        password: &PresentedPassword,
    ) -> Result<ProvedUser, UserError> {
        let name = &NameKey::of(name);
        let found = self.store.find(&UserRef::Name(name.clone()))?;
        let named = NamedAccount::of(found.as_ref());
        let account = enabled(found);
        let claim = Claim { client_key, name, password };
        let hash = account.as_ref().map(|account| &account.password_hash);
        self.hasher.cost().settle(&*self.store, hash)?;
        let renew = |form| account.iter().for_each(|account| self.renew_hash(claim, form, account));
        let matches = self.hasher.verify(claim, hash, renew);
        let matches = matches.map_err(|error| named.throttled(error))?;
        match account.filter(|_| matches).map(|proved| self.as_it_is_now(&proved)) {
            Some(now) => now.map(ProvedUser),
            None => Err(named.refusal(UserError::Unauthenticated)),
        }
    }

    /// How long a refusal is delayed for a client that has had many of them: for too many attempts,
    /// or too much to hash. Counts it.
    #[must_use]
    pub fn pause_before_refusal(&self, client_key: ClientKey) -> Duration {
        self.hasher.throttle.refuse(client_key)
    }

    /// Reads the account again after hashing, since the user may have been disabled, or the
    /// password changed, in the meantime.
    fn as_it_is_now(&self, proved: &Account) -> Result<Account, UserError> {
        let now = enabled(self.store.find(&UserRef::Id(proved.user.id))?);
        now.filter(|now| now.password_version == proved.password_version)
            .ok_or(UserError::Unauthenticated)
    }

    /// Replaces a hash of a lower cost. `form` is the form of the password that matched. If that
    /// fails, the old hash is kept until the next log-in.
    fn renew_hash(&self, claim: Claim<'_>, form: Form, account: &Account) {
        let Account { user, password_hash, .. } = account;
        if let Some(renewed) = self.hasher.renew(claim, form, password_hash)
            && self.store.renew_hash(user.id, password_hash, &renewed).is_ok()
        {
            self.hasher.remember_renewed(claim, form, &renewed);
        }
    }
}

/// The account if it is enabled.
fn enabled(account: Option<Account>) -> Option<Account> {
    account.filter(|account| account.user.status == Status::Enabled)
}
