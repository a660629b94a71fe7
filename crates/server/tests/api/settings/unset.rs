//! Settings that are set to the empty text, as compose does with `${NAME:-}`.

use std::{io::Write, process::Command};

use super::{COMMANDS, refusal, settings};
use crate::harness::{Client, PASSWORD, Process, rollcall_on_sqlite};

/// Settings that `--help` lists only as variables: secrets, their files, and the log.
const VARIABLES: [&str; 7] = [
    "ROLLCALL_ADMIN_PASSWORD",
    "ROLLCALL_ADMIN_PASSWORD_FILE",
    "ROLLCALL_DATABASE_URL",
    "ROLLCALL_DATABASE_URL_FILE",
    "ROLLCALL_SESSION_SECRET",
    "ROLLCALL_SESSION_SECRET_FILE",
    "RUST_LOG",
];

/// Starts a server, which must have its default settings.
fn assert_default(command: &mut Command) -> Process {
    let mut server = Process::start(command);
    let line = server.wait_for("with the password ");
    let password = line.rsplit_once(' ').unwrap().1.to_owned();
    let line = server.wait_for("listening on http://");
    let address = line.split_once("http://").unwrap().1;
    let admin = Client::new(address, Some(("admin", &password)));
    assert_eq!(admin.get("/users").status, 200);
    server.wait_for("GET /users 200");
    assert!(!server.said().contains("warning"), "{}", server.said());
    server.signal("TERM");
    assert!(server.wait().success());
    server
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["--listen=127.0.0.1:0"]);
    for (_, variable) in settings(&folder, &["serve"]) {
        command.env(variable, "");
    }
    command.envs(VARIABLES.map(|variable| (variable, "")));
    assert_default(&mut command);
    assert!(folder.path().join("data/rollcall.db").is_file());
}

#[test]
fn a_flag_that_is_set_to_nothing_is_not_set() {
    for separator in ["=", " "] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = rollcall_on_sqlite(&folder, &["serve"]);
        for (flag, _) in settings(&folder, &["serve"]) {
            if separator == "=" || flag == "--insecure-http" {
                command.arg(flag + "=");
            } else {
                command.args([&flag, ""]);
            }
        }
        // The variable still applies.
        assert_default(command.env("ROLLCALL_LISTEN", "127.0.0.1:0"));
    }
}

#[test]
fn settings_of_every_command_can_be_set_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = rollcall_on_sqlite(&folder, arguments);
        for command_name in COMMANDS {
            for (_, variable) in settings(&folder, command_name) {
                command.env(variable, "");
            }
        }
        command
    };
    let mut add = Process::start(&mut run(&["user", "add", "alice", "--bcrypt-cost=4"]));
    writeln!(add.stdin(), "{PASSWORD}").unwrap();
    assert!(add.wait().success(), "{}", add.said());
    for arguments in [
        &["user", "list", "--database-url=", "--bcrypt-cost="][..],
        &["user", "--database-url", "", "sessions", "alice", "--session-max-age="],
        &["audit", "--database-url=", "verify"],
        &["export", "--database-url="],
        &["backup", "backup.db", "--database-url="],
    ] {
        let output = run(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
    let line = refusal(&mut run(&["copy", "--from=", "--to="]));
    assert!(line.contains("required") && line.contains("--from <URL>"), "{line}");
}
