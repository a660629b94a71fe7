//! `rollcall user reset`.

use serde_json::json;

use super::{NEW, assert_refused, redeem};
use crate::harness::{Server, rollcall};

/// Whether `rollcall user` succeeds with these arguments, and its output.
fn run(server: &Server, arguments: &[&str]) -> (bool, String) {
    let arguments = [&["user", "--bcrypt-cost=4"], arguments].concat();
    let output = rollcall(server.folder(), &arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn the_operator_creates_a_code_beside_the_server() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let (is_done, said) = run(&server, &["reset", "ALICE"]);
    assert!(is_done && said.starts_with("reset code of ALICE, valid once until 20"), "{said}");
    assert_eq!(said.lines().count(), 1);
    let code = said.split_whitespace().next_back().unwrap();
    let (_, second) = run(&server, &["reset", "alice"]);
    assert_refused(&redeem(&server, code, NEW));
    let code = second.split_whitespace().next_back().unwrap();
    assert_eq!(redeem(&server, code, NEW).status, 204);
    assert_eq!(server.login("alice", NEW).get(&format!("/users/{id}")).status, 200);
    let log = server.admin().get("/audit?limit=1&action=RESET_CODE_CREATED").json();
    let entry = &log["auditLog"]["entries"][0];
    assert_eq!((&entry["actor"], &entry["userId"]), (&json!("OPERATOR"), &json!(id)));
}

#[test]
fn a_command_that_cannot_create_a_code_says_why() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    server.change(id, &json!({"status": "DISABLED"}));
    for (arguments, expected) in [
        (&["reset", "absent"][..], "error: absent: no such user\n"),
        (&["reset", "2"], "error: 2: no such user; give the name of a user, not the id\n"),
        (&["reset", "alice"], "error: alice: the user is disabled\n"),
        (
            &["reset", "root", "--reset-code-age=8d"],
            "must be a whole number of seconds from 1 to 604800, or have a unit",
        ),
    ] {
        let (is_done, said) = run(&server, arguments);
        assert!(!is_done && said.contains(expected), "{said}");
    }
}

#[test]
fn a_code_lasts_as_long_as_the_setting_says() {
    let server = Server::start();
    server.user("alice");
    let (_, said) = run(&server, &["reset", "alice", "--reset-code-age=1s"]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_refused(&redeem(&server, said.split_whitespace().next_back().unwrap(), NEW));
}
