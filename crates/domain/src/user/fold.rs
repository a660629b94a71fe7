//! The comparison form of names and addresses.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;

/// Folds case and canonical Unicode form: two texts that differ only in these become equal.
///
/// This folds instead of lower-casing, because `ς` and `σ`, or `ß` and `SS`, are equal regardless
/// of case, and lower-casing keeps them apart. It decomposes first, as the Unicode Standard
/// requires (D145, canonical caseless matching): folding turns the iota below a letter into one
/// behind it, and other marks of that letter must not move to the iota.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decomposed: String = text.nfd().collect();
    CaseMapper::new().fold_string(&decomposed).nfc().collect()
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
            ("ᾣ\u{301}", "Ω\u{314}\u{300}\u{301}Ι"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} and {right}");
        }
    }

    #[test]
    fn other_letters_stay_apart() {
        assert_ne!(fold("resume"), fold("résumé"));
        assert_ne!(fold("admin"), fold("adm1n"));
        assert_ne!(fold("ᾣ\u{301}"), fold("ὫΙ\u{301}"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
