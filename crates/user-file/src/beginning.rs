//! Files that are refused as a whole, by their first bytes.

use std::io;

use crate::{BYTE_ORDER_MARK, Source};

/// Refuses a file in UTF-16 or UTF-32, as some systems save text: by its byte order mark, or by the
/// zero byte of a first character in ASCII.
pub(super) fn require_utf8(source: &mut Source) -> Result<(), String> {
    let begin = peek(source, |bytes| bytes.len() >= 2)?;
    match begin {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => {
            Err("the file is UTF-16 or UTF-32; save it as UTF-8".to_owned())
        }
        _ => Ok(()),
    }
}

/// Refuses a list of users as one JSON value. Otherwise each of its lines would be an error.
pub(super) fn refuse_array(source: &mut Source) -> Result<(), String> {
    let has_text = |bytes: &[u8]| {
        let is_part_of_mark = bytes.len() < 3 && BYTE_ORDER_MARK.starts_with(bytes);
        !is_part_of_mark && !text(bytes).is_empty()
    };
    if text(peek(source, has_text)?).starts_with(b"[") {
        return Err("the file begins with a JSON array; accepted is one JSON object per line, \
                    without [ and commas around it"
            .to_owned());
    }
    Ok(())
}

/// The bytes after a byte order mark and empty lines.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start()
}

fn peek(source: &mut Source, is_enough: impl Fn(&[u8]) -> bool) -> Result<&[u8], String> {
    source.peek(is_enough).map_err(|error: io::Error| format!("reading: {error}"))
}
