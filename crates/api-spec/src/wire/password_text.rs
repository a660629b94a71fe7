//! Passwords on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The text of a password that a client sent. Its memory is wiped when it is dropped, and nothing
/// can print it by accident:
///
/// ```compile_fail,E0277
/// fn print(password: rollcall_api_spec::PasswordText) {
///     println!("{password:?}");
/// }
/// ```
#[derive(Clone)]
pub struct PasswordText(Zeroizing<String>);

impl ZeroizeOnDrop for PasswordText {}

impl PasswordText {
    /// The text, in memory that is wiped.
    #[must_use]
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl<'de> Deserialize<'de> for PasswordText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// The validator copies invalid values into its errors. Of a password it gets nothing.
impl Serialize for PasswordText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
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
    fn nothing_of_a_password_is_ever_written() {
        let password: PasswordText = serde_json::from_str(r#""secret text""#).unwrap();
        assert_eq!(serde_json::to_string(&password).unwrap(), "null");
        assert_eq!(*password.into_inner(), "secret text");
    }
}
