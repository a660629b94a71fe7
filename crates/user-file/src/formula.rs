//! Guards values that a spreadsheet would run as formulas.
//!
//! Anyone can register with a name of their choice, and an admin may open the exported list in a
//! spreadsheet. A quote in front turns a formula into text. A column in the header marks a file
//! with guarded values, and an import of such a file removes the quotes.

use std::borrow::Cow;

/// The column that marks a file with guarded values. Its own values are empty.
pub(super) const MARK: &str = "guarded";

const QUOTE: char = '\'';

/// The first characters of formulas, also in the wide forms of East Asian keyboards. The quote is
/// guarded too, so that an import keeps a quote of the original value.
const GUARDED: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', QUOTE];

/// The columns without guarded values.
const SECRETS: [&str; 2] = ["plaintextPassword", "passwordHash"];

/// A value, with a quote in front if a spreadsheet would read it as a formula.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(GUARDED) { format!("{QUOTE}{text}").into() } else { text.into() }
}

/// Reverses [`guarded`].
pub(super) fn unguarded<'a>(column: &str, text: &'a str) -> &'a str {
    match text.strip_prefix(QUOTE) {
        Some(rest) if !SECRETS.contains(&column) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{guarded, unguarded};

    #[test]
    fn guards_formulas_and_quotes() {
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
    fn keeps_quotes_of_passwords_and_hashes() {
        for column in ["plaintextPassword", "passwordHash"] {
            assert_eq!(unguarded(column, "'quoted"), "'quoted");
        }
    }
}
