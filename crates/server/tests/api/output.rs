//! Outputs of commands that are closed or full.

use std::{
    fs::{self, File},
    io::{Write, pipe},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::{
    harness::{PASSWORD, Server, rollcall},
    import::lines,
};

/// Commands that change something, and print what they have done.
const CHANGES: [&[&str]; 6] = [
    &["user", "add", "alice", "--bcrypt-cost=4"],
    &["user", "passwd", "root", "--bcrypt-cost=4"],
    &["user", "logout", "root"],
    &["user", "enable", "root"],
    &["import", "users.ndjson", "--bcrypt-cost=4"],
    &["export", "exported.csv"],
];

/// Commands that print an answer, and succeed on a store with one user.
const COMMANDS: [&[&str]; 15] = [
    &["openapi"],
    &["openapi", "--format=yaml"],
    &["openapi", "--openapi-version=3.0"],
    &["user", "list"],
    &["user", "list", "--confusable"],
    &["user", "sessions", "root"],
    &["user", "keys", "root"],
    &["audit", "list"],
    &["audit", "list", "--format=ndjson"],
    &["audit", "verify"],
    &["export"],
    &["calibrate", "--target-ms=1"],
    &["completions", "bash"],
    &["--help"],
    &["--version"],
];

/// The standard error of a command, without its lines of progress.
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

/// Runs a command with a password on its standard input.
fn run_with_password(mut command: Command, stdout: impl Into<Stdio>) -> Output {
    command.stdout(stdout).stderr(Stdio::piped()).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads no password may have ended already.
    let _ = writeln!(child.stdin.take().unwrap(), "{PASSWORD}");
    child.wait_with_output().unwrap()
}

#[test]
fn an_unprinted_change_differs_from_a_failure() {
    let server = Server::start();
    fs::write(server.folder().path().join("users.ndjson"), lines(1..=3)).unwrap();
    let run = |arguments: &[&str], stdout: Stdio| {
        run_with_password(rollcall(server.folder(), arguments), stdout)
    };
    for arguments in CHANGES {
        let output = run(arguments, full().into());
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().last().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
        assert!(
            line.starts_with("error: the command succeeded but could not print its result: "),
            "{said}"
        );
        assert!(line.ends_with("No space left on device (os error 28)"), "{said}");
        // With the null device as the output the command succeeds.
        if arguments[1] != "add" && arguments[0] != "export" {
            assert_eq!(run(arguments, Stdio::null()).status.code(), Some(0), "{arguments:?}");
        }
    }
    let login = server.login("root", PASSWORD).get("/users");
    assert_eq!(login.json()["userList"]["users"].as_array().unwrap().len(), 5);
    // A change that failed still exits with 1.
    assert_eq!(run(CHANGES[0], full().into()).status.code(), Some(1));
}

/// The binary with such a standard output, which it gets from a shell.
fn redirected(server: &Server, arguments: &str, redirection: &str) -> Command {
    let line = format!("exec \"$0\" {arguments} {redirection}");
    let command = rollcall(server.folder(), &[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).arg(command.get_program()).current_dir(server.folder());
    shell.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

#[test]
fn a_change_needs_no_output() {
    // The second is the null device as Python and systemd open it.
    for redirection in [">&-", "1<>/dev/null"] {
        let server = Server::start();
        fs::write(server.folder().path().join("users.ndjson"), lines(1..=3)).unwrap();
        for arguments in CHANGES {
            let nowhere = redirected(&server, &arguments.join(" "), redirection);
            let output = run_with_password(nowhere, Stdio::null());
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{arguments:?} {redirection}: {said}");
        }
        let list = rollcall(server.folder(), &["user", "list"]).output().unwrap();
        assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 1 + 5);
    }
}

#[test]
fn a_list_needs_an_output_that_is_open() {
    let server = Server::start();
    for arguments in
        ["user list", "user reset root", "audit list", "export", "openapi", "completions zsh"]
    {
        let shell = |redirection: &str| {
            redirected(&server, arguments, redirection).stdin(Stdio::null()).output().unwrap()
        };
        let closed = shell(">&-");
        let said = errors(&closed);
        assert_eq!(closed.status.code(), Some(1), "{arguments}: {said}");
        assert!(said.ends_with("standard output is closed"), "{arguments}: {said}");
        assert_eq!(shell("> /dev/null").status.code(), Some(0), "{arguments}");
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

#[test]
fn a_failure_without_memory_for_a_thread_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let failed = |kibibytes: u32| {
        let limited = format!("ulimit -v {kibibytes}; exec \"$0\" user list");
        let command = rollcall(&folder, &[]);
        let output = Command::new("sh")
            .args(["-c", &limited])
            .arg(command.get_program())
            .current_dir(&folder)
            .env("ROLLCALL_DATABASE_URL", "sqlite://absent.db")
            .output()
            .unwrap();
        // Below some limit the program does not even start.
        (output.status.code() == Some(1)).then(|| String::from_utf8(output.stderr).unwrap())
    };
    let failures: Vec<_> =
        (0..1000).map(|step| 20_000 + step * 256).filter_map(failed).take(24).collect();
    assert_eq!(failures.len(), 24);
    assert!(failures.iter().all(|said| said.starts_with("error: ")), "{failures:?}");
}
