//! `rollcall user keys`, `key-add` and `key-end`.

use std::fs::File;

use super::keys;
use crate::harness::{Server, rollcall};

/// Whether a command succeeds, its standard output, and its standard error.
fn run(server: &Server, arguments: &[&str]) -> (bool, String, String) {
    let arguments = [&["user", "--bcrypt-cost=4"], arguments].concat();
    let output = rollcall(server.folder(), &arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn keys_are_made_listed_and_ended_by_name() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let add = [
        "key-add",
        "ALICE",
        "nightly job",
        "--scope=verify",
        "--scope",
        "users:read",
        "--expire-time=2100-01-31",
    ];
    let (is_done, secret, error) = run(&server, &add);
    assert!(is_done && error.is_empty() && secret.ends_with('\n'), "{error}");
    let bearer = server.anonymous().bearer(secret.trim_end());
    assert_eq!(bearer.get(&format!("/users/{id}")).status, 200);
    let key = keys(&server.admin(), id).remove(0);
    assert_eq!(
        (&key["name"], &key["expireTime"]),
        (&"nightly job".into(), &"2100-01-31T00:00:00Z".into())
    );
    let (is_done, table, _) = run(&server, &["keys", "alice"]);
    let lines: Vec<_> = table.lines().collect();
    assert!(is_done && lines.len() == 2, "{table}");
    assert!(lines[0].starts_with("ID  ") && lines[0].ends_with("EXPIRES"), "{table}");
    for text in [&*key["id"].to_string(), "nightly job", "verify,users:read"] {
        assert!(lines[1].contains(text), "{table}");
    }
    assert!(!table.contains(secret.trim_end()));
    let id = key["id"].to_string();
    let (is_done, said, _) = run(&server, &["key-end", "alice", &id]);
    assert!(is_done && said == format!("ended the API key {id} of alice\n"), "{said}");
    assert_eq!(bearer.get("/users/me").status, 401);
    let entries = server.admin().get("/audit?limit=2").json()["auditLog"]["entries"].clone();
    for (entry, action) in [(&entries[0], "KEY_ENDED"), (&entries[1], "KEY_CREATED")] {
        assert_eq!((&entry["action"], &entry["actor"]), (&action.into(), &"OPERATOR".into()));
    }
}

#[test]
fn a_key_whose_secret_is_not_printed_ends() {
    let server = Server::start();
    let add = ["user", "key-add", "root", "job", "--scope=verify", "--bcrypt-cost=4"];
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = rollcall(server.folder(), &add).stdout(full).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("No space left on device") && !error.contains("rck_"), "{error}");
    assert_eq!(keys(&server.admin(), 1).len(), 0);
}

#[test]
fn key_commands_name_the_mistake() {
    let server = Server::start();
    let secret = format!("rck_{}", "a".repeat(49));
    for (arguments, expected) in [
        (&["keys", "absent"][..], "error: absent: no such user\n"),
        // A secret in the place of a name or an id is not repeated.
        (&["keys", &secret], "error: the name of a key's form: no such user\n"),
        (&["key-end", "root", &secret], "error: the id must be a number, as `rollcall user keys`"),
        (&["key-add", "absent", "job", "--scope=verify"], "error: absent: no such user\n"),
        (&["key-end", "root", "7"], "error: root: no such API key\n"),
        (&["key-add", "root", "job"], "--scope"),
        (&["key-add", "root", "job", "--scope=users"], "users:read"),
        (&["key-add", "root", "", "--scope=verify"], "the key's name must be 1 to 64 characters"),
        (
            &["key-add", "root", "job", "--scope=verify", "--expire-time=soon"],
            "--expire-time must be a time in ISO 8601, such as 2026-11-28T16:24:00Z",
        ),
        (
            &["key-add", "root", "job", "--scope=verify", "--expire-time=2020-01-01T00:00:00Z"],
            "error: root: the expiry time must be in the future\n",
        ),
    ] {
        let (is_done, output, error) = run(&server, arguments);
        assert!(!is_done && output.is_empty() && error.contains(expected), "{output}{error}");
        assert!(!error.contains("rck_"), "{error}");
    }
    let (is_done, table, _) = run(&server, &["keys", "root"]);
    assert!(is_done && table.starts_with("ID  NAME  PREFIX  SCOPES  CREATED"), "{table}");
}
