//! Settings of all commands: errors about invalid ones, and empty ones that count as not set.

mod commands;
mod names;
mod unset;
mod variables;

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
};

use regex::Regex;
use tempfile::TempDir;

use crate::harness::rollcall_on_sqlite;

/// Every command that takes settings or files.
const COMMANDS: [&[&str]; 11] = [
    &["serve"],
    &["user"],
    &["user", "reset"],
    &["user", "sessions"],
    &["audit"],
    &["copy"],
    &["import"],
    &["export"],
    &["backup"],
    &["restore"],
    &["healthcheck"],
];

/// The output of `--help` of a command.
fn help(folder: &TempDir, command: &[&str]) -> String {
    let arguments = [command, &["--help"]].concat();
    let output = rollcall_on_sqlite(folder, &arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The settings of a command, each as its flag and its variable.
fn settings(folder: &TempDir, command: &[&str]) -> BTreeSet<(String, String)> {
    // Descriptions, which name other flags, begin further right.
    let part = Regex::new(r"(?m)^ {2,8}(?:-\w, )?(--[a-z-]+)|\[env: (\w+)").unwrap();
    let (help, mut flag, mut settings) = (help(folder, command), String::new(), BTreeSet::new());
    for found in part.captures_iter(&help) {
        if let Some(found) = found.get(1) {
            found.as_str().clone_into(&mut flag);
        } else {
            settings.insert((flag.clone(), found[2].to_owned()));
        }
    }
    assert_eq!(settings.len(), help.matches("[env: ").count(), "{help}");
    settings
}

/// The one line of a command that fails.
fn refusal(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
    assert_eq!(output.stdout, b"", "{command:?}");
    let line = said.strip_suffix('\n').unwrap();
    assert!(line.starts_with("error: "), "{command:?}: {said}");
    assert!(!line.contains(char::is_control), "{command:?}: {said:?}");
    line.trim_start_matches("error: ").to_owned()
}

/// Otherwise a proxy may send a request on a connection that the server is just closing.
#[test]
fn connections_stay_open_longer_than_those_of_proxies() {
    let folder = tempfile::tempdir().unwrap();
    let setting = Regex::new(r"--keep-alive <DURATION>[^\[]*\[env: [^\]]*\]\s+\[default: (\d+)s\]");
    let help = help(&folder, &["serve"]);
    let seconds: u32 = setting.unwrap().captures(&help).unwrap()[1].parse().unwrap();
    assert!(seconds > 60, "{seconds}");
}
