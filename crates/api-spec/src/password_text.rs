//! Passwords on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use validator::ValidateLength;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The text of a password that a client sent. Its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct PasswordText(Zeroizing<String>);

impl ZeroizeOnDrop for PasswordText {}

impl PasswordText {
    /// The text, in memory that is wiped.
    #[must_use]
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }

    /// How many characters it has in Unicode form NFC, in which passwords are set.
    fn count(&self) -> u64 {
        self.0.nfc().count() as u64
    }
}

impl<'de> Deserialize<'de> for PasswordText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// The validator keeps a copy of an invalid value. Of a password that is its length, not its text.
impl Serialize for PasswordText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.count())
    }
}

impl ValidateLength<u64> for PasswordText {
    fn length(&self) -> Option<u64> {
        Some(self.count())
    }
}

/// Reads a password that must say something: null and the empty text count as absent.
pub(crate) fn empty_as_absent<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PasswordText>, D::Error> {
    let password = Option::<PasswordText>::deserialize(deserializer)?;
    Ok(password.filter(|text| !text.0.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::PasswordText;

    #[test]
    fn only_the_length_of_a_password_is_ever_written() {
        let password: PasswordText = serde_json::from_str(r#""☃ secret""#).unwrap();
        assert_eq!(serde_json::to_string(&password).unwrap(), "8");
        assert_eq!(*password.into_inner(), "☃ secret");
    }
}
