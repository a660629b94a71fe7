//! Password hashes: ordinary bcrypt, of which no byte of a password is ever ignored.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use bcrypt::{BcryptError, HashParts};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use thiserror::Error;
use zeroize::Zeroizing;

use super::Password;

/// What bcrypt reads of a password at most.
const BCRYPT_MAX_BYTES: usize = 72;

/// How hashes begin that are checked alike; `$2x$` marks those of an old fault.
const KNOWN_PREFIXES: [&str; 3] = ["$2a$", "$2b$", "$2y$"];

/// The base64 characters of bcrypt, by their values.
const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Where the last character of the salt is.
const SALT_END: usize = 28;

/// Where the last character of the hash is.
const HASH_END: usize = 59;

/// The key under which long passwords are shortened. Part of every such hash: never change it.
const SHORTENING_LABEL: &[u8] = b"rollcall password";

/// The work that one hash costs: bcrypt's exponent of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashCost(u32);

/// A cost that is too low to protect anything or too high to ever answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be a bcrypt cost from {} to {}", HashCost::MIN, HashCost::MAX)]
pub struct InvalidHashCost;

/// A text that is no bcrypt hash that a login could be checked against. Without the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be a bcrypt hash of 60 characters that begins with $2a$, $2b$ or $2y$ and a cost from {:02} \
     to {}",
    HashCost::MIN,
    HashCost::MAX
)]
pub struct InvalidPasswordHash;

/// A bcrypt hash as stored. Its text never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl HashCost {
    /// The lowest accepted cost.
    pub const MIN: u32 = 4;
    /// The highest accepted cost.
    pub const MAX: u32 = 16;
    /// The cost where none is asked for.
    pub const DEFAULT: Self = Self(12);

    /// Takes `cost` as the cost of new hashes.
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

    /// The cost above this one; none above the highest.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }

    /// The rounds of bcrypt that a hash takes.
    pub(crate) fn rounds(self) -> u64 {
        1_u64.checked_shl(self.0).unwrap_or(u64::MAX)
    }

    /// The costs from this one to the one below `other`.
    pub(crate) fn up_to(self, other: Self) -> impl Iterator<Item = Self> {
        (self.0..other.0).map(Self)
    }

    /// How many hashes of the cost `other` take as much work as one of this cost: 1 at least.
    pub(crate) fn weight_beside(self, other: Self) -> usize {
        1_usize.checked_shl(self.0.saturating_sub(other.0)).unwrap_or(usize::MAX)
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
        with_bcrypt_input(verified.as_bytes(), |input| bcrypt::hash(input, cost.0)).map(Self)
    }

    /// The cost that the hash was made at; none for a hash that can't be read.
    #[must_use]
    pub fn cost(&self) -> Option<HashCost> {
        self.0.split('$').nth(2)?.parse().ok().map(HashCost)
    }

    /// The cost of the work that a check takes; none for a hash that is damaged, or of a cost that
    /// no hash of this service has.
    #[must_use]
    pub fn sound_cost(&self) -> Option<HashCost> {
        let parts: HashParts = self.0.parse().ok()?;
        HashCost::new(parts.get_cost()).ok()
    }

    /// Takes a hash that another system has made. Of a password that has more than 72 bytes or a NUL
    /// others make another hash than this service, and the password does not match that.
    ///
    /// # Errors
    /// [`InvalidPasswordHash`] when it is none that a password could match.
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

    /// Whether it is of `password`. Takes as long as making the hash did.
    #[must_use]
    pub fn is_of(&self, password: &Password) -> bool {
        self.matches(password.as_str())
    }

    /// Whether `text` is the password. Takes as long as making the hash did.
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

/// The text with zeros for the bits that its last characters of salt and hash have to spare, which
/// some systems fill and [`bcrypt`] then takes for damage; none where there are no such characters.
fn without_spare_bits(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_owned();
    for (index, bits) in [(SALT_END, 0b11_0000), (HASH_END, 0b11_1100)] {
        let byte = bytes.get_mut(index)?;
        let value = ALPHABET.iter().position(|it| it == byte)?;
        *byte = ALPHABET[value & bits];
    }
    String::from_utf8(bytes).ok()
}

/// Gives bcrypt what it hashes of a password, and wipes it then if it is not the password itself.
fn with_bcrypt_input<T>(password: &[u8], hash: impl FnOnce(&[u8]) -> T) -> T {
    match bcrypt_input(password) {
        Cow::Borrowed(input) => hash(input),
        Cow::Owned(input) => hash(&Zeroizing::new(input)),
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
        // Test vectors of crypt_blowfish and of Python's bcrypt.
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
    fn bits_that_mean_nothing_keep_nobody_out() {
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
