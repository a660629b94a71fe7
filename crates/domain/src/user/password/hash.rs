//! Password hashes: standard bcrypt, but every byte of a long password counts.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use bcrypt::{BcryptError, HashParts};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use thiserror::Error;
use zeroize::Zeroizing;

use super::Password;

/// The number of bytes of a password that bcrypt reads.
const BCRYPT_MAX_BYTES: usize = 72;

/// The prefixes of hashes that are verified alike; `$2x$` marks hashes of an old, faulty version.
const KNOWN_PREFIXES: [&str; 3] = ["$2a$", "$2b$", "$2y$"];

/// The characters of bcrypt's base64, by value.
const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The index of the last character of the salt.
const SALT_END: usize = 28;

/// The index of the last character of the hash.
const HASH_END: usize = 59;

/// The HMAC key for shortening long passwords. Every such hash depends on it: never change it.
const SHORTENING_LABEL: &[u8] = b"rollcall password";

/// The cost of a hash: bcrypt's exponent of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashCost(u32);

/// The cost is too low to protect passwords or too high to be usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be a bcrypt cost from {} to {}", HashCost::MIN, HashCost::MAX)]
pub struct InvalidHashCost;

/// The text is not a bcrypt hash that a password can be verified against. Does not contain the
/// text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be a bcrypt hash of 60 characters that begins with $2a$, $2b$ or $2y$ and a cost from \
     {:02} to {}",
    HashCost::MIN,
    HashCost::MAX
)]
pub struct InvalidPasswordHash;

/// A bcrypt hash as stored. `Debug` does not show its text.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl HashCost {
    /// The lowest accepted cost.
    pub const MIN: u32 = 4;
    /// The highest accepted cost.
    pub const MAX: u32 = 16;
    /// The default cost.
    pub const DEFAULT: Self = Self(12);

    /// A cost of new hashes.
    ///
    /// # Errors
    /// [`InvalidHashCost`] outside [`HashCost::MIN`] to [`HashCost::MAX`].
    pub fn new(cost: u32) -> Result<Self, InvalidHashCost> {
        if (Self::MIN..=Self::MAX).contains(&cost) { Ok(Self(cost)) } else { Err(InvalidHashCost) }
    }

    /// The cost as a number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// The next higher cost; none above the highest.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }

    /// The number of bcrypt rounds.
    pub(crate) fn rounds(self) -> u64 {
        1_u64.checked_shl(self.0).unwrap_or(u64::MAX)
    }

    /// The costs from this one up to, but without, `other`.
    pub(crate) fn up_to(self, other: Self) -> impl Iterator<Item = Self> {
        (self.0..other.0).map(Self)
    }

    /// How many hashes of the cost `other` take as much work as one of this cost; at least 1.
    pub(crate) fn weight_beside(self, other: Self) -> usize {
        1_usize.checked_shl(self.0.saturating_sub(other.0)).unwrap_or(usize::MAX)
    }
}

impl PasswordHash {
    /// Hashes a password. Takes a good part of a second at the usual costs.
    ///
    /// # Errors
    /// [`BcryptError`] when the system cannot provide randomness.
    pub fn new(password: &Password, cost: HashCost) -> Result<Self, BcryptError> {
        Self::renewed(password.as_str(), cost)
    }

    /// Hashes a password that has just matched an older hash. It may be invalid as a new password.
    ///
    /// # Errors
    /// [`BcryptError`] when the system cannot provide randomness.
    pub(crate) fn renewed(verified: &str, cost: HashCost) -> Result<Self, BcryptError> {
        with_bcrypt_input(verified.as_bytes(), |input| bcrypt::hash(input, cost.0)).map(Self)
    }

    /// The cost of this hash; none if the hash cannot be parsed.
    #[must_use]
    pub fn cost(&self) -> Option<HashCost> {
        self.0.split('$').nth(2)?.parse().ok().map(HashCost)
    }

    /// The cost of verifying this hash; none if the hash is damaged, or its cost is out of range.
    #[must_use]
    pub fn sound_cost(&self) -> Option<HashCost> {
        let parts: HashParts = self.0.parse().ok()?;
        HashCost::new(parts.get_cost()).ok()
    }

