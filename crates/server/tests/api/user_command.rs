//! `rollcall user`, beside a running server on the same store.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use serde_json::json;

use crate::harness::{End, PASSWORD, Server, rollcall, rollcall_on_sqlite};

fn run(server: &Server, arguments: &[&str], input: &str) -> Output {
    let arguments = [&["user"], arguments, &["--bcrypt-cost=4"]].concat();
    answer(rollcall(server.folder(), &arguments), input)
}

/// Runs a command with `input` on its standard input.
fn answer(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that needs no input may have ended already.
    let _ = writeln!(child.stdin.take().unwrap(), "{input}");
    child.wait_with_output().unwrap()
}

fn succeed(server: &Server, arguments: &[&str], input: &str) -> String {
    let output = run(server, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn fail(server: &Server, arguments: &[&str], input: &str) -> String {
    let output = run(server, arguments, input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn a_user_lives_its_whole_life_on_the_command_line() {
    let server = Server::start();
    let said = succeed(&server, &["add", "Alice", "--email", "alice@example.com"], PASSWORD);
    assert_eq!(said, "added Alice with the id 2\n");
    let alice = server.login("alice", PASSWORD);
    assert_eq!(alice.get("/users/2").json()["user"]["email"], "alice@example.com");
    assert_eq!(alice.get("/users").status, 403);
    succeed(&server, &["grant", "alice", "admin"], "");
    assert_eq!(alice.get("/users").status, 200);
    succeed(&server, &["grant", "alice", "auditor"], "");
    let list = succeed(&server, &["list"], "");
    assert!(list.starts_with("ID  NAME   EMAIL"), "{list}");
    assert!(list.contains("2   Alice  alice@example.com  ENABLED  admin,auditor  20"), "{list}");
    succeed(&server, &["revoke", "alice", "admin"], "");
    assert_eq!(alice.get("/users").status, 403);
    succeed(&server, &["disable", "alice"], "");
    assert_eq!(alice.get("/users/2").status, 401);
    succeed(&server, &["enable", "alice"], "");
    succeed(&server, &["passwd", "alice"], "another fine password");
    assert_eq!(alice.get("/users/2").status, 401);
    assert_eq!(server.login("alice", "another fine password").get("/users/2").status, 200);
    assert_eq!(succeed(&server, &["delete", "ALICE"], ""), "deleted ALICE\n");
    assert_eq!(server.admin().get("/users/2").status, 404);
}

#[test]
fn a_command_that_changes_nothing_says_so() {
    let server = Server::start();
    succeed(&server, &["add", "alice"], PASSWORD);
    for (arguments, done, again) in [
        (
            &["grant", "alice", "auditor"][..],
            "granted the role auditor to alice\n",
            "alice already has the role auditor; nothing changed\n",
        ),
        (
            &["revoke", "alice", "auditor"],
            "revoked the role auditor from alice\n",
            "alice does not have the role auditor; nothing changed\n",
        ),
        (&["disable", "alice"], "disabled alice\n", "alice is already disabled; nothing changed\n"),
        (&["enable", "alice"], "enabled alice\n", "alice is already enabled; nothing changed\n"),
    ] {
        let version = || server.admin().get("/users/2").json()["user"]["version"].as_i64();
        let before = version().unwrap();
        assert_eq!(succeed(&server, arguments, ""), done);
        assert_eq!(succeed(&server, arguments, ""), again);
        assert_eq!(version(), Some(before + 1), "{arguments:?}");
    }
}

/// Changes the address of alice, who has this id, over and over.
fn keep_writing(server: &Server, id: i64, writer: usize, is_over: &AtomicBool) {
    let alice = server.login("alice", PASSWORD);
    for number in 0.. {
        let email = format!("{writer}-{number}@example.com");
        alice.patch(&format!("/users/{id}"), &json!({"userInfo": {"email": email}}));
        if is_over.load(Ordering::SeqCst) {
            return;
        }
    }
}

#[test]
fn a_user_who_keeps_writing_holds_up_no_command() {
    let server = Server::start_with(&["--changes-per-user=0"]);
    let (id, _) = server.user("alice");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let end = End(&is_over);
        for writer in 0..6 {
            let (server, is_over) = (&server, &is_over);
            scope.spawn(move || keep_writing(server, id, writer, is_over));
        }
        for _ in 0..3 {
            succeed(&server, &["grant", "alice", "auditor"], "");
            succeed(&server, &["revoke", "alice", "auditor"], "");
            assert_eq!(succeed(&server, &["disable", "alice"], ""), "disabled alice\n");
            assert_eq!(succeed(&server, &["enable", "alice"], ""), "enabled alice\n");
        }
        drop(end);
    });
}

#[test]
fn an_admin_can_be_added_at_once() {
    let server = Server::start();
    succeed(&server, &["add", "chief", "--admin"], PASSWORD);
    assert_eq!(server.login("chief", PASSWORD).get("/users").status, 200);
}

#[test]
fn a_store_is_made_only_by_adding_a_user() {
    let folder = tempfile::tempdir().unwrap();
    let output = rollcall_on_sqlite(&folder, &["user", "list"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there is no store at sqlite://data/rollcall.db"), "{said}");
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_command_leaves_all_its_writes_in_the_database_file() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..20 {
        let (name, cost) = (format!("user{number}"), "--bcrypt-cost=4");
        let output = answer(rollcall_on_sqlite(&folder, &["user", "add", &name, cost]), PASSWORD);
        assert!(output.status.success(), "{output:?}");
        let size =
            |file| std::fs::metadata(folder.path().join(file)).map_or(0, |metadata| metadata.len());
        assert!(size("data/rollcall.db") > 0);
        assert_eq!(size("data/rollcall.db-wal"), 0);
    }
}

#[test]
fn a_command_without_a_subcommand_lists_the_subcommands() {
    let folder = tempfile::tempdir().unwrap();
    let output = rollcall(&folder, &["user"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("Usage: rollcall user") && said.contains("passwd"), "{said}");
}

#[test]
fn the_same_rules_hold_as_over_http() {
    let server = Server::start();
    for (arguments, input, expected) in [
        (&["add", "two words"][..], PASSWORD, "error: the name must not contain a space; accepted"),
        (&["add", "."], PASSWORD, "error: the name must be 1 to 64"),
        (&["add", "bob", "--email", "x"], PASSWORD, "error: the email address must be"),
        (&["add", "bob"], "short", "error: the password must have at least 8"),
        (&["add", "bob-the-builder"], "Bob-the-builder", "the password is the user's name"),
        (&["add", "ROOT"], PASSWORD, "error: ROOT: the name is taken"),
        (&["passwd", "absent"], PASSWORD, "error: absent: no such user"),
        (&["delete", "root"], "", "error: root: the last enabled admin"),
        (&["disable", "root"], "", "the last enabled admin"),
        (&["revoke", "root", "admin"], "", "the last enabled admin"),
        (&["grant", "root", "1st"], "", "error: the role must be 1 to 64 of A-Z, a-z"),
        (
            &["grant", "root", "Admin"],
            "",
            "error: the role must not be `admin` in capital letters; ",
        ),
    ] {
        let said = fail(&server, arguments, input);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn a_password_of_more_lines_than_one_is_refused() {
    let server = Server::start();
    for input in ["correct horse\nbattery staple", "correct horse\r\nbattery staple\n"] {
        for arguments in [&["passwd", "root"][..], &["add", "alice"]] {
            let said = fail(&server, arguments, input);
            let expected = "error: standard input has more than one line; a password is one line\n";
            assert_eq!(said, expected);
        }
    }
    succeed(&server, &["add", "alice"], "correct horse battery\n\n");
    assert_eq!(server.login("alice", PASSWORD).get("/users/2").status, 200);
}
