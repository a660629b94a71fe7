//! Messages of commands, each compared as a whole.

mod absent_store;
mod completions;
mod files;
mod flags;
mod help;
mod listen;
mod log_filter;
mod man_pages;
mod mistyped;
mod start;
mod terminal;
mod waiting;

use std::{
    collections::BTreeSet,
    process::{Command, Output, Stdio},
};

use regex::Regex;
use tempfile::TempDir;

use crate::harness::rollcall_on_sqlite;

/// The one line of a command that fails, without its beginning.
fn refusal(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]), "{said}");
    let line = said.strip_prefix("error: ").and_then(|line| line.strip_suffix('\n'));
    let line = line.unwrap_or_else(|| panic!("{said}"));
    assert!(!line.contains(char::is_control), "{said:?}");
    line.to_owned()
}

/// The output of a command that succeeds.
fn answer(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// Each command, and the long flags in its `--help`.
fn commands(folder: &TempDir) -> Vec<(Vec<String>, BTreeSet<String>)> {
    // Descriptions, which name other flags, begin further right.
    let flag = Regex::new(r"(?m)^ {2,8}(?:-\w, )?(--[a-z-]+)").unwrap();
    let name = Regex::new(r"(?m)^  ([a-z][a-z-]*) ").unwrap();
    let (mut waiting, mut found) = (vec![vec![]], Vec::new());
    while let Some(command) = waiting.pop() {
        let mut arguments: Vec<_> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = answer(&mut rollcall_on_sqlite(folder, &arguments));
        let flags = flag.captures_iter(&help).map(|flag| flag[1].to_owned()).collect();
        let listed = help.split("\nCommands:\n").nth(1).unwrap_or_default();
        let listed = listed.split("\n\n").next().unwrap();
        let names = name.captures_iter(listed).map(|name| name[1].to_owned());
        let names = names.filter(|name| name != "help");
        waiting.extend(names.map(|name| [&command[..], &[name]].concat()));
        found.push((command, flags));
    }
    assert!(found.len() > 25, "{found:?}");
    found
}
