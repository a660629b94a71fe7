//! Passwords: which ones are taken, and how they are kept.

pub(crate) mod common;
pub(crate) mod composed;
pub(crate) mod hash;
pub(crate) mod mask;
pub(crate) mod presented;

pub use hash::{HashCost, InvalidHashCost, InvalidPasswordHash, PasswordHash};
pub use presented::PresentedPassword;

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{fold::fold, name::Username};
use crate::{
    key::KeySecret,
    limits::{PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH},
};

/// A password that may be set, in Unicode form NFC. Its text never shows in `Debug`, and its memory
/// is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

/// Why a text can't be set as a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordFlaw {
    /// Fewer than [`PASSWORD_MIN_LENGTH`] characters.
    #[error("must have at least {PASSWORD_MIN_LENGTH} characters")]
    TooShort,
    /// More than [`PASSWORD_MAX_LENGTH`] characters.
    #[error("must have at most {PASSWORD_MAX_LENGTH} characters")]
    TooLong,
    /// Among the first that anyone would guess.
    #[error("must not be one of the most common passwords")]
    Common,
    /// What a program shows in the place of a password.
    #[error("must not be a placeholder such as ********")]
    Placeholder,
    /// An API key, which is no password wherever keys are accepted.
    #[error("must not be an API key")]
    ApiKey,
    /// The name of its user, case aside. [`Password::is_name`] finds it.
    #[error("must not be the user's name")]
    Name,
}

impl Password {
    /// Takes `text` as a new password: any characters in any mix. It is put into Unicode form NFC
    /// and judged in that form, so that it is one password however a system encodes it.
    ///
    /// # Errors
    /// The first [`PasswordFlaw`] that it has.
    pub fn parse(text: &str) -> Result<Self, PasswordFlaw> {
        match composed::length(text) {
            ..PASSWORD_MIN_LENGTH => return Err(PasswordFlaw::TooShort),
            PASSWORD_MIN_LENGTH..=PASSWORD_MAX_LENGTH => {}
            _ => return Err(PasswordFlaw::TooLong),
        }
        let text = composed::composed(text).unwrap_or_else(|| Zeroizing::new(text.to_owned()));
        if KeySecret::parse(&text).is_some() {
            return Err(PasswordFlaw::ApiKey);
        }
        let folded = Zeroizing::new(fold(&text));
        if mask::is_mask(&folded) {
            return Err(PasswordFlaw::Placeholder);
        }
        if common::contains(&folded) {
            return Err(PasswordFlaw::Common);
        }
        Ok(Self(text))
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
    use crate::user::name::Username;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn the_examples_of_the_source_documents_are_taken() {
        for text in ["stringst", "newUserPassw0rd!"] {
            assert!(Password::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        let snowmen = |count| {
            let text: String = "☃⛄".chars().cycle().take(count).collect();
            Password::parse(&text).err()
        };
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
    fn masks_are_refused_in_any_case() {
        for text in ["**********", "••••••••", "aAaAaAaA", "[REDACTED]", "Undefined", "<hidden>"]
        {
            assert_eq!(Password::parse(text), Err(PasswordFlaw::Placeholder), "{text}");
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

    #[test]
    fn every_unicode_form_of_a_text_is_the_same_password() {
        let composed = "Zürich-é-각";
        for form in [composed.nfd().collect::<String>(), composed.nfc().collect()] {
            assert_eq!(Password::parse(&form), Password::parse(composed));
        }
        assert_eq!(Password::parse(composed).unwrap().as_str(), composed);
        // Other spaces and widths are not made equal, unlike in names.
        assert_ne!(Password::parse("Zürich\u{a0}é-각"), Password::parse("Zürich é-각"));
    }

    #[test]
    fn limits_hold_for_the_form_nfc() {
        let decomposed = |text: &str| text.nfd().collect::<String>();
        let flaw = |text: &str| Password::parse(&decomposed(text)).err();
        assert_eq!(flaw("éàüöïñô"), Some(PasswordFlaw::TooShort));
        assert_eq!(flaw(&"éàüöïñôç".repeat(32)), None);
        assert_eq!(flaw(&format!("{}é", "éàüöïñôç".repeat(32))), Some(PasswordFlaw::TooLong));
        // The form NFC of the sign for kelvin is the letter K.
        assert_eq!(Password::parse("\u{212a}awasaki").err(), Some(PasswordFlaw::Common));
        let name = Username::parse("Jürgen-Müller").unwrap();
        assert!(Password::parse(&decomposed("jürgen-müller")).unwrap().is_name(&name));
    }

    proptest! {
        #[test]
        fn any_uncommon_text_of_the_right_length_is_taken(text in "(?s).{0,300}") {
            let expected = match text.nfc().count() {
                0..8 => Some(PasswordFlaw::TooShort),
                257.. => Some(PasswordFlaw::TooLong),
                _ => None,
            };
            prop_assert_eq!(Password::parse(&text).err(), expected);
        }
    }
}
