//! The names of keys.

use std::{fmt, sync::LazyLock};

use regex::Regex;
use thiserror::Error;

use crate::limits::{KEY_NAME_MAX_LENGTH, KEY_NAME_PATTERN};

#[expect(clippy::expect_used, reason = "the pattern is a constant that the tests compile")]
static SYNTAX: LazyLock<Regex> = LazyLock::new(|| Regex::new(KEY_NAME_PATTERN).expect("a pattern"));

/// The name of a key, for people. Several keys may have the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(String);

/// The text can't be the name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be 1 to {KEY_NAME_MAX_LENGTH} characters, none of them invisible but the space")]
pub struct InvalidKeyName;

impl KeyName {
    /// Takes `text` as a name.
    ///
    /// # Errors
    /// [`InvalidKeyName`] when it is too long or not as [`KEY_NAME_PATTERN`].
    pub fn parse(text: &str) -> Result<Self, InvalidKeyName> {
        let is_short = text.chars().nth(KEY_NAME_MAX_LENGTH).is_none();
        // Not in the pattern, since no source of Go may have it, not even in a comment.
        let has_mark = text.contains('\u{feff}');
        if is_short && !has_mark && SYNTAX.is_match(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKeyName)
        }
    }

    /// A name that [`KeyName::parse`] accepted before, as a store kept it.
    #[must_use]
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::KeyName;

    #[test]
    fn a_name_is_visible_and_of_bounded_length() {
        let longest = "é".repeat(64);
        for text in ["a", "backup job (nightly)", " job ", "ключ", "🔑", &longest] {
            assert_eq!(KeyName::parse(text).unwrap().as_str(), text);
        }
        let too_long = "é".repeat(65);
        for text in ["", " ", "   ", "a\u{61c}b", "a\u{ad}", "\u{180e}a", "\u{3164}", "a\u{a0}b"] {
            assert!(KeyName::parse(text).is_err(), "{text:?}");
        }
        for text in ["", "a\nb", "\u{1b}[2J", "a\u{202e}b", "a\u{200b}", "\u{feff}", &too_long] {
            assert!(KeyName::parse(text).is_err(), "{text:?}");
        }
    }
}
