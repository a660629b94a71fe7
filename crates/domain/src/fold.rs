//! The comparison form that makes two spellings of one name or address equal.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;

/// Folds case and canonical Unicode form: two texts that differ only by those come out equal.
///
/// Folding and not lower-casing, because `ς` and `σ`, or `ß` and `SS`, are the same letters in
/// another case and lower-casing keeps them apart.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed: String = text.nfc().collect();
    CaseMapper::new().fold_string(&composed).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::fold;
    use proptest::prelude::*;

    #[test]
    fn case_and_unicode_form_do_not_matter() {
        for (left, right) in [
            ("Admin", "aDMIN"),
            ("Jürgen", "JU\u{308}RGEN"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς"),
            ("STRASSE", "straße"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} and {right}");
        }
    }

    #[test]
    fn other_letters_stay_apart() {
        assert_ne!(fold("resume"), fold("résumé"));
        assert_ne!(fold("admin"), fold("adm1n"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
