//! Usernames: RFC 8265 `UsernameCasePreserved`, compared without case.

use std::{borrow::Cow, fmt};

use precis_core::profile::PrecisFastInvocation;
use precis_profiles::UsernameCasePreserved;
use thiserror::Error;

use super::fold::fold;
use crate::{error::name::InvalidUsername, limits::NAME_MAX_LENGTH};

/// Characters that new names cannot have, though names of earlier releases may. Without encoding, a
/// path with such a name reaches another user: `victim?` is `victim` with an empty query.
const UNSAFE_IN_PATHS: [char; 4] = ['?', '#', '%', '\\'];

/// A valid name, as its owner spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// The comparison form of a name, with case and Unicode form folded. Unique, and used for look-ups.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameKey(String);

/// The beginning of names, in comparison form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePrefix(String);

/// No username begins with this text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be the beginning of a username: 1 to {NAME_MAX_LENGTH} letters, digits and punctuation \
     marks without spaces, ':' and '/'"
)]
pub struct InvalidNamePrefix;

impl Username {
    /// Parses a username and normalizes it: to Unicode form NFC, with full-width letters made
    /// narrow.
    ///
    /// `:` is refused because it would end the name in HTTP Basic credentials; `/`, `.` and `..`
    /// because they have a meaning in the URL path that the portal set puts the name in.
    ///
    /// # Errors
    /// [`InvalidUsername`] for everything that RFC 8265 section 3.4 or this service refuses.
    pub fn parse(text: &str) -> Result<Self, InvalidUsername> {
        Ok(Self(normalize(text)?.into_owned()))
    }

    /// Parses the name of a new user. Users of earlier releases may have names that are refused
    /// here.
    ///
    /// # Errors
    /// As [`Username::parse`] and [`Username::require_safe_in_paths`].
    pub fn parse_new(text: &str) -> Result<Self, InvalidUsername> {
        let name = Self::parse(text)?;
        name.require_safe_in_paths()?;
        Ok(name)
    }

    /// Refuses a name that means another user's path if a client does not encode it.
    ///
    /// # Errors
    /// [`InvalidUsername::Character`] when it has `?`, `#`, `%` or `\`.
    pub fn require_safe_in_paths(&self) -> Result<(), InvalidUsername> {
        let character = self.0.chars().find(|character| UNSAFE_IN_PATHS.contains(character));
        character.map_or(Ok(()), |character| Err(InvalidUsername::Character(character)))
    }

    /// A name that [`Username::parse`] once accepted, read from a store.
    #[must_use]
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    /// The name as its owner spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as an owned string.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// The comparison form of the name.
    #[must_use]
    pub fn key(&self) -> NameKey {
        NameKey(fold(&self.0))
    }
}

/// The name that `text` is, see [`Username::parse`].
fn normalize(text: &str) -> Result<Cow<'_, str>, InvalidUsername> {
    let fits = |text: &str| (1..=NAME_MAX_LENGTH).contains(&text.chars().count());
    if !fits(text) {
        return Err(InvalidUsername::Shape);
    }
    let name = enforce(text)?;
    if let Some(character) = name.chars().find(|character| matches!(character, ':' | '/')) {
        return Err(InvalidUsername::Character(character));
    }
    if !fits(&name) || matches!(&*name, "." | "..") {
        return Err(InvalidUsername::Shape);
    }
    Ok(name)
}

/// After this many changes by the profile a name must be stable (RFC 8264, section 7).
const MAX_ROUNDS: usize = 4;

/// Applies the profile until it changes nothing more, so that the shown name is valid, too.
/// Printable ASCII, which most names are, never changes.
fn enforce(text: &str) -> Result<Cow<'_, str>, InvalidUsername> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Cow::Borrowed(text));
    }
    let mut name = Cow::Borrowed(text);
    for _ in 0..MAX_ROUNDS {
        let next = UsernameCasePreserved::enforce(&*name)?;
        if next == name {
            return Ok(name);
        }
        name = Cow::Owned(next.into_owned());
    }
    Err(InvalidUsername::Shape)
}

impl fmt::Display for Username {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl NameKey {
    /// The comparison form of `text`; the empty key, which no user has, if it is not a valid name.
    #[must_use]
    pub fn of(text: &str) -> Self {
        normalize(text).map_or_else(|_| Self(String::new()), |name| Self(fold(&name)))
    }

    /// A key that was made before, read from a store.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The comparison form as text, which a store keeps beside the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NamePrefix {
    /// Parses the beginning of a username, in any case and Unicode form. It need not be a valid
    /// name itself, since some characters may be in the middle of a name, but not at its end.
    ///
    /// # Errors
    /// [`InvalidNamePrefix`] when it is empty, too long, or has a character that no name has.
    pub fn parse(text: &str) -> Result<Self, InvalidNamePrefix> {
        let is_barred = |character: char| {
            character.is_whitespace() || character.is_control() || matches!(character, ':' | '/')
        };
        let is_fit = (1..=NAME_MAX_LENGTH).contains(&text.chars().count());
        if !is_fit || text.contains(is_barred) {
            return Err(InvalidNamePrefix);
        }
        Ok(Self(enforce(text).map_or_else(|_| fold(text), |name| fold(&name))))
    }

