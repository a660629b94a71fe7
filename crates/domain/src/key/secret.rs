//! The secret of a key, and the hash by which a store knows it.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::text::{is_key, of_bits};

/// How much of the secret is shown in lists: `rck_` and 8 of 43 digits. The rest has 208 bits.
const PREFIX_LENGTH: usize = 12;

/// The secret of a key, which its maker sees once. Its memory is wiped when it is dropped, and
/// nothing can print it by accident:
///
/// ```compile_fail
/// let secret = rollcall_domain::key::KeySecret::generate().unwrap();
/// println!("{secret:?}");
/// ```
#[derive(Clone)]
pub struct KeySecret(Zeroizing<String>);

impl ZeroizeOnDrop for KeySecret {}

/// The SHA-256 of a secret. The secret has 256 random bits, so that no slow hash is needed, and
/// the hash does not help to find it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl KeySecret {
    /// Generates a secret.
    ///
    /// # Errors
    /// When the system cannot provide randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bits = Zeroizing::new([0; 32]);
        getrandom::fill(bits.as_mut())?;
        Ok(Self(of_bits(&bits)))
    }

    /// What every secret begins with.
    pub const BEGINNING: &str = super::text::BEGINNING;

    /// Takes `text` as a secret, which may belong to no key; none if its checksum does not hold.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_key(text).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text, which is sent once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The beginning of the text, which is not secret.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.get(..PREFIX_LENGTH).unwrap_or_default()
    }

    /// The hash of the text.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl KeyHash {
    /// Whether both are of the same secret. Takes the same time wherever they differ.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        let difference = pairs.fold(0, |bits, (one, other)| bits | (one ^ other));
        std::hint::black_box(difference) == 0
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyHash, KeySecret};
    use std::collections::BTreeSet;

    #[test]
    fn secrets_differ_and_can_be_read_back() {
        let secrets: BTreeSet<_> =
            (0..1000).map(|_| KeySecret::generate().unwrap().expose().to_owned()).collect();
        assert_eq!(secrets.len(), 1000);
        for text in &secrets {
            let read = KeySecret::parse(text).unwrap();
            assert!(read.expose() == text && text.starts_with(read.prefix()));
            assert_eq!(read.prefix().len(), 12);
        }
        // The hash is that of the whole text.
        let hashes: BTreeSet<_> =
            secrets.iter().map(|text| KeySecret::parse(text).unwrap().hash()).collect();
        assert_eq!(hashes.len(), 1000);
    }

    #[test]
    fn hashes_match_only_if_every_byte_does() {
        let hash = KeyHash([7; 32]);
        assert!(hash.matches(&KeyHash([7; 32])));
        for at in 0..32 {
            let mut other = hash;
            other.0[at] ^= 1;
            assert!(!hash.matches(&other), "{at}");
        }
        assert_eq!(format!("{hash:?}"), "KeyHash(…)");
    }
}
