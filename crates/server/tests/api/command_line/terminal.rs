//! `rollcall user delete` asks for confirmation on a terminal, and not in a script.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::answer;
use crate::harness::{Server, rollcall};

/// The text on a terminal and the exit code after this input.
fn on_terminal(server: &Server, arguments: &str, typed: &str) -> (String, Option<i32>) {
    let rollcall = rollcall(server.folder(), &[]);
    let line = format!("exec '{}' {arguments}", rollcall.get_program().display());
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(server.folder());
    command.envs(rollcall.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // A command that asks nothing may have ended already.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = child.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap().replace('\r', ""), output.status.code())
}

fn exists(server: &Server, name: &str) -> bool {
    answer(&mut rollcall(server.folder(), &["user", "list"])).contains(name)
}

#[test]
fn a_deletion_asks_for_confirmation_on_a_terminal() {
    let server = Server::start();
    server.user("alice");
    let delete = "user delete alice --bcrypt-cost=4";
    for typed in ["n\n", "\n", "delete\n", "\u{4}"] {
        let (said, code) = on_terminal(&server, delete, typed);
        assert!(said.contains("delete alice permanently? [y/N] "), "{said}");
        assert!(said.ends_with("error: nothing was done; answer y, or give --yes\n"), "{said}");
        assert_eq!((code, exists(&server, "alice")), (Some(1), true), "{typed:?}");
    }
    let (said, code) = on_terminal(&server, delete, "y\n");
    assert!(said.ends_with("deleted alice\n"), "{said}");
    assert_eq!((code, exists(&server, "alice")), (Some(0), false));
    // For a missing user the command asks nothing.
    let (said, code) = on_terminal(&server, delete, "");
    assert_eq!((&*said, code), ("error: alice: no such user\n", Some(1)));
}

#[test]
fn yes_skips_the_question_and_scripts_are_not_asked() {
    let server = Server::start();
    for name in ["alice", "bob", "carol"] {
        server.user(name);
    }
    let (said, code) = on_terminal(&server, "user delete alice --yes --bcrypt-cost=4", "");
    assert_eq!((&*said, code), ("deleted alice\n", Some(0)));
    for (arguments, said) in [
        (&["user", "delete", "bob"][..], "deleted bob\n"),
        (&["user", "delete", "--yes", "carol"], "deleted carol\n"),
    ] {
        assert_eq!(answer(&mut rollcall(server.folder(), arguments)), said);
    }
}