    /// The comparison form as text, which precedes or equals every name that begins with it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first text after all that begin with this prefix, in the order of code points; none if
    /// there is none.
    #[must_use]
    pub fn end(&self) -> Option<String> {
        let mut text = self.0.clone();
        while let Some(last) = text.pop() {
            if let Some(next) = (last..=char::MAX).nth(1) {
                text.push(next);
                return Some(text);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{NameKey, NamePrefix, UNSAFE_IN_PATHS, Username, UsernameCasePreserved};
    use crate::{
        error::name::InvalidUsername,
        limits::{NAME_PATTERN, NAME_PREFIX_PATTERN, NEW_NAME_PATTERN},
    };
    use precis_core::profile::PrecisFastInvocation;
    use proptest::prelude::*;
    use regex::Regex;

    #[test]
    fn ordinary_names_are_kept_as_they_are_spelt() {
        for name in ["admin5", "new-user", "Jürgen", "o'neil", "jo@example.com", "山田", "a.b_c+d"]
        {
            assert_eq!(Username::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn names_that_would_mislead_are_refused() {
        let too_long = "x".repeat(65);
        for name in [
            "",
            " ",
            "two words",
            "a:b",
            "a/b",
            ".",
            "..",
            "line\nbreak",
            "nul\0",
            "\u{202e}nimda",
            "zero\u{200b}width",
            "ﬁsh",
            "tab\t",
            "😀",
            // The profile reorders its marks, and then the joiner has nothing to join.
            "क\u{301}\u{94d}\u{200d}ष",
            &too_long,
        ] {
            assert!(Username::parse(name).is_err(), "{name:?}");
            assert_eq!(NameKey::of(name).as_str(), "", "{name:?}");
        }
    }

    #[test]
    fn a_name_that_is_unsafe_in_paths_is_a_name_but_no_new_one() {
        for character in UNSAFE_IN_PATHS {
            let text = format!("vic{character}tim");
            let name = Username::parse(&text).unwrap();
            assert_eq!(name.as_str(), text);
            assert_eq!(NameKey::of(&text), name.key());
            assert_eq!(Username::parse_new(&text), Err(InvalidUsername::Character(character)));
        }
        assert_eq!(Username::parse_new("victim"), Username::parse("victim"));
    }

    #[test]
    fn spellings_that_look_alike_are_one_name() {
        for (left, right) in [("Admin", "ADMIN"), ("ａｄｍｉｎ", "admin"), ("é", "e\u{301}")]
        {
            assert_eq!(NameKey::of(left), NameKey::of(right));
        }
    }

    #[test]
    fn what_begins_like_a_name_lies_between_the_prefix_and_its_end() {
        for (text, end) in [("Ab", "ac"), ("ß", "st"), (".", "/"), ("א-", "א."), ("l·", "l¸")]
        {
            assert_eq!(NamePrefix::parse(text).unwrap().end().as_deref(), Some(end), "{text}");
        }
        assert_eq!(NamePrefix("a\u{d7ff}".to_owned()).end().as_deref(), Some("a\u{e000}"));
        assert_eq!(NamePrefix("a\u{10ffff}".to_owned()).end().as_deref(), Some("b"));
        assert_eq!(NamePrefix("\u{10ffff}".to_owned()).end(), None);
        for text in ["", " ", "a b", "a:", "/", &"x".repeat(65)] {
            assert!(NamePrefix::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sixty_four_characters_of_any_width_fit() {
        assert!(Username::parse(&"é".repeat(64)).is_ok());
    }

    proptest! {
        #[test]
        fn names_in_printable_ascii_are_the_matches_of_the_patterns(text in "[!-~]{1,64}") {
            let matches = |pattern| Regex::new(pattern).unwrap().is_match(&text);
            prop_assert_eq!(Username::parse(&text).is_ok(), matches(NAME_PATTERN));
            prop_assert_eq!(Username::parse_new(&text).is_ok(), matches(NEW_NAME_PATTERN));
            prop_assert_eq!(NamePrefix::parse(&text).is_ok(), matches(NAME_PREFIX_PATTERN));
        }

        #[test]
        fn the_profile_takes_printable_ascii_as_it_is(text in "[!-~]{1,64}") {
            prop_assert_eq!(UsernameCasePreserved::enforce(&*text), Ok(text.as_str().into()));
        }

        #[test]
        fn any_text_is_refused_or_becomes_a_stable_name(text in "\\PC{0,80}") {
            if let Ok(name) = Username::parse(&text) {
                prop_assert!((1..=64).contains(&name.as_str().chars().count()));
                prop_assert!(!name.as_str().contains([':', '/']));
                prop_assert!(!name.as_str().chars().any(char::is_control));
                prop_assert_eq!(&Username::parse(name.as_str()), &Ok(name.clone()));
                prop_assert_eq!(NameKey::of(&text), name.key());
            }
        }

        #[test]
        fn a_name_lies_behind_each_of_its_beginnings(text in "\\PC{1,20}", length in 1..20_usize) {
            if let Ok(name) = Username::parse(&text) {
                let key = name.key();
                let start: String = key.as_str().chars().take(length).collect();
                let prefix = NamePrefix::parse(&start).unwrap();
                // A letter may fold differently if the text is cut in the middle.
                if prefix.as_str() == start {
                    prop_assert!(key.as_str() >= prefix.as_str());
                    prop_assert!(prefix.end().is_none_or(|end| key.as_str() < end.as_str()));
                }
            }
        }

        #[test]
        fn case_never_makes_another_name(text in "[a-zA-Zà-öÀ-Ö0-9._-]{3,64}") {
            prop_assert_eq!(NameKey::of(&text.to_uppercase()), NameKey::of(&text.to_lowercase()));
        }
    }
}
