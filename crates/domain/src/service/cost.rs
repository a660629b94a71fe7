//! The cost that all hashing has in common.

use super::UserService;
use crate::{HashCost, PasswordHash, UserError};

impl UserService {
    /// The cost of new hashes, and of every check that fails: the highest of any hash in the store,
    /// or what was asked for if that is higher, which the store keeps from then on. Blocks.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails.
    pub fn common_hash_cost(&self) -> Result<HashCost, UserError> {
        self.settle_hash_cost(None)?;
        Ok(self.hasher.cost())
    }

    /// Has all hashing from now on be of the common cost, which other processes may have raised,
    /// and which is that of `hash` at least.
    pub(super) fn settle_hash_cost(&self, hash: Option<&PasswordHash>) -> Result<(), UserError> {
        let stored = self.store.hash_cost()?;
        let found = hash.and_then(PasswordHash::sound_cost);
        for cost in stored.into_iter().chain(found) {
            self.hasher.raise_cost(cost);
        }
        let common = self.hasher.cost();
        if stored.is_none_or(|stored| stored < common) {
            self.store.raise_hash_cost(common)?;
        }
        Ok(())
    }
}
