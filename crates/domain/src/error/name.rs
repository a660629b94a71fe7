//! Why a text is no username.

use std::fmt;

use precis_core::Error;
use thiserror::Error as ThisError;

use crate::limits::NAME_MAX_LENGTH;

/// A text that can't be a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum InvalidUsername {
    /// It has a character that no username has, or that no new one gets.
    #[error("must not contain {}; accepted are {Accepted}", Shown(*.0))]
    Character(char),
    /// It is too long, empty, `.` or `..`, or has characters in an order that RFC 8265 refuses.
    #[error("must be {Accepted}, and not '.' or '..'")]
    Shape,
}

/// A name has letters of scripts that are not written together, which is how one word is spelled
/// with letters of another alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error(
    "must not mix scripts; letters of one script are accepted, or Latin ones with Chinese, \
     Japanese or Korean"
)]
pub struct MixedScripts;

/// The names that are accepted, for the end of a sentence.
struct Accepted;

/// A character as an error shows it: in no form that a terminal obeys or that nothing is seen of.
struct Shown(char);

impl From<Error> for InvalidUsername {
    fn from(error: Error) -> Self {
        let character = match error {
            Error::BadCodepoint(info) => char::from_u32(info.cp),
            _ => None,
        };
        character.map_or(Self::Shape, Self::Character)
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "1 to {NAME_MAX_LENGTH} letters, digits and punctuation marks without spaces and \
             : / ? # % \\"
        )
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ' ' => formatter.write_str("a space"),
            character if character.is_ascii_graphic() => write!(formatter, "'{character}'"),
            character => write!(formatter, "U+{:04X}", u32::from(character)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::user::name::Username;

    #[test]
    fn a_refused_character_is_named_and_never_obeyed() {
        for (text, shown) in [
            ("a b", "a space"),
            ("a/b", "'/'"),
            ("a?", "'?'"),
            ("a？", "'?'"),
            ("a\\b", "'\\'"),
            ("a\u{1b}[2J", "U+001B"),
            ("\u{202e}nimda", "U+202E"),
            ("😀", "U+1F600"),
        ] {
            let reason = Username::parse_new(text).unwrap_err().to_string();
            let expected = format!(
                "must not contain {shown}; accepted are 1 to 64 letters, digits and punctuation \
                 marks without spaces and : / ? # % \\"
            );
            assert_eq!(reason, expected, "{text:?}");
        }
        let reason = Username::parse_new("").unwrap_err().to_string();
        assert!(reason.starts_with("must be 1 to 64 letters"), "{reason}");
        assert!(reason.ends_with("and not '.' or '..'"), "{reason}");
    }
}
