//! Unicode form NFC, in which passwords are set and counted.
//!
//! Systems send one text as different code points: macOS often decomposes letters (NFD), most
//! others compose them. Nothing else of RFC 8265's `OpaqueString` is applied: a password may have
//! any characters.

use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::Zeroizing;

/// How many times as long as any text in UTF-8 its form NFC is at most.
const MAX_EXPANSION: usize = 3;

/// The form NFC of `text`; none if that is the text itself.
pub(super) fn composed(text: &str) -> Option<Zeroizing<String>> {
    if text.is_ascii() || is_nfc(text) {
        return None;
    }
    // A text that outgrows its memory would leave a copy behind that is not wiped.
    let mut composed = Zeroizing::new(String::with_capacity(MAX_EXPANSION * text.len()));
    composed.extend(text.nfc());
    Some(composed)
}

/// How many characters the form NFC of `text` has.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.nfc().count() }
}

#[cfg(test)]
mod tests {
    use super::{composed, length};
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn text_of(text: &str) -> Option<String> {
        composed(text).map(|composed| composed.to_string())
    }

    #[test]
    fn only_text_in_another_form_is_composed() {
        for text in ["", "ascii", "Jürgen", "각", "🦀", "字"] {
            assert_eq!(text_of(text), None, "{text}");
        }
        for (text, expected) in [
            ("Ju\u{308}rgen", "Jürgen"),
            ("\u{1100}\u{1161}\u{11a8}", "각"),
            ("\u{212b}", "Å"),
            ("a\u{323}\u{307}", "ạ\u{307}"),
            ("a\u{307}\u{323}", "ạ\u{307}"),
        ] {
            assert_eq!(text_of(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn widths_and_spaces_stay() {
        for text in ["ａｂｃ", "\u{a0}x\u{2003}", "ﬁ", "①"] {
            assert_eq!(text_of(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn composing_needs_no_more_memory_than_is_reserved(text in "\\PC{0,40}") {
            for form in [text.nfd().collect(), text] {
                let nfc: String = form.nfc().collect();
                prop_assert_eq!(length(&form), nfc.chars().count());
                prop_assert!(nfc.len() <= super::MAX_EXPANSION * form.len());
                let expected = if nfc == form { None } else { Some(nfc) };
                prop_assert_eq!(text_of(&form), expected);
            }
        }
    }

    #[test]
    fn no_character_outgrows_the_reserved_memory() {
        for character in '\0'..=char::MAX {
            let length = character.nfc().map(char::len_utf8).sum::<usize>();
            assert!(length <= super::MAX_EXPANSION * character.len_utf8(), "{character:?}");
        }
    }
}
