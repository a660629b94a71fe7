//! Finding out who asks.

use super::UserService;
use crate::{
    Account, Authentication, Caller, Lane, NameKey, PresentedPassword, Status, User, UserError,
    UserRef, hashing::Claim, password::Form, refusal::NamedAccount,
};

/// An enabled user whose current password has just been said.
#[derive(Debug)]
pub struct ProvedUser(Account);

impl ProvedUser {
    /// The user, asking for something.
    #[must_use]
    pub fn into_caller(self) -> Caller {
        Caller::User(self.0.user, Authentication::Password(self.0.password_version))
    }

    /// The user.
    pub(crate) fn user(&self) -> &User {
        &self.0.user
    }

    /// The account as it was when its password was checked.
    pub(crate) fn into_account(self) -> Account {
        self.0
    }
}

impl UserService {
    /// Who `name` and `password` are, if that is known without hashing: the client's address has
    /// proved them itself a short time ago, and the row, read now, still carries the hash that was
    /// proved. None says nothing. Does not block.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`] when it is not known and will not
    /// be found out now.
    pub async fn authenticate_known(
        &self,
        lane: Lane,
        name: &str,
        password: &PresentedPassword,
    ) -> Result<Option<ProvedUser>, UserError> {
        let name = &NameKey::of(name);
        let found = self.store.look_up(UserRef::Name(name.clone())).await?;
        let named = NamedAccount::of(found.as_ref());
        let account = enabled(found);
        let claim = Claim { lane, name, password };
        let hash = account.as_ref().map(|account| &account.password_hash);
        let is_known = self.hasher.knows(claim, hash).map_err(|error| named.throttled(error))?;
        Ok(account.filter(|_| is_known).map(ProvedUser))
    }

    /// Finds out who `name` and `password` are. The attempt is counted, and the same work is spent
    /// whatever they are, so that unknown names, wrong passwords and disabled users are refused
    /// alike and in the same time. The user's hash is renewed when it is of a lower cost than new
    /// ones.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when no enabled user has both; [`UserError::TooManyAttempts`]
    /// and [`UserError::Overloaded`] when that is not found out now.
    pub fn authenticate(
        &self,
        lane: Lane,
        name: &str,
        password: &PresentedPassword,
    ) -> Result<ProvedUser, UserError> {
        let name = &NameKey::of(name);
        let found = self.store.find(&UserRef::Name(name.clone()))?;
        let named = NamedAccount::of(found.as_ref());
        let account = enabled(found);
        let claim = Claim { lane, name, password };
        let hash = account.as_ref().map(|account| &account.password_hash);
        self.settle_hash_cost(hash)?;
        let renew = |form| account.iter().for_each(|account| self.renew_hash(claim, form, account));
        let matches = self.hasher.verify(claim, hash, renew);
        let matches = matches.map_err(|error| named.throttled(error))?;
        match account.filter(|_| matches).map(|proved| self.as_it_is_now(&proved)) {
            Some(now) => now.map(ProvedUser),
            None => Err(named.refusal(UserError::Unauthenticated)),
        }
    }

    /// The account of which a password was proved, as it is after the wait for the hash: what was
    /// revoked meanwhile must not be used.
    fn as_it_is_now(&self, proved: &Account) -> Result<Account, UserError> {
        let now = enabled(self.store.find(&UserRef::Id(proved.user.id))?);
        now.filter(|now| now.password_version == proved.password_version)
            .ok_or(UserError::Unauthenticated)
    }

    /// Puts a hash of the cost of new ones in the place of one of a lower cost, of the `form` that
    /// has matched that. Where that fails the old one is as good until the next time.
    fn renew_hash(&self, claim: Claim<'_>, form: Form, account: &Account) {
        let Account { user, password_hash, .. } = account;
        if let Some(renewed) = self.hasher.renew(claim, form, password_hash)
            && self.store.renew_hash(user.id, password_hash, &renewed).is_ok()
        {
            self.hasher.remember_renewed(claim, form, &renewed);
        }
    }
}

/// The account if it may log in.
fn enabled(account: Option<Account>) -> Option<Account> {
    account.filter(|account| account.user.status == Status::Enabled)
}
