//! Finding out who asks.

use super::UserService;
use crate::{
    Account, Authentication, Caller, Lane, NameKey, PresentedPassword, Status, UserError, UserRef,
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

    /// The account as it was when its password was checked.
    pub(crate) fn into_account(self) -> Account {
        self.0
    }
}

impl UserService {
    /// Who `name` and `password` are, if that is known without hashing: the row, read now, still
    /// carries the hash that the password was verified against before. None says nothing. Does not
    /// block.
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
        let key = NameKey::of(name);
        let account = enabled(self.store.look_up(UserRef::Name(key.clone())).await?);
        let known = account.filter(|it| self.hasher.knows(&it.password_hash, password.expose()));
        if known.is_none() {
            self.hasher.check(lane, &key)?;
        }
        Ok(known.map(ProvedUser))
    }

    /// Finds out who `name` and `password` are. One hash is spent whatever they are, so that
    /// unknown names, wrong passwords and disabled users are refused alike and in the same time.
    /// The user's hash is renewed when it is of another cost than new ones.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when they are nobody's; [`UserError::TooManyAttempts`] and
    /// [`UserError::Overloaded`] when that is not found out now.
    pub fn authenticate(
        &self,
        lane: Lane,
        name: &str,
        password: &PresentedPassword,
    ) -> Result<ProvedUser, UserError> {
        let key = NameKey::of(name);
        let account = enabled(self.store.find(&UserRef::Name(key.clone()))?);
        let hash = account.as_ref().map(|account| &account.password_hash);
        let renew = || account.iter().for_each(|it| self.renew_hash(lane, it, password));
        let matches = self.hasher.verify(lane, &key, hash, password.expose(), renew)?;
        let proved = account.filter(|_| matches).ok_or(UserError::Unauthenticated)?;
        self.as_it_is_now(&proved).map(ProvedUser)
    }

    /// The account of which a password was proved, as it is after the wait for the hash: what was
    /// revoked meanwhile must not be used.
    fn as_it_is_now(&self, proved: &Account) -> Result<Account, UserError> {
        let now = enabled(self.store.find(&UserRef::Id(proved.user.id))?);
        now.filter(|now| now.password_version == proved.password_version)
            .ok_or(UserError::Unauthenticated)
    }

    /// Puts a hash of the cost of new ones in the place of one of another cost. Where that fails
    /// the old one is as good until the next time.
    fn renew_hash(&self, lane: Lane, account: &Account, password: &PresentedPassword) {
        let Account { user, password_hash, password_version: _ } = account;
        if let Some(renewed) = self.hasher.renew(lane, password_hash, password.expose()) {
            let _ = self.store.renew_hash(user.id, password_hash, &renewed);
        }
    }
}

/// The account if it may log in.
fn enabled(account: Option<Account>) -> Option<Account> {
    account.filter(|account| account.user.status == Status::Enabled)
}
