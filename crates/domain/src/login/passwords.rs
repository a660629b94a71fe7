//! Hashing as the use cases of users need it: on the threads of a server, or at once.

use super::{claim::Claim, common_cost::CommonCost, hasher::PasswordHasher};
use crate::{
    client_key::ClientKey,
    error::UserError,
    user::password::{
        Password,
        hash::{HashCost, PasswordHash},
    },
};

/// Hashes and verifies passwords. Blocks for that long.
pub trait HashPasswords: Send + Sync {
    /// The cost of new hashes.
    fn cost(&self) -> &CommonCost;

    /// Hashes a new password for a client.
    ///
    /// # Errors
    /// [`UserError::Overloaded`] and [`UserError::Hashing`].
    fn hash(&self, client_key: ClientKey, password: &Password) -> Result<PasswordHash, UserError>;

    /// Whether the password of `claim` matches `hash`. Counts the guess.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`].
    fn matches(&self, claim: Claim<'_>, hash: &PasswordHash) -> Result<bool, UserError>;
}

impl HashPasswords for PasswordHasher {
    fn cost(&self) -> &CommonCost {
        &self.cost
    }

    fn hash(&self, client_key: ClientKey, password: &Password) -> Result<PasswordHash, UserError> {
        let password = password.clone();
        let work = move |cost| PasswordHash::new(&password, cost);
        self.hash_by(client_key, work)?.map_err(UserError::Hashing)
    }

    fn matches(&self, claim: Claim<'_>, hash: &PasswordHash) -> Result<bool, UserError> {
        self.verify(claim, Some(hash), |_| {})
    }
}

/// Hashes on the calling thread and limits no guesses: for the operator's own commands.
pub struct InlineHasher(CommonCost);

impl InlineHasher {
    /// A hasher that makes new hashes at `cost`, or at the cost of the store if that is higher.
    #[must_use]
    pub fn new(cost: HashCost) -> Self {
        Self(CommonCost::new(cost))
    }
}

impl HashPasswords for InlineHasher {
    fn cost(&self) -> &CommonCost {
        &self.0
    }

    fn hash(&self, _: ClientKey, password: &Password) -> Result<PasswordHash, UserError> {
        PasswordHash::new(password, self.0.get()).map_err(UserError::Hashing)
    }

    fn matches(&self, claim: Claim<'_>, hash: &PasswordHash) -> Result<bool, UserError> {
        let password = claim.password;
        Ok(password.forms().any(|form| hash.matches(password.in_form(form))))
    }
}
