//! Invalid settings, by flag and by variable: every setting that `--help` lists.

use std::{ffi::OsString, os::unix::ffi::OsStringExt};

use super::{COMMANDS, refusal, settings};
use crate::harness::rollcall_on_sqlite;

/// A value that is invalid for every setting, and has control characters.
const WRONG: &str = "\u{1b}[31m wrong\n\n";

/// The arguments that a command requires beside its settings.
fn required<'a>(command: &[&'a str]) -> Vec<&'a str> {
    match command {
        ["user", "reset" | "sessions"] => vec!["root"],
        ["user" | "audit"] => vec!["list"],
        ["copy"] => vec!["--from=sqlite://from.db", "--to=sqlite://to.db"],
        ["serve"] => vec!["--listen=127.0.0.1:0"],
        ["import"] => vec!["/dev/null", "--format=ndjson"],
        ["export" | "backup" | "restore"] => vec!["file.csv"],
        _ => Vec::new(),
    }
}

/// The arguments without those that set `flag`.
fn without<'a>(arguments: &[&'a str], flag: &str) -> Vec<&'a str> {
    let sets = |argument: &str| argument.split('=').next() == Some(flag);
    arguments.iter().copied().filter(|argument| !sets(argument)).collect()
}

#[test]
fn a_wrong_variable_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for command in COMMANDS {
        let arguments = [command, &required(command)].concat();
        for (flag, variable) in settings(&folder, command) {
            // A health check only needs to know whether a certificate is set.
            if command == ["healthcheck"] && flag == "--tls-cert" {
                continue;
            }
            let arguments = without(&arguments, &flag);
            let mut command = rollcall_on_sqlite(&folder, &arguments);
            let line = refusal(command.env(&variable, WRONG));
            assert!(line.contains(&variable), "{arguments:?} {variable}: {line}");
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn a_wrong_flag_is_named_without_the_variable_of_another() {
    let folder = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let arguments = [command, &required(command)].concat();
        for (flag, variable) in settings(&folder, command) {
            if command == ["healthcheck"] && flag == "--tls-cert" {
                continue;
            }
            let setting = format!("{flag}={WRONG}");
            let arguments = [without(&arguments, &flag), vec![&setting]].concat();
            let mut command = rollcall_on_sqlite(&folder, &arguments);
            let line = refusal(command.env(&variable, WRONG));
            assert!(line.contains(&flag), "{arguments:?}: {line}");
            assert!(!line.contains(&format!(" in {variable} ")), "{arguments:?}: {line}");
        }
    }
}

#[test]
fn a_variable_that_is_not_text_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = OsString::from_vec(b"\xff\x1b".to_vec());
    let secrets = ["ROLLCALL_ADMIN_PASSWORD", "ROLLCALL_SESSION_SECRET"];
    let settings = settings(&folder, &["serve"]);
    let variables = settings.iter().map(|(_, variable)| variable.as_str());
    for variable in variables.chain(secrets) {
        let mut command = rollcall_on_sqlite(&folder, &["serve", "--listen=127.0.0.1:0"]);
        if variable == "ROLLCALL_LISTEN" {
            command = rollcall_on_sqlite(&folder, &["serve"]);
        }
        let line = refusal(command.env(variable, &wrong));
        assert!(line.contains(variable), "{variable}: {line}");
    }
}

#[test]
fn an_unknown_variable_is_warned_of_without_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["user", "list"]);
    command.env("ROLLCALL_DATABASES_URL", "a secret").env("ROLLCALL_\u{1b}[31m", "a secret");
    command.env("ROLLCALL_SERVICE_HOST", "10.0.0.1").env("ROLLCALL_PORT", "tcp://10.0.0.1:80");
    command.env("ROLLCALL_HOST", "a secret").env("ROLLCALL_DB", "a secret");
    command.env("ROLLCALL_UNSET", "").env("ROLLCALL_URL", "http://127.0.0.1");
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let known = "ROLLCALL_DATABASES_URL is unknown in this release and has no effect; \
                 did you mean ROLLCALL_DATABASE_URL?";
    assert!(said.contains(known), "{said}");
    for (name, known) in [("HOST", "LISTEN"), ("DB", "DATABASE_URL")] {
        let line = format!("ROLLCALL_{name} is unknown in this release and has no effect; did you");
        assert!(said.contains(&format!("{line} mean ROLLCALL_{known}?")), "{said}");
    }
    let odd = "ROLLCALL_\\u{1b}[31m is unknown in this release and has no effect\n";
    assert!(said.contains(odd), "{said}");
    assert_eq!((said.matches(" WARN ").count(), said.lines().count()), (4, 5), "{said}");
    assert!(!said.contains("a secret") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn known_variables_are_not_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["openapi"]);
    assert!(command.output().unwrap().stderr.is_empty());
    for name in COMMANDS {
        for (_, variable) in settings(&folder, name) {
            let mut command = rollcall_on_sqlite(&folder, &["export"]);
            command.env(&variable, "transaction");
            let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
            assert!(!said.contains("is unknown in"), "{variable}: {said}");
        }
    }
}
