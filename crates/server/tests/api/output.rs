//! Outputs of commands that are closed or full.

use std::{
    fs::File,
    io::pipe,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::harness::{Server, rollcall};

/// Commands that print, and succeed on a store with one user.
const COMMANDS: [&[&str]; 15] = [
    &["openapi"],
    &["openapi", "--format=yaml"],
    &["openapi", "--openapi-version=3.0"],
    &["user", "list"],
    &["user", "list", "--confusable"],
    &["user", "sessions", "root"],
    &["user", "logout", "root"],
    &["user", "enable", "root"],
    &["audit", "list"],
    &["audit", "list", "--format=ndjson"],
    &["audit", "verify"],
    &["export"],
    &["calibrate", "--target-ms=1"],
    &["--help"],
    &["--version"],
];

/// What it says on standard error, lines of progress aside.
fn errors(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().filter(|line| !line.starts_with("exporting: ")).collect()
}

fn run(mut command: Command, stdout: impl Into<Stdio>) -> Output {
    let child = command.stdout(stdout).stderr(Stdio::piped()).stdin(Stdio::null()).spawn();
    child.unwrap().wait_with_output().unwrap()
}

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_full_output_is_one_line_and_a_closed_one_is_no_failure() {
    let server = Server::start();
    for arguments in COMMANDS {
        let output = run(rollcall(server.folder(), arguments), full());
        let said = errors(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.starts_with("error: "), "{arguments:?}: {said}");
        assert!(said.ends_with("No space left on device (os error 28)"), "{arguments:?}: {said}");
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let output = run(rollcall(server.folder(), arguments), writer);
        assert_eq!(
            (output.status.code(), &*errors(&output)),
            (Some(0), ""),
            "{arguments:?}: {output:?}"
        );
    }
}

#[test]
fn a_full_standard_error_changes_no_exit_code() {
    let folder = TempDir::new().unwrap();
    for (arguments, code) in [
        (&["user", "list"][..], 1),
        (&["export", "users.ndjson"], 1),
        (&["healthcheck", "--listen=127.0.0.1:1"], 1),
        (&["--no-such-setting"], 1),
        (&["openapi"], 0),
    ] {
        let mut command = rollcall(&folder, arguments);
        command.env("ROLLCALL_DATABASE_URL", "sqlite://none.db").stderr(full());
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}
