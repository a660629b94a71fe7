//! Email addresses, in the syntax that mail systems deliver to.

use std::{borrow::Cow, fmt, sync::LazyLock};

use precis_core::profile::PrecisFastInvocation;
use precis_profiles::OpaqueString;
use regex::Regex;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::fold::fold;
use crate::limits::{EMAIL_LOCAL_PART_MAX_LENGTH, EMAIL_MAX_LENGTH, EMAIL_PATTERN};

/// What labels begin with that stand for one beyond ASCII (RFC 5890, section 2.3.2.5).
const A_LABEL_PREFIX: &str = "xn--";

#[expect(clippy::expect_used, reason = "the pattern is a constant that the tests compile")]
static SYNTAX: LazyLock<Regex> = LazyLock::new(|| Regex::new(EMAIL_PATTERN).expect("a pattern"));

/// An address that passed the rules, in the spelling its owner chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// The form under which an address is unique: its case and Unicode form folded away, and its domain
/// as DNS asks for it (`münchen.de` is `xn--mnchen-3ya.de`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailKey(String);

/// A text that can't be an email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be an email address such as name@example.com, of at most {EMAIL_MAX_LENGTH} bytes in \
     UTF-8 and {EMAIL_LOCAL_PART_MAX_LENGTH} before the @"
)]
pub struct InvalidEmail;

impl Email {
    /// Takes `text` as an email address, in Unicode form NFC.
    ///
    /// # Errors
    /// [`InvalidEmail`] when it is longer than [`EMAIL_MAX_LENGTH`], has more than 64 bytes before
    /// its `@`, or is not as [`EMAIL_PATTERN`]; when its domain is internationalized, in Unicode or
    /// in ASCII (`xn--`), and is invalid by UTS 46; and when RFC 8264 refuses a character in any
    /// text.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let composed = compose(text)?;
        let fits = composed.len() <= EMAIL_MAX_LENGTH
            && composed.find('@').is_some_and(|length| length <= EMAIL_LOCAL_PART_MAX_LENGTH);
        if !fits || !SYNTAX.is_match(&composed) {
            return Err(InvalidEmail);
        }
        domain_in_ascii(domain_of(&composed)).ok_or(InvalidEmail)?;
        Ok(Self(composed.into_owned()))
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

    /// The address, moved out.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// What the address is compared by.
    #[must_use]
    pub fn key(&self) -> EmailKey {
        let domain = domain_of(&self.0);
        match domain_in_ascii(domain) {
            Some(ascii) if !domain.is_ascii() => {
                let local_part = self.0.strip_suffix(domain).unwrap_or(&self.0);
                EmailKey(fold(local_part) + &ascii)
            }
            _ => EmailKey(fold(&self.0)),
        }
    }
}

/// The text in NFC, unless it has characters that are not seen or that are no text.
fn compose(text: &str) -> Result<Cow<'_, str>, InvalidEmail> {
    if text.is_ascii() {
        return Ok(Cow::Borrowed(text));
    }
    // Composed before: Korean letters in pieces are no text to RFC 8264. Checked in lower case: RFC
    // 5892 accepts the middle dot of Catalan between two `l`, but not between two `L`.
    let composed: String = text.nfc().collect();
    OpaqueString::enforce(composed.to_lowercase()).map_err(|_| InvalidEmail)?;
    Ok(Cow::Owned(composed))
}

/// What follows the `@`.
fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The domain as DNS asks for it; none if it is internationalized and not written as such domains
/// are.
fn domain_in_ascii(domain: &str) -> Option<Cow<'_, str>> {
    if domain.is_ascii() {
        // Other labels may be what UTS 46 refuses, such as `r3---sn`.
        return domain.split('.').all(is_decodable).then_some(Cow::Borrowed(domain));
    }
    // UTS 46 also reads other letters and full stops as those of a domain: `。` and `ｅ`.
    let is_u_label = |label: &str| {
        // Composed again: some letters have a form of their own in lower case alone, such as ǰ.
        let lower = label.chars().flat_map(char::to_lowercase).nfc();
        label.is_ascii() || lower.eq(idna::domain_to_unicode(label).0.chars())
    };
    let ascii = domain.split('.').all(is_u_label).then(|| idna::domain_to_ascii_strict(domain));
    ascii?.ok().map(Cow::Owned)
}