    /// Parses a hash of another system. Such a hash does not match its password if that has more
    /// than 72 bytes or a NUL, since this service hashes those differently.
    ///
    /// # Errors
    /// [`InvalidPasswordHash`] when it is not a hash that a password could match.
    pub fn parse(text: &str) -> Result<Self, InvalidPasswordHash> {
        let text = without_spare_bits(text).ok_or(InvalidPasswordHash)?;
        let parts: HashParts = text.parse().map_err(|_| InvalidPasswordHash)?;
        let is_known = KNOWN_PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        let has_digits = text.as_bytes()[4..6].iter().all(u8::is_ascii_digit);
        if is_known && has_digits && HashCost::new(parts.get_cost()).is_ok() {
            Ok(Self(text))
        } else {
            Err(InvalidPasswordHash)
        }
    }

    /// A hash that no password matches, to spend the same time on unknown names.
    #[must_use]
    pub fn decoy(cost: HashCost) -> Self {
        const SALT_AND_HASH: &str = ".....................................................";
        Self(format!("$2b${:02}${SALT_AND_HASH}", cost.0))
    }

    /// A hash that was read from a store.
    #[must_use]
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the hash of `password`. Takes as long as hashing.
    #[must_use]
    pub fn is_of(&self, password: &Password) -> bool {
        self.matches(password.as_str())
    }

    /// Whether `text` is the password. Takes as long as hashing.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        with_bcrypt_input(text.as_bytes(), |input| bcrypt::verify(input, &self.0)).unwrap_or(false)
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

/// Clears the unused bits of the last characters of salt and hash. Some systems set them, which
/// [`bcrypt`] rejects. None if those are missing or invalid.
fn without_spare_bits(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_owned();
    for (index, bits) in [(SALT_END, 0b11_0000), (HASH_END, 0b11_1100)] {
        let byte = bytes.get_mut(index)?;
        let value = ALPHABET.iter().position(|letter| letter == byte)?;
        *byte = ALPHABET[value & bits];
    }
    String::from_utf8(bytes).ok()
}

/// Passes the input for bcrypt to `hash`, and wipes it afterwards if it is not the password itself.
fn with_bcrypt_input<T>(password: &[u8], hash: impl FnOnce(&[u8]) -> T) -> T {
    match bcrypt_input(password) {
        Cow::Borrowed(input) => hash(input),
        Cow::Owned(input) => hash(&Zeroizing::new(input)),
    }
}

/// The input for bcrypt: the password, or the base64 of its HMAC-SHA-384 if bcrypt would not read
/// all of it (it stops after 72 bytes and, in other implementations, at NUL).
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
    use super::{HashCost, InvalidPasswordHash, PasswordHash, bcrypt_input};
    use proptest::prelude::*;

    fn hash(text: &str) -> PasswordHash {
        PasswordHash::renewed(text, HashCost::new(4).unwrap()).unwrap()
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
    fn hashes_of_other_systems_are_taken_as_they_are() {
        // Test vectors of crypt_blowfish and Python's bcrypt.
        for (text, password) in [
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
            ("$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
            ("$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm", "Kk4DQuMMfZL9o"),
        ] {
            let hash = PasswordHash::parse(text).unwrap();
            assert_eq!(hash.as_str(), text);
            assert!(hash.matches(password) && !hash.matches("another"), "{text}");
        }
    }

    #[test]
    fn unused_bits_of_imported_hashes_are_ignored() {
        let text = "$2a$05$CCCCCCCCCCCCCCCCCCCCC/E5YPO9kmyuRGyh0XouQYb4YMJKvyOeX";
        assert!(!PasswordHash::from_store(text.to_owned()).matches("U*U"));
        let hash = PasswordHash::parse(text).unwrap();
        assert!(hash.matches("U*U"));
        assert_eq!(PasswordHash::parse(hash.as_str()), Ok(hash));
    }

    #[test]
    fn what_no_password_could_match_is_refused() {
        let rest = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        for text in ["", "x", rest, "U*U", &"x".repeat(60), &"é".repeat(30)] {
            assert_eq!(PasswordHash::parse(text), Err(InvalidPasswordHash), "{text}");
        }
        for start in
            ["$2x$05$", "$2$05$", "$1$05$", "$2b$03$", "$2b$17$", "$2b$+5$", "$2b$5$", "$2b$05 "]
        {
            let text = format!("{start}{rest}");
            assert_eq!(PasswordHash::parse(&text), Err(InvalidPasswordHash), "{text}");
        }
        for text in [format!("$2b$05${rest}C"), format!("$2b$05${}", rest.replace('E', "!"))] {
            assert_eq!(PasswordHash::parse(&text), Err(InvalidPasswordHash), "{text}");
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
