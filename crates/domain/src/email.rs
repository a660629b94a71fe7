//! Email addresses, in the syntax that mail systems deliver to.

use std::{fmt, sync::LazyLock};

use regex::Regex;
use thiserror::Error;

use crate::fold::fold;

/// The most characters an address may have: what fits in an SMTP envelope (RFC 5321).
pub const EMAIL_MAX_LENGTH: usize = 254;

/// The most characters before the `@` (RFC 5321, section 4.5.3.1.1).
const LOCAL_PART_MAX_LENGTH: usize = 64;

/// The accepted syntax: RFC 5321's, without quoted names and without addresses of machines in
/// brackets, which mail systems refuse anyway.
pub const EMAIL_PATTERN: &str = "^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*\
    @[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$";

#[expect(clippy::expect_used, reason = "the pattern is a constant that the tests compile")]
static SYNTAX: LazyLock<Regex> = LazyLock::new(|| Regex::new(EMAIL_PATTERN).expect("a pattern"));

/// An address that passed the rules, in the spelling its owner chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// The form under which an address is unique: its case folded away.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailKey(String);

/// A text that can't be an email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be an email address such as name@example.com, of at most {EMAIL_MAX_LENGTH} characters and \
     {LOCAL_PART_MAX_LENGTH} before the @"
)]
pub struct InvalidEmail;

impl Email {
    /// Takes `text` as an email address, unchanged.
    ///
    /// # Errors
    /// [`InvalidEmail`] when it is longer than [`EMAIL_MAX_LENGTH`], has more than 64 characters before
    /// its `@`, or is not as [`EMAIL_PATTERN`].
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let fits = text.len() <= EMAIL_MAX_LENGTH
            && text.find('@').is_some_and(|length| length <= LOCAL_PART_MAX_LENGTH);
        if fits && SYNTAX.is_match(text) { Ok(Self(text.to_owned())) } else { Err(InvalidEmail) }
    }

    /// An address that [`Email::parse`] accepted before, as a store kept it.
    #[must_use]
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    /// The address as its owner spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address for whoever keeps it.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// What the address is compared by.
    #[must_use]
    pub fn key(&self) -> EmailKey {
        EmailKey(fold(&self.0))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl EmailKey {
    /// The folded text, as a store keeps it beside the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Email, InvalidEmail};
    use proptest::prelude::*;

    #[test]
    fn ordinary_addresses_are_kept_as_they_are_spelt() {
        let longest_name = format!("{}@example.com", "x".repeat(64));
        for text in
            ["new-user-email@example.com", "A.B+tag@Example.org", "root@localhost", &longest_name]
        {
            assert_eq!(Email::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let too_long = format!("x@{}com", "example.".repeat(32));
        let too_long_a_name = format!("{}@example.com", "x".repeat(65));
        for text in [
            "",
            "@",
            "a@",
            "@b",
            "a b@c",
            "a@b c",
            "a@-b",
            "a@b-.c",
            "a@b..c",
            "a..b@c",
            ".a@b",
            "a.@b",
            "a@b\n",
            "a\0@b",
            "<a@b>",
            "a@b,c@d",
            "ü@example.com",
            &too_long,
            &too_long_a_name,
        ] {
            assert_eq!(Email::parse(text), Err(InvalidEmail), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn case_never_makes_another_address(text in "[a-zA-Z0-9.+-]{1,20}@[a-zA-Z0-9]{1,20}\\.com") {
            let key = |text: &str| Email::parse(text).map(|email| email.key());
            prop_assert_eq!(key(&text.to_uppercase()), key(&text.to_lowercase()));
        }

        #[test]
        fn any_text_is_refused_or_kept(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(email.as_str(), text);
            }
        }
    }
}