/// Whether a label of ASCII stands for one beyond ASCII if it says so by its beginning.
fn is_decodable(label: &str) -> bool {
    let is_a_label = label
        .get(..A_LABEL_PREFIX.len())
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case(A_LABEL_PREFIX));
    !is_a_label || idna::domain_to_ascii_strict(label).is_ok()
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
    use super::{Email, InvalidEmail, UnicodeNormalization};
    use proptest::prelude::*;
    use std::ops::Add;

    #[test]
    fn ordinary_addresses_are_kept_as_they_are_spelt() {
        let longest_name = format!("{}@example.com", "x".repeat(64));
        for text in [
            "new-user-email@example.com",
            "A.B+tag@Example.org",
            "root@localhost",
            "josé@example.com",
            "用户@例子.广告",
            "Dörte@Sörensen.example.com",
            "θσερ@εχαμπλε.ψομ",
            "अजय@डाटा.भारत",
            "한글@한국.한국",
            "ΟΔΟΣ@ΟΔΟΣ.example",
            "☕@example.com",
            "x@bücher.xn--p1ai",
            "Gal·la@example.cat",
            "GAL·LA@GAL·LA.CAT",
            "x@XN--Bcher-KVA.xn--p1ai",
            "x@r3---sn.xn.example",
            &longest_name,
        ] {
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
            "zero\u{200b}width@example.com",
            "\u{202e}moc@example.com",
            "\u{80}@example.com",
            "a\u{3000}b@example.com",
            "a·b@example.com",
            "\u{e000}@example.com",
            "a@example。com",
            "a@ｅxample.com",
            "a@ex☕mple\u{ad}.com",
            "a@-bü",
            "a@ü_b",
            "a@xn--zz.example",
            "a@bücher.xn--zz",
            "a@mail.XN--ZZ.example",
            "a@xn--a",
            "a@xn--abc-.example",
            "a@xn--a-ecp.ru",
            "a@xn--example-.com",
            "a@xn--mnchen-3ya-.de",
            "a@xn--99999999999.com",
            &"é".repeat(33).add("@example.com"),
            &"x@".to_owned().add(&"ü".repeat(62)),
            &too_long,
            &too_long_a_name,
        ] {
            assert_eq!(Email::parse(text), Err(InvalidEmail), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_kept_composed_and_compared_by_its_mailbox() {
        assert_eq!(
            Email::parse("jose\u{301}@example.com").unwrap().as_str(),
            "jos\u{e9}@example.com"
        );
        let key = |text: &str| Email::parse(text).unwrap().key();
        for (left, right) in [
            ("\u{d55c}\u{ae00}@example.com", "\u{1112}\u{1161}\u{11ab}\u{ae00}@example.com"),
            ("JOSÉ@example.com", "jose\u{301}@EXAMPLE.com"),
            ("a@bücher.example", "A@BÜCHER.example"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("GAL·LA@example.cat", "gal·la@EXAMPLE.CAT"),
            ("a@\u{1f0}al.example", "a@J\u{30c}AL.example"),
        ] {
            assert_eq!(key(left), key(right), "{left} and {right}");
        }
        assert_ne!(key("jose@example.com"), key("josé@example.com"));
        assert_eq!(key("A@XN--Bcher-KVA.example").as_str(), "a@xn--bcher-kva.example");
    }

    proptest! {
        #[test]
        fn case_never_makes_another_address(
            text in "[a-zA-Z0-9.+-]{1,20}@[a-zA-Z0-9]{1,20}\\.com"
        ) {
            let key = |text: &str| Email::parse(text).map(|email| email.key());
            prop_assert_eq!(key(&text.to_uppercase()), key(&text.to_lowercase()));
        }

        #[test]
        fn any_text_is_refused_or_kept_composed(text in "\\PC{0,9}@?\\PC{0,9}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(email.as_str(), text.nfc().collect::<String>());
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }
}
