//! The list of common passwords, which is part of the binary; `data/README.md` has its source.

use std::sync::LazyLock;

/// Passwords of at least eight characters, in lower case, in byte order.
static LIST: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../../../data/common-passwords.txt").lines().collect());

/// Whether `folded`, a password in its comparison form, is on the list.
pub(super) fn contains(folded: &str) -> bool {
    LIST.binary_search(&folded).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{LIST, contains};
    use crate::limits::PASSWORD_MIN_LENGTH;

    #[test]
    fn the_list_is_large_sorted_and_within_the_length_rule() {
        assert!(LIST.len() >= 10_000);
        assert!(LIST.is_sorted());
        assert!(LIST.iter().all(|line| line.chars().count() >= PASSWORD_MIN_LENGTH));
        assert!(LIST.iter().all(|line| *line == crate::user::fold::fold(line)));
    }

    #[test]
    fn other_texts_are_not_found() {
        assert!(contains("password"));
        for text in ["", "\n", "password\n", "PASSWORD", "stringst"] {
            assert!(!contains(text), "{text:?}");
        }
    }
}
