//! The cost that all hashing has in common.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::{
    error::UserError,
    ports::users::UserStore,
    user::password::hash::{HashCost, PasswordHash},
};

/// The cost of new hashes, and of every check that fails: what was asked for, or the highest of any
/// hash in the store if that is higher.
pub struct CommonCost {
    asked: HashCost,
    highest: AtomicU32,
}

impl CommonCost {
    pub(super) fn new(asked: HashCost) -> Self {
        Self { asked, highest: AtomicU32::new(asked.get()) }
    }

    pub(super) fn get(&self) -> HashCost {
        HashCost::new(self.highest.load(Ordering::Relaxed)).unwrap_or(self.asked)
    }

    /// How many hashes of the cost that was asked for take as much work as one of this cost.
    pub(super) fn weight(&self) -> usize {
        self.get().weight_beside(self.asked)
    }

    /// Raises the cost to that in `store`, which other processes may have raised, and to that of
    /// `hash`, and returns it. The store keeps it from then on. Blocks.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails.
    pub fn settle(
        &self,
        store: &dyn UserStore,
        hash: Option<&PasswordHash>,
    ) -> Result<HashCost, UserError> {
        let stored = store.hash_cost()?;
        for cost in stored.into_iter().chain(hash.and_then(PasswordHash::sound_cost)) {
            self.highest.fetch_max(cost.get(), Ordering::Relaxed);
        }
        let cost = self.get();
        if stored.is_none_or(|stored| stored < cost) {
            store.raise_hash_cost(cost)?;
        }
        Ok(cost)
    }
}
