//! Names that look alike, by Unicode Technical Standard 39.
//!
//! Two names are confusable when their skeletons are equal. The standard compares names as they are
//! written; here it is enough that they look alike in some case, since a name is the same user's in
//! any: `ΤΟΝΥ` in Greek letters is confusable with `tony`. In ASCII only `rn` and `m`, `0` and `O`,
//! and `1`, `i`, `l` and `|` look alike, which people tell apart: `bam` and `barn` are two users.

use std::sync::LazyLock;

use unicode_security::{confusable_detection::skeleton, mixed_script::AugmentedScriptSet};

use super::{fold::fold, name::Username};
use crate::error::name::MixedScripts;

/// How much names may look like others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameRule {
    /// One script or scripts that are written together, and no name that looks like another user's.
    Restricted,
    /// Any name that no other user has.
    #[default]
    Any,
}

/// What a name looks like.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameSkeleton(String);

impl NameSkeleton {
    /// The skeleton of a name.
    #[must_use]
    pub fn of(name: &Username) -> Self {
        let kind = if name.as_str().is_ascii() { ASCII } else { OTHER };
        Self(format!("{kind}{}", shape_in_any_case(name.as_str())))
    }

    /// As a store keeps it: first whether all of the name is ASCII, and then the skeleton.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The skeleton without whether the name is ASCII: equal for all names that look alike.
    #[must_use]
    pub fn shape(&self) -> &str {
        &self.0[1..]
    }

    /// Whether all of the name is ASCII.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.0.starts_with(ASCII)
    }

    /// The skeletons, as a store keeps them, of all names that this one must not be given beside.
    #[must_use]
    pub fn rivals(&self) -> Vec<String> {
        let of_kind = |kind: char| format!("{kind}{}", self.shape());
        let kinds = if self.is_ascii() { &[OTHER][..] } else { &[ASCII, OTHER] };
        kinds.iter().copied().map(of_kind).collect()
    }
}

/// How often a shape may change before it is left as it is.
const MAX_ROUNDS: usize = 4;

/// The shape of each character of ASCII.
static ASCII_SHAPES: LazyLock<Vec<String>> =
    LazyLock::new(|| ('\0'..='\x7f').map(|letter| shape_by_tables(&letter.to_string())).collect());

/// The shape of the name as it is written, then of that in small letters, until it is the same.
fn shape_in_any_case(name: &str) -> String {
    // Most names are in ASCII, where no character changes the shape of another. The tables take
    // several times as long.
    let shape_of = |byte: u8| ASCII_SHAPES.get(usize::from(byte)).filter(|shape| shape.is_ascii());
    let shape: Option<String> =
        name.bytes().map(|byte| shape_of(byte).map(String::as_str)).collect();
    shape.unwrap_or_else(|| shape_by_tables(name))
}

/// The same by the tables of Unicode.
fn shape_by_tables(name: &str) -> String {
    let mut shape = shape(name);
    for _ in 1..MAX_ROUNDS {
        let next = self::shape(&shape);
        if next == shape {
            break;
        }
        shape = next;
    }
    shape
}

/// One round. `I` looks like `l`, and is `i` in another case: all three are one. A dot above `i` or
/// `j` stands where they have theirs.
fn shape(text: &str) -> String {
    let alike: String = skeleton(text).collect();
    fold(&alike).replace('i', "l").replace("l\u{307}", "l").replace("j\u{307}", "j")
}

/// How the skeleton of a name begins that is ASCII, and of any other.
const ASCII: char = 'a';
const OTHER: char = 'u';

/// Refuses a name that mixes scripts where `rule` does, unless it is the user's own name `before`,
/// which may be sent along.
pub(crate) fn check_scripts(
    rule: NameRule,
    name: &Username,
    before: Option<&Username>,
) -> Result<(), MixedScripts> {
    let is_new = before.is_none_or(|before| before.key() != name.key());
    if is_new && rule == NameRule::Restricted { refuse_mixed_scripts(name) } else { Ok(()) }
}

