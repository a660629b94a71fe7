//! Values that a spreadsheet would take for formulas.
//!
//! A stranger who registers chooses a name, and an admin opens the exported list in a spreadsheet.
//! A quote in front makes a text of a formula there. A column of the header says that values are
//! guarded so; an import takes the quotes away where that column is there.

use std::borrow::Cow;

/// The column that says that values are guarded. Its own are empty.
pub(super) const MARK: &str = "guarded";

const QUOTE: char = '\'';

/// The first characters of formulas, also in the wide forms of East Asian keyboards; and the quote
/// itself, so that one that was there before is told from a guard.
const GUARDED: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', QUOTE];

/// The columns whose values are guarded: all but what a user logs in with.
const COLUMNS: [&str; 5] = ["name", "email", "status", "roles", "createTime"];

/// A value with a quote in front if a spreadsheet would take it for a formula.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(GUARDED) { format!("{QUOTE}{text}").into() } else { text.into() }
}

/// The value that was [`guarded`].
pub(super) fn unguarded<'a>(column: &str, text: &'a str) -> &'a str {
    match text.strip_prefix(QUOTE) {
        Some(rest) if COLUMNS.contains(&column) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{guarded, unguarded};

    #[test]
    fn formulas_and_quotes_get_a_quote_in_front() {
        for (text, expected) in [
            ("=cmd|'x'!A1", "'=cmd|'x'!A1"),
            ("+a@example.com", "'+a@example.com"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("'tis", "''tis"),
            ("o'neil", "o'neil"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), expected);
            assert_eq!(unguarded("name", expected), text);
        }
    }

    #[test]
    fn passwords_and_hashes_are_never_guarded() {
        for column in ["plaintextPassword", "passwordHash"] {
            assert_eq!(unguarded(column, "'quoted"), "'quoted");
        }
    }
}
