//! `--help` on terminals of different widths.

use std::{fs, io::Write};

use super::answer;
use crate::harness::{PASSWORD, Process, rollcall_on_sqlite};

#[test]
fn the_environment_is_not_wrapped_a_second_time() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["--help"][..], &["serve", "--help"]] {
        let environment = |columns: &str| {
            let help = answer(rollcall_on_sqlite(&folder, command).env("COLUMNS", columns));
            help.split_once("Environment:\n").unwrap().1.to_owned()
        };
        let (narrow, wide) = (environment("80"), environment("200"));
        assert_eq!((&narrow, &environment("100")), (&wide, &wide));
        for line in narrow.lines() {
            let text = line.trim_start();
            let indent = line.len() - text.len();
            let begins_with_a_name = text.starts_with("ROLLCALL_") || text.starts_with("RUST_LOG");
            assert_eq!(indent, if begins_with_a_name { 2 } else { 32 }, "{line}");
            assert!(line.len() < 80, "{line}");
        }
    }
}

#[test]
fn help_says_which_commands_create_a_store() {
    for command in [
        &["user", "list"][..],
        &["user", "add", "alice"],
        &["audit", "list"],
        &["audit", "verify"],
        &["import", "users.csv"],
        &["export"],
        &["backup", "backup.db"],
        &["restore", "old.db"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("users.csv"), "name,plaintextPassword\n").unwrap();
        let elsewhere = ["import", "users.csv", "--database-url=sqlite://old.db"];
        answer(&mut rollcall_on_sqlite(&folder, &elsewhere));
        let mut process = Process::start(&mut rollcall_on_sqlite(&folder, command));
        // Only `user add` reads it.
        let _ = writeln!(process.stdin(), "{PASSWORD}");
        process.wait();
        let help = answer(&mut rollcall_on_sqlite(&folder, &[command, &["--help"]].concat()));
        let words: Vec<_> = help.split_whitespace().collect();
        let is_promised = words.join(" ").contains("A missing SQLite file is created with its");
        let is_created = folder.path().join("data/rollcall.db").exists();
        assert_eq!(is_promised, is_created, "{command:?}: {help}");
    }
}

#[test]
fn help_says_how_durations_are_written() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["--help"][..], &["serve", "--help"], &["user", "sessions", "--help"]] {
        let help = answer(&mut rollcall_on_sqlite(&folder, command));
        let line = "A DURATION is a number of seconds, or has a unit: 90s, 2m, 1h, 30d.";
        assert!(help.contains(line) && !help.contains("SECONDS"), "{command:?}: {help}");
    }
}
