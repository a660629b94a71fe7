//! Numbers of a JSON text that no double holds, such as `1e400`.
//!
//! They are JSON by its grammar (RFC 8259, section 6), but `serde_json` reports each as a syntax
//! error, also in a member that is ignored. No member of any request is a number, so that any other
//! number may stand in its place.

use std::{borrow::Cow, ops::Range};

use serde::de::IgnoredAny;

/// The text with 0 for each number that no double holds. Every other byte stays at its place, which
/// errors name.
pub(crate) fn in_range(text: &[u8]) -> Cow<'_, [u8]> {
    let places = out_of_range(text);
    if places.is_empty() {
        return text.into();
    }
    let mut changed = text.to_vec();
    for place in places {
        let digits = &mut changed[place];
        digits.fill(b' ');
        digits[0] = b'0';
    }
    changed.into()
}

/// Where such numbers are.
fn out_of_range(text: &[u8]) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut start = 0;
    while let Some(byte) = text.get(start) {
        let end = match byte {
            b'"' => start + string_length(&text[start..]),
            _ if is_of_number(*byte) => {
                let rest = &text[start..];
                start + rest.iter().position(|byte| !is_of_number(*byte)).unwrap_or(rest.len())
            }
            _ => start + 1,
        };
        if is_out_of_range(&text[start..end]) {
            places.push(start..end);
        }
        start = end;
    }
    places
}

/// How long the string is that a text begins with, up to the end if it has none.
fn string_length(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')
}

/// Whether a word is a number by the grammar, though not one that a double holds.
fn is_out_of_range(word: &[u8]) -> bool {
    let is_number = word.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-');
    is_number
        && serde_json::from_slice::<f64>(word).is_err()
        && serde_json::from_slice::<IgnoredAny>(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::in_range;

    fn changed(text: &str) -> String {
        String::from_utf8(in_range(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn a_number_that_no_double_holds_becomes_zero_in_its_place() {
        let digits = "9".repeat(400);
        for (number, text) in [
            ("1e400", r#"{"id":_}"#),
            ("-1E+400", r#"{"id": _ , "name":"1e400"}"#),
            ("1.5e99999999999", r#"[[_],"a\\",{"b\"":_}]"#),
            (&*digits, "_"),
        ] {
            let (sent, zero) = (text.replace('_', number), format!("{:<1$}", 0, number.len()));
            assert_eq!(changed(&sent), text.replace('_', &zero), "{sent}");
        }
    }

    #[test]
    fn every_other_text_stays_as_it_is() {
        for text in [
            "",
            "0",
            "1e308",
            "1e-400",
            "18446744073709551616",
            r#""1e400""#,
            r#"{"1e400":"\"1e400"}"#,
            r#""a\\\"1e400"#,
            r#""1e400"#,
            "01e400",
            "+1e400",
            "1e400.",
            "1e400e1",
            "-",
            "1.e400",
            "e400",
        ] {
            assert_eq!(changed(text), text);
        }
    }
}
