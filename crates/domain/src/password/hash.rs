//! Password hashes: ordinary bcrypt, of which no byte of a password is ever ignored.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use bcrypt::BcryptError;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use thiserror::Error;

use super::Password;

/// What bcrypt reads of a password at most.
const BCRYPT_MAX_BYTES: usize = 72;

/// The key under which long passwords are shortened. Part of every such hash: never change it.
const SHORTENING_LABEL: &[u8] = b"rollcall password";

/// The work that one hash costs: bcrypt's exponent of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost(u32);

/// A cost that is too low to protect anything or too high to ever answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be a bcrypt cost from {} to {}", HashCost::MIN, HashCost::MAX)]
pub struct InvalidHashCost;

/// A bcrypt hash as stored. Its text never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl HashCost {
    /// The lowest accepted cost.
    pub const MIN: u32 = 4;
    /// The highest accepted cost.
    pub const MAX: u32 = 16;

    /// Takes `cost` as the cost of new hashes.
    ///
    /// # Errors
    /// [`InvalidHashCost`] outside [`HashCost::MIN`] to [`HashCost::MAX`].
    pub fn new(cost: u32) -> Result<Self, InvalidHashCost> {
        if (Self::MIN..=Self::MAX).contains(&cost) { Ok(Self(cost)) } else { Err(InvalidHashCost) }
    }
}

impl PasswordHash {
    /// Hashes a password. Takes a good part of a second at the usual costs.
    ///
    /// # Errors
    /// [`BcryptError`] when the machine has no randomness to give.
    pub fn new(password: &Password, cost: HashCost) -> Result<Self, BcryptError> {
        Self::renewed(password.as_str(), cost)
    }

    /// Hashes a password anew that has just matched an older hash, by whatever rules it was set.
    ///
    /// # Errors
    /// [`BcryptError`] when the machine has no randomness to give.
    pub(crate) fn renewed(verified: &str, cost: HashCost) -> Result<Self, BcryptError> {
        bcrypt::hash(bcrypt_input(verified.as_bytes()), cost.0).map(Self)
    }

    /// The cost that the hash was made at; none for a hash that can't be read.
    pub(crate) fn cost(&self) -> Option<HashCost> {
        self.0.split('$').nth(2)?.parse().ok().map(HashCost)
    }

    /// A hash of no password, to spend the same time on a name that nobody has.
    #[must_use]
    pub fn decoy(cost: HashCost) -> Self {
        const SALT_AND_HASH: &str = ".....................................................";
        Self(format!("$2b${:02}${SALT_AND_HASH}", cost.0))
    }

    /// A hash that was made before, as a store kept it.
    #[must_use]
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is the password. Takes as long as making the hash did.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        bcrypt::verify(bcrypt_input(text.as_bytes()), &self.0).unwrap_or(false)
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

/// What bcrypt is given for a password: itself, or where bcrypt would stop reading early (after 72
/// bytes, and at NUL in other implementations) the base64 text of its HMAC-SHA-384.
fn bcrypt_input(password: &[u8]) -> Cow<'_, [u8]> {
    if password.len() <= BCRYPT_MAX_BYTES && !password.contains(&0) {
        return Cow::Borrowed(password);
    }
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha384>::new_from_slice(SHORTENING_LABEL).expect("a key");
    mac.update(password);
    Cow::Owned(BASE64_STANDARD.encode(mac.finalize().into_bytes()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{HashCost, PasswordHash, bcrypt_input};
    use crate::Password;
    use proptest::prelude::*;

    fn hash(text: &str) -> PasswordHash {
        PasswordHash::new(&Password::parse(text).unwrap(), HashCost::new(4).unwrap()).unwrap()
    }

    #[test]
    fn a_hash_matches_its_password_and_no_other() {
        let hash = hash("newUserPassw0rd!");
        assert!(hash.matches("newUserPassw0rd!"));
        assert!(!hash.matches("newUserPassw0rd"));
        assert!(!hash.matches(""));
    }

    #[test]
    fn ordinary_hashes_are_ordinary_bcrypt() {
        assert!(hash("stringst").as_str().starts_with("$2b$04$"));
        assert!(bcrypt::verify("stringst", hash("stringst").as_str()).unwrap());
        let of_others = "$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK";
        assert!(PasswordHash::from_store(of_others.into()).matches("U*U*"));
    }

    #[test]
    fn the_73rd_byte_counts() {
        let long = "x".repeat(72);
        assert!(!hash(&long).matches(&format!("{long}y")));
        assert!(!hash(&format!("{long}y")).matches(&format!("{long}z")));
        assert!(hash(&format!("{long}y")).matches(&format!("{long}y")));
    }

    #[test]
    fn what_follows_a_nul_counts() {
        assert!(!hash("before\0after").matches("before\0later"));
        assert!(!hash("\0\0\0\0\0\0\0\0").matches(""));
    }

    #[test]
    fn the_shortened_form_never_changes() {
        let text = String::from_utf8(bcrypt_input(&[b'x'; 73]).into_owned()).unwrap();
        assert_eq!(text, "Fp0HtnhFoEFF9jmfew8pkY9cr1OgSE44PZH26QTuFhcvcIoOg0O8mJI3OrKIyc5D");
    }

    #[test]
    fn a_decoy_costs_a_hash_and_matches_nothing() {
        let decoy = PasswordHash::decoy(HashCost::new(4).unwrap());
        assert!(bcrypt::verify("anything", decoy.as_str()).is_ok());
        assert!(!decoy.matches("") && !decoy.matches("."));
    }

    #[test]
    fn a_damaged_hash_matches_nothing() {
        for text in ["", "$2b$", "plaintext", "$2b$04$short"] {
            assert!(!PasswordHash::from_store(text.into()).matches(text));
        }
    }

    #[test]
    fn costs_outside_the_bounds_are_refused() {
        assert!(HashCost::new(3).is_err() && HashCost::new(17).is_err());
        assert!(HashCost::new(4).is_ok() && HashCost::new(16).is_ok());
    }

    proptest! {
        #[test]
        fn no_two_passwords_give_bcrypt_the_same_bytes(
            left in prop::collection::vec(any::<u8>(), 0..200),
            right in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let same_input = bcrypt_input(&left) == bcrypt_input(&right);
            prop_assert_eq!(same_input, left == right);
            let input = bcrypt_input(&left);
            prop_assert!(input.len() <= 72 && !input.contains(&0));
        }
    }
}
