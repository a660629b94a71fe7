//! The promises in docs/security.md and the tests that prove them.

use std::{collections::BTreeSet, fs, path::PathBuf};

use regex::Regex;

use crate::{files, read, root};

const HEADER: &str = "| promise | test |";

/// The names of all tests in Rust.
fn tests() -> BTreeSet<String> {
    let test = Regex::new(r"#\[(?:\w+::)?test\]\s+(?:#\[[^\]]*\]\s+)*(?:async )?fn (\w+)").unwrap();
    let sources = files(&root().join("crates"), "rs");
    let names = |path: &PathBuf| -> Vec<String> {
        let source = fs::read_to_string(path).unwrap();
        test.captures_iter(&source).map(|found| found[1].to_owned()).collect()
    };
    sources.iter().flat_map(names).collect()
}

/// The steps of `scripts/test`, as one types them.
fn steps() -> BTreeSet<String> {
    let step = Regex::new(r"(?m)^step-([a-z0-9-]+)\(\)").unwrap();
    let named = read("scripts/steps");
    step.captures_iter(&named).map(|found| format!("scripts/test {}", &found[1])).collect()
}

/// The tests and steps that a page may name.
pub(crate) fn known() -> BTreeSet<String> {
    tests().union(&steps()).cloned().collect()
}

/// Whether the name is that of a test, a step or a script.
pub(crate) fn is_known(known: &BTreeSet<String>, test: &str) -> bool {
    test.starts_with("scripts/") && root().join(test).is_file() || known.contains(test)
}

/// The rows of all tables of promises.
fn rows(text: &str) -> Vec<&str> {
    let tables = text.split(HEADER).skip(1);
    tables.flat_map(|table| table.trim_start().lines().skip(1).take_while(is_row)).collect()
}

fn is_row(line: &&str) -> bool {
    line.starts_with('|')
}

#[test]
fn every_promise_names_tests_that_exist() {
    let text = read("docs/security.md");
    let known = known();
    let name = Regex::new("`([^`]+)`").unwrap();
    let rows = rows(&text);
    assert!(rows.len() >= 62, "{} promises", rows.len());
    for row in rows {
        let cell = row.trim_end_matches([' ', '|']).rsplit_once('|').unwrap().1;
        let mut named = name.captures_iter(cell).map(|found| found[1].to_owned()).peekable();
        assert!(named.peek().is_some(), "no test is named: {row}");
        for test in named {
            assert!(is_known(&known, &test), "{test} is neither a test nor a step");
        }
    }
}

#[test]
fn rows_of_every_table_of_promises_are_read() {
    let table = |rows: &str| format!("{HEADER}\n| --- | --- |\n{rows}\n\ntext\n");
    let text =
        format!("{}| other | table |\n{}", table("| a | `b` |"), table("| c | `d` |\n| e |"));
    assert_eq!(rows(&text), ["| a | `b` |", "| c | `d` |", "| e |"]);
}
