//! Passwords: which ones are taken, and how they are kept.

mod common;
mod hash;
mod presented;

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

pub use hash::{HashCost, InvalidHashCost, InvalidPasswordHash, PasswordHash};
pub use presented::PresentedPassword;

use crate::{Username, fold::fold};

/// The fewest characters (not bytes) of a password.
pub const MIN_LENGTH: usize = 8;
/// The most characters (not bytes) of a password.
pub const MAX_LENGTH: usize = 256;

/// A password that may be set. Its text never shows in `Debug`, and its memory is wiped when it is
/// dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

/// Why a text can't be set as a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordFlaw {
    /// Fewer than [`MIN_LENGTH`] characters.
    #[error("must have at least {MIN_LENGTH} characters")]
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    #[error("must have at most {MAX_LENGTH} characters")]
    TooLong,
    /// Among the first that anyone would guess.
    #[error("must not be one of the most common passwords, nor the user's name")]
    Common,
}

impl Password {
    /// Takes `text` as a new password: any characters, no rules of composition.
    ///
    /// # Errors
    /// The first [`PasswordFlaw`] that it has.
    pub fn parse(text: &str) -> Result<Self, PasswordFlaw> {
        match text.chars().take(MAX_LENGTH + 1).count() {
            ..MIN_LENGTH => Err(PasswordFlaw::TooShort),
            MIN_LENGTH..=MAX_LENGTH if common::contains(&Zeroizing::new(fold(text))) => {
                Err(PasswordFlaw::Common)
            }
            MIN_LENGTH..=MAX_LENGTH => Ok(Self(Zeroizing::new(text.to_owned()))),
            _ => Err(PasswordFlaw::TooLong),
        }
    }

    /// Whether the password says what the user's name says, case aside.
    #[must_use]
    pub fn is_name(&self, name: &Username) -> bool {
        *Zeroizing::new(fold(&self.0)) == name.key().as_str()
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Password, PasswordFlaw};
    use crate::Username;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_source_documents_are_taken() {
        for text in ["stringst", "newUserPassw0rd!"] {
            assert!(Password::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        let snowmen = |count| Password::parse(&"☃".repeat(count)).err();
        assert_eq!(snowmen(7), Some(PasswordFlaw::TooShort));
        assert_eq!(snowmen(8), None);
        assert_eq!(snowmen(256), None);
        assert_eq!(snowmen(257), Some(PasswordFlaw::TooLong));
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for text in ["password", "PassWord", "12345678", "qwertyuiop"] {
            assert_eq!(Password::parse(text), Err(PasswordFlaw::Common), "{text}");
        }
    }

    #[test]
    fn a_name_is_told_apart_only_by_more_than_case() {
        let name = Username::parse("Jürgen-Müller").unwrap();
        assert!(Password::parse("JÜRGEN-MÜLLER").unwrap().is_name(&name));
        assert!(!Password::parse("JÜRGEN-MÜLLER1").unwrap().is_name(&name));
    }

    #[test]
    fn debug_output_keeps_the_secret() {
        assert_eq!(format!("{:?}", Password::parse("correct horse").unwrap()), "Password(…)");
    }

    proptest! {
        #[test]
        fn any_uncommon_text_of_the_right_length_is_taken(text in "(?s).{0,300}") {
            let expected = match text.chars().count() {
                0..8 => Some(PasswordFlaw::TooShort),
                257.. => Some(PasswordFlaw::TooLong),
                _ => None,
            };
            prop_assert_eq!(Password::parse(&text).err(), expected);
        }
    }
}