/// Refuses a name that mixes scripts beyond the restriction level "highly restrictive": one script,
/// or Latin with Han and Bopomofo, with Han and the Japanese ones, or with Han and Hangul.
/// Characters that are of no script count as of all, and rare scripts as any other.
///
/// # Errors
/// [`MixedScripts`].
fn refuse_mixed_scripts(name: &Username) -> Result<(), MixedScripts> {
    let latin = AugmentedScriptSet::for_char('a');
    let mut common_to_all = AugmentedScriptSet::default();
    let mut common_beside_latin = AugmentedScriptSet::default();
    for character in name.as_str().chars() {
        let scripts = AugmentedScriptSet::for_char(character);
        common_to_all.intersect_with(scripts);
        let mut latin_scripts = scripts;
        latin_scripts.intersect_with(latin);
        if latin_scripts.is_empty() {
            common_beside_latin.intersect_with(scripts);
        }
    }
    let AugmentedScriptSet { hanb, jpan, kore, .. } = common_beside_latin;
    if common_to_all.is_empty() && !(hanb || jpan || kore) { Err(MixedScripts) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        MixedScripts, NameSkeleton, refuse_mixed_scripts, shape_by_tables, shape_in_any_case,
    };
    use crate::user::name::Username;

    fn skeleton(name: &str) -> NameSkeleton {
        NameSkeleton::of(&Username::parse(name).unwrap())
    }

    fn are_rivals(left: &str, right: &str) -> bool {
        skeleton(left).rivals().contains(&skeleton(right).as_str().to_owned())
    }

    #[test]
    fn scripts_that_are_not_written_together_are_refused() {
        for name in ["аdmin", "αdmin", "admiն", "раypal", "jоe@example.com", "ТоМ-Tom", "กa"]
        {
            let name = Username::parse(name).unwrap();
            assert_eq!(refuse_mixed_scripts(&name), Err(MixedScripts), "{name}");
        }
    }

    #[test]
    fn one_script_and_those_written_together_are_accepted() {
        for name in [
            "admin",
            "jo+1@example.com",
            "Jürgen",
            "Łukasz_1",
            "admın",
            "Иван-2",
            "Οδυσσεύς",
            "山田",
            "山田taro",
            "たろうカナ漢字abc",
            "김철수kim",
            "ㄅㄆ漢abc",
            "محمد",
            "ᏣᎳᎩ",
            "123",
        ] {
            let name = Username::parse(name).unwrap();
            assert_eq!(refuse_mixed_scripts(&name), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_that_look_alike_are_rivals_in_any_case() {
        for (left, right) in
            [("аdmin", "admin"), ("admın", "ADMIN"), ("admin", "аdmіn"), ("рора", "popa")]
        {
            assert!(are_rivals(left, right) && are_rivals(right, left), "{left} and {right}");
        }
    }

    #[test]
    fn names_that_look_alike_in_one_case_are_rivals() {
        for (left, right) in [
            ("tony", "ΤΟΝΥ"),
            ("TOMA", "ТОМА"),
            ("Abe", "АВЕ"),
            ("ΑΒΕ", "АВЕ"),
            ("admin", "ꓮꓓꓟꓲꓠ"),
            ("tommy", "ꓔꓳꓟꓟꓬ"),
            ("sale", "ᏚᎪᏞᎬ"),
            ("anaïl", "anaïI"),
            ("agent3", "agentƷ"),
            ("bobby", "Ƅobby"),
            ("robob", "r〇bob"),
        ] {
            assert!(are_rivals(left, right) && are_rivals(right, left), "{left} and {right}");
        }
    }

    #[test]
    fn a_second_dot_is_none() {
        for name in ["robi\u{307}n", "robİn", "rob\u{131}\u{307}n"] {
            assert!(are_rivals("robin", name), "{name}");
        }
        assert!(are_rivals("jim", "j\u{307}im"));
    }

    #[test]
    fn names_that_are_both_ascii_are_no_rivals() {
        for (left, right) in [("bam", "barn"), ("o0", "0o"), ("l1", "11"), ("admin", "admin")] {
            assert!(!are_rivals(left, right) && !are_rivals(right, left), "{left} and {right}");
        }
        assert_eq!(skeleton("bam").shape(), skeleton("barn").shape());
    }

    #[test]
    fn names_that_look_different_are_no_rivals() {
        for (left, right) in [("alice", "älice"), ("Иван", "ivan"), ("jose", "josé")] {
            assert!(!are_rivals(left, right) && !are_rivals(right, left), "{left} and {right}");
        }
        assert_eq!(skeleton("Al").as_str(), "aal");
    }

    proptest! {
        #[test]
        fn a_name_in_ascii_has_the_shape_of_the_tables(name in "[\\x00-\\x7F]{1,20}") {
            prop_assert_eq!(shape_in_any_case(&name), shape_by_tables(&name));
        }
    }
}
