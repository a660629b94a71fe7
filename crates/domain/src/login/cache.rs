//! Passwords that have been checked before.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use moka::sync::Cache;
use sha2::Sha256;

use super::claim::Claim;
use crate::user::password::hash::PasswordHash;

/// How many credentials are remembered at most.
const CAPACITY: u64 = 100_000;

/// How long unused credentials are remembered.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// A secret under a key that only this process has: equal for equal secrets, and of no other use.
pub(super) type Fingerprint = [u8; 32];

/// What a fingerprint is of.
#[derive(Clone, Copy)]
enum Kind {
    Match,
    Claim,
}

/// That a password matches a stored hash is remembered, under a key that only this process has, and
/// never the password. It stays true: a changed password has another hash. The caller, who has just
/// read the hash, knows whether it is still the user's.
pub(super) struct CredentialCache {
    /// With the key, which it takes as long to begin with as to hash a password.
    keyed: Hmac<Sha256>,
    entries: Cache<Fingerprint, ()>,
}

impl CredentialCache {
    /// Remembers nothing yet.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let entries = Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build();
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let keyed = Hmac::new_from_slice(&key).expect("a key");
        Ok(Self { keyed, entries })
    }

    /// Whether a password is known to match a hash, by the fingerprint of both.
    pub(super) fn contains(&self, fingerprint: &Fingerprint) -> bool {
        self.entries.get(fingerprint).is_some()
    }

    /// Remembers that a password matches a hash.
    pub(super) fn insert(&self, fingerprint: Fingerprint) {
        self.entries.insert(fingerprint, ());
    }

    /// The fingerprint of a password and the hash that it is said to match.
    pub(super) fn fingerprint(&self, hash: &PasswordHash, password: &str) -> Fingerprint {
        self.digest(Kind::Match, &[hash.as_str().as_bytes(), password.as_bytes()])
    }

    /// The fingerprint of a check: by whom it is asked for, for which name, and with which
    /// password, whether there is such a user or not. The text counts as it was sent: in another
    /// form it takes another check.
    pub(super) fn fingerprint_of_claim(&self, claim: Claim<'_>) -> Fingerprint {
        let Claim { client_key, name, password } = claim;
        let text = password.expose();
        let parts = [&*client_key.octets(), name.as_str().as_bytes(), text.as_bytes()];
        self.digest(Kind::Claim, &parts)
    }

    /// Each part has its length in front, so that no two lists of parts are the same bytes.
    fn digest(&self, kind: Kind, parts: &[&[u8]]) -> Fingerprint {
        let mut mac = self.keyed.clone();
        mac.update(&[kind as u8]);
        for part in parts {
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, CredentialCache};
    use crate::{
        client_key::ClientKey,
        user::{
            name::NameKey,
            password::{hash::PasswordHash, presented::tests::presented_as},
        },
    };
    use std::collections::HashSet;

    fn hash(text: &str) -> PasswordHash {
        PasswordHash::from_store(text.to_owned())
    }

    #[test]
    fn only_this_password_with_this_hash_is_known() {
        let verified = CredentialCache::new().unwrap();
        verified.insert(verified.fingerprint(&hash("ab"), "c"));
        assert!(verified.contains(&verified.fingerprint(&hash("ab"), "c")));
        for (other_hash, password) in [("ab", "d"), ("a", "bc"), ("abc", ""), ("x", "c")] {
            assert!(!verified.contains(&verified.fingerprint(&hash(other_hash), password)));
        }
    }

    #[test]
    fn checks_differ_by_address_name_and_password() {
        let verified = CredentialCache::new().unwrap();
        let mut fingerprints = HashSet::new();
        for address in ["10.0.0.1", "10.0.0.2", "2001:db8::1"] {
            for name in ["a", "ab", ""] {
                for text in ["b", "bc", "", "abc", "é", "e\u{301}"] {
                    let client_key = ClientKey::of(address.parse().unwrap());
                    let name = &NameKey::of(name);
                    let claim = Claim { client_key, name, password: &presented_as(text) };
                    assert!(fingerprints.insert(verified.fingerprint_of_claim(claim)));
                    assert!(!fingerprints.insert(verified.fingerprint_of_claim(claim)));
                }
            }
        }
    }
}
