//! The bcrypt costs of new and imported hashes.

use rollcall_domain::{HashCost, PasswordHash};
use rollcall_user_file::FileUser;

/// The accepted costs of hashes in a file. A failed log-in takes as long as a hash of the highest
/// cost in the store, so one line of a file could slow down all failed log-ins.
pub(super) struct Costs {
    /// The cost of new hashes.
    pub(super) new: HashCost,
    highest: HashCost,
}

impl Costs {
    /// For an import with the cost `asked` into a store with hashes up to the cost `stored`.
    pub(super) fn new(asked: HashCost, stored: Option<HashCost>) -> Self {
        let stored = stored.unwrap_or(asked);
        let above = asked.next().unwrap_or(asked);
        Self { new: asked.max(stored), highest: above.max(stored) }
    }

    /// The user, or an error if its hash has a higher cost.
    pub(super) fn check(&self, user: FileUser) -> Result<FileUser, String> {
        match user.password.hash().and_then(PasswordHash::cost) {
            Some(cost) if cost > self.highest => Err(format!(
                "passwordHash has the bcrypt cost {}; at most {} is accepted, one more than \
                 --bcrypt-cost (ROLLCALL_BCRYPT_COST)",
                cost.get(),
                self.highest.get()
            )),
            _ => Ok(user),
        }
    }
}
