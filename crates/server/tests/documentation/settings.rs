//! The settings in docs/configuration.md and those of the binary.

use std::{collections::BTreeSet, process::Command};

use regex::Regex;

use crate::read;

fn help(command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args([command, "--help"])
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The first group of every match.
fn find(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// Flags and variables that `serve` and `copy` show. A variable for a file counts as the variable
/// that it replaces.
fn of_the_binary() -> BTreeSet<String> {
    let text = help("serve") + &help("copy");
    let mut settings = find(r"(?m)^ +(--[a-z-]+).*$", &text);
    settings.remove("--help");
    settings.extend(find(r"\b(ROLLCALL_\w+|RUST_LOG)\b", &text));
    settings.into_iter().filter(|name| !name.ends_with("_FILE")).collect()
}

/// Flags and variables in the first two columns of the tables with four.
fn of_the_page(text: &str) -> Vec<String> {
    let name = Regex::new(r"`(--[a-z-]+|ROLLCALL_\w+|RUST_LOG)`").unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix('|')?.split('|').collect();
        (cells.len() == 5).then(|| cells[..2].join("|"))
    });
    let rows: Vec<_> = rows.collect();
    let names = rows.iter().flat_map(|row| name.captures_iter(row));
    names.map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_setting_is_listed_once() {
    let listed = of_the_page(&read("docs/configuration.md"));
    let names: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(names, of_the_binary());
    assert_eq!(listed.len(), names.len(), "a setting is listed twice: {listed:?}");
}

#[test]
fn settings_are_read_from_tables_of_four_columns() {
    let text = "| `--a` | `ROLLCALL_A`, `…_FILE` | `--b` | c |\n| | `RUST_LOG` | d | e |\n\
                | `--f` | two |\n`--g`\n";
    assert_eq!(of_the_page(text), ["--a", "ROLLCALL_A", "RUST_LOG"]);
}
