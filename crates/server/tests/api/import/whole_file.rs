//! Files that an import refuses as a whole: in another encoding, or as one JSON value.

use std::fs;

use super::{HASHES, Place};

const CSV: &str = "name,plaintextPassword\r\nalice,hunter2 hunter2\r\n";
const OTHER_ENCODING: &str = "error: the file is UTF-16 or UTF-32; save it as UTF-8\n";
const ARRAY: &str = "error: the file begins with a JSON array; accepted is one JSON object per \
                     line, without [ and commas around it\n";

/// A text in UTF-16, with the bytes of each unit in this order.
fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn user(name: &str) -> String {
    format!(r#"{{"name":"{name}","passwordHash":"{}"}}"#, HASHES[0])
}

/// The message about a file, which is the same for each way to import it.
fn refusal(name: &str, bytes: &[u8]) -> String {
    let place = Place::new();
    fs::write(place.0.path().join(name), bytes).unwrap();
    let said = place.fail(1, &["import", name]);
    for option in ["--skip-errors", "--dry-run"] {
        assert_eq!(place.fail(1, &["import", name, option]), said);
    }
    assert!(!place.0.path().join("data").exists());
    said
}

#[test]
fn a_file_in_utf_16_is_refused_once() {
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        for mark in ["\u{feff}", ""] {
            let csv = utf_16(&format!("{mark}{CSV}"), order);
            assert_eq!(refusal("users.csv", &csv), OTHER_ENCODING, "{csv:?}");
            let ndjson = utf_16(&format!("{mark}{}\n", user("alice")), order);
            assert_eq!(refusal("users.ndjson", &ndjson), OTHER_ENCODING, "{ndjson:?}");
        }
    }
}

#[test]
fn a_file_in_utf_32_is_refused_once() {
    for order in [u32::to_le_bytes, u32::to_be_bytes] {
        for mark in ["\u{feff}", ""] {
            let text = format!("{mark}{CSV}");
            let csv: Vec<u8> = text.chars().flat_map(|letter| order(letter.into())).collect();
            assert_eq!(refusal("users.csv", &csv), OTHER_ENCODING, "{csv:?}");
        }
    }
}

#[test]
fn a_json_array_is_refused_once() {
    let [alice, bob] = ["alice", "bob"].map(user);
    for text in [
        format!("[{alice},{bob}]"),
        format!("[\n  {alice},\n  {bob}\n]\n"),
        format!("\u{feff}\r\n \t[{alice}]"),
        "[]".to_owned(),
        format!("[{}]", [&*alice; 1000].join(",")),
        "[".to_owned(),
    ] {
        assert_eq!(refusal("users.ndjson", text.as_bytes()), ARRAY, "{text}");
    }
}

#[test]
fn a_file_that_begins_with_empty_lines_is_imported() {
    let place = Place::new();
    let lines = format!("\u{feff}{}\n{}\n", "\r\n".repeat(40_000), user("alice"));
    place.write("users.ndjson", &lines);
    assert_eq!(place.succeed(&["import", "users.ndjson"]), "imported 1 user\n");
    let output = place.feed(&["import", "-", "--format=ndjson"], "");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "imported 0 users\n");
}
