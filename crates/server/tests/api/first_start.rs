//! The first start, with and without a working standard output.

use std::{
    io::pipe,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::harness::{Client, Process, rollcall};

const ARGUMENTS: [&str; 3] = ["serve", "--listen=127.0.0.1:0", "--bcrypt-cost=4"];

/// A server with such a standard output, which it gets from a shell.
fn redirected(folder: &TempDir, redirection: &str) -> Command {
    let server = rollcall(folder, &ARGUMENTS);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$0\" \"$@\" {redirection}")]);
    shell.arg(server.get_program()).args(server.get_args()).env_clear().current_dir(folder.path());
    shell.envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

/// Checks for one line and no admin: the next start creates an admin that can log in.
fn expect_refusal(folder: &TempDir, mut command: Command, reason: &str) {
    let output = command.env("RUST_LOG", "error").stderr(Stdio::piped()).spawn().unwrap();
    let output = output.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    let beginning = format!("error: printing the first admin's password: {reason}");
    assert!(said.starts_with(&beginning), "{said}");
    assert!(said.contains("set ROLLCALL_ADMIN_PASSWORD"), "{said}");
    let list = rollcall(folder, &["user", "list"]).output().unwrap();
    assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 1);
}

/// Starts a server with a working output, and logs in with the printed password.
fn expect_login(folder: &TempDir) {
    let server = Process::start(&mut rollcall(folder, &ARGUMENTS));
    let line = server.wait_for("with the password ");
    let (_, password) = line.rsplit_once(' ').unwrap();
    let listening = server.wait_for("listening on http://");
    let (_, address) = listening.split_once("http://").unwrap();
    assert_eq!(Client::new(address, Some(("admin", password))).get("/users").status, 200);
}

#[test]
fn a_password_that_can_not_be_shown_makes_no_admin() {
    for (redirection, reason) in [
        (">&-", "standard output is closed, or /dev/null"),
        ("> /dev/null", "standard output is closed, or /dev/null"),
        ("> /dev/full", "No space left on device"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            expect_refusal(&folder, redirected(&folder, redirection), reason);
        }
        expect_login(&folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall(&folder, &ARGUMENTS);
    let (reader, writer) = pipe().unwrap();
    command.stdout(writer);
    drop(reader);
    expect_refusal(&folder, command, "Broken pipe");
    expect_login(&folder);
}

#[test]
fn a_given_password_needs_no_output() {
    for redirection in [">&-", "> /dev/full 2>&1"] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = redirected(&folder, redirection);
        let mut server = Process::start(command.env("ROLLCALL_ADMIN_PASSWORD", "a fine password"));
        let made = || {
            let list = rollcall(&folder, &["user", "list"]).output().unwrap();
            String::from_utf8(list.stdout).unwrap().lines().count() == 2
        };
        while !made() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        server.signal("TERM");
        assert_eq!(server.wait().code(), Some(0), "{redirection}");
    }
}

#[test]
fn the_next_start_says_how_to_set_a_password() {
    let folder = tempfile::tempdir().unwrap();
    expect_login(&folder);
    let hint = "admin is the only user; to set a password, run `rollcall user passwd admin`";
    let second = Process::start(&mut rollcall(&folder, &ARGUMENTS));
    second.wait_for(hint);
    second.wait_for("listening on http://");
    drop(second);
    for arguments in [&["user", "passwd", "admin"][..], &["user", "passwd", "admin"]] {
        let mut command = rollcall(&folder, arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, b"another fine password\n").unwrap();
        drop(input);
        assert!(child.wait().unwrap().success());
    }
    let third = Process::start(&mut rollcall(&folder, &ARGUMENTS));
    third.wait_for("listening on http://");
    assert!(!third.said().contains("the only user"), "{}", third.said());
}
