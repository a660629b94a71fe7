//! Passwords that have been checked before.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use moka::sync::Cache;
use sha2::Sha256;

use crate::PasswordHash;

/// How many credentials are remembered at most.
const CAPACITY: u64 = 100_000;

/// How long credentials are remembered that nobody uses.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// That a password matches a stored hash is remembered, under a key that only this process knows,
/// and never the password. What is remembered stays true for ever: a changed password has another
/// hash. Whether the hash is still the user's is for the caller to know, who has just read it.
pub(crate) struct VerifiedCredentials {
    key: [u8; 32],
    entries: Cache<[u8; 32], ()>,
}

impl VerifiedCredentials {
    /// Remembers nothing yet.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let entries = Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build();
        Ok(Self { key, entries })
    }

    /// Whether `password` is known to match `hash`.
    pub(crate) fn contains(&self, hash: &PasswordHash, password: &str) -> bool {
        self.entries.get(&self.entry(hash, password)).is_some()
    }

    /// Remembers that `password` matches `hash`.
    pub(crate) fn insert(&self, hash: &PasswordHash, password: &str) {
        self.entries.insert(self.entry(hash, password), ());
    }

    /// Remembers that `password` matches `hash` if it is known to or `verify` says so. Of equal
    /// calls that come together one calls `verify`, and the others get its answer.
    pub(crate) fn verify_once<E: Clone + Send + Sync + 'static>(
        &self,
        hash: &PasswordHash,
        password: &str,
        verify: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let entry = self.entry(hash, password);
        self.entries.try_get_with(entry, verify).map_err(|error| (*error).clone())
    }

    fn entry(&self, hash: &PasswordHash, password: &str) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key");
        mac.update(&hash.as_str().len().to_be_bytes());
        mac.update(hash.as_str().as_bytes());
        mac.update(password.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::VerifiedCredentials;
    use crate::PasswordHash;
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    fn hash(text: &str) -> PasswordHash {
        PasswordHash::from_store(text.to_owned())
    }

    #[test]
    fn only_this_password_with_this_hash_is_known() {
        let verified = VerifiedCredentials::new().unwrap();
        verified.insert(&hash("ab"), "c");
        assert!(verified.contains(&hash("ab"), "c"));
        for (other_hash, password) in [("ab", "d"), ("a", "bc"), ("abc", ""), ("x", "c")] {
            assert!(!verified.contains(&hash(other_hash), password));
        }
    }

    #[test]
    fn equal_checks_that_come_together_are_made_once() {
        let verified = VerifiedCredentials::new().unwrap();
        let (barrier, checks) = (Barrier::new(8), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    let outcome = verified.verify_once(&hash("a"), "b", || {
                        checks.fetch_add(1, Ordering::SeqCst);
                        thread::sleep(std::time::Duration::from_millis(50));
                        Ok::<_, ()>(())
                    });
                    assert_eq!(outcome, Ok(()));
                });
            }
        });
        assert_eq!(checks.into_inner(), 1);
    }

    #[test]
    fn a_failed_check_is_not_remembered() {
        let verified = VerifiedCredentials::new().unwrap();
        assert_eq!(verified.verify_once(&hash("a"), "b", || Err(7)), Err(7));
        assert!(!verified.contains(&hash("a"), "b"));
        assert_eq!(verified.verify_once(&hash("a"), "b", || Ok::<_, i32>(())), Ok(()));
        assert!(verified.contains(&hash("a"), "b"));
    }
}
