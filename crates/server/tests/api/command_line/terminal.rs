//! Questions on a terminal: the confirmation of `rollcall user delete`, and passwords.

use std::{
    fs,
    io::{Read, Write},
    process::{Child, Command, Stdio},
};

use super::answer;
use crate::harness::{Server, rollcall};

/// Runs this command on a terminal, in the place of the shell: a shell that is left around it may
/// be ended by Ctrl-C itself.
fn start_on_terminal(server: &Server, line: &str) -> Child {
    let rollcall = rollcall(server.folder(), &[]);
    let mut command = Command::new("script");
    command.args(["-qec", &format!("exec {line}"), "/dev/null"]).current_dir(server.folder());
    command.envs(rollcall.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The text on a terminal and the exit code after this input.
fn on_terminal(server: &Server, arguments: &str, typed: &str) -> (String, Option<i32>) {
    let program = rollcall(server.folder(), &[]).get_program().display().to_string();
    let mut child = start_on_terminal(server, &format!("'{program}' {arguments}"));
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

/// The text on a terminal until it ends with this one.
fn read_until(output: &mut impl Read, end: &str) -> String {
    let mut said = Vec::new();
    while !said.ends_with(end.as_bytes()) {
        let mut byte = [0];
        output.read_exact(&mut byte).unwrap_or_else(|_| panic!("{said:?}"));
        said.push(byte[0]);
    }
    String::from_utf8(said).unwrap()
}

#[test]
fn a_password_typed_at_once_is_not_shown() {
    let server = Server::start();
    let program = rollcall(server.folder(), &[]).get_program().display().to_string();
    for round in 0..8 {
        let line = format!("'{program}' user add bob{round} --bcrypt-cost=4");
        let mut child = start_on_terminal(&server, &line);
        let (mut keys, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut said = read_until(&mut output, "Password: ");
        keys.write_all(b"teadrinks-well\nteadrinks-well\n").unwrap();
        output.read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
        assert!(!said.contains("teadrinks"), "{said}");
    }
}

#[test]
fn a_typed_password_that_is_no_utf_8_is_refused() {
    let server = Server::start();
    let program = rollcall(server.folder(), &[]).get_program().display().to_string();
    let line = format!("'{program}' user add bob --bcrypt-cost=4");
    let mut child = start_on_terminal(&server, &line);
    let (mut keys, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for prompt in ["Password: ", "Password again: "] {
        read_until(&mut output, prompt);
        keys.write_all(b"\xff\xfetea drinks well\n").unwrap();
    }
    let mut after = String::new();
    output.read_to_string(&mut after).unwrap();
    assert!(after.contains("the password is not in UTF-8"), "{after}");
    assert_eq!((child.wait().unwrap().code(), exists(&server, "bob")), (Some(1), false));
}

#[test]
fn a_signal_at_a_password_leaves_the_echo_on() {
    let server = Server::start();
    let program = rollcall(server.folder(), &[]).get_program().display().to_string();
    let asks = "trap : INT\n\
        sh -c 'echo \"$$\"; exec \"$0\" user add bob --bcrypt-cost=4' \"$1\"\n\
        stty -a\n";
    fs::write(server.folder().path().join("asks"), asks).unwrap();
    for signal in ["Ctrl-C", "-INT", "-TERM", "-HUP", "-QUIT"] {
        let mut child = start_on_terminal(&server, &format!("sh asks '{program}'"));
        let (mut keys, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let said = read_until(&mut output, "Password: ");
        let process = said.split_whitespace().next().unwrap();
        if signal == "Ctrl-C" {
            keys.write_all(b"\x03").unwrap();
        } else {
            assert!(Command::new("kill").args([signal, process]).status().unwrap().success());
        }
        let mut after = String::new();
        output.read_to_string(&mut after).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success(), "{signal}: {status}: {after}");
        let settings: Vec<&str> = after.split_whitespace().collect();
        for setting in ["echo", "icanon", "isig"] {
            assert!(settings.contains(&setting), "{signal}: {after}");
        }
    }
    assert!(!exists(&server, "bob"));
}
