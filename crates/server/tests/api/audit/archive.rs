//! `rollcall audit archive`, and what becomes of the log.

use std::{fs, os::unix::fs::PermissionsExt, process::Output};

use serde_json::{Value, json};

use super::{
    command::{audit, printed, refusal},
    log,
};
use crate::harness::{Server, rollcall_on_sqlite};

/// This moment, as `--before`.
pub(super) fn now() -> String {
    format!("--before={}", jiff::Timestamp::now())
}

/// Archives every entry to a file of this name.
pub(super) fn archive(server: &Server, name: &str) -> String {
    // Entries have the times of servers.
    printed(server, &["archive", &now(), name])
}

/// The command on the SQLite file of a server.
fn on_sqlite(server: &Server, arguments: &[&str]) -> Output {
    rollcall_on_sqlite(server.folder(), &[&["audit"], arguments].concat()).output().unwrap()
}

/// The number and hash of the last entry.
pub(super) fn end(server: &Server) -> String {
    let newest = &log(server)[0];
    format!("{}:{}", newest["number"], newest["hash"].as_str().unwrap())
}

#[test]
fn old_entries_move_to_a_file_and_the_rest_verifies() {
    let server = Server::start();
    let replicas = [server.replica(), server.replica()];
    let (alice, _) = server.user("alice");
    let (before, last) = (log(&server), end(&server));
    let said = archive(&server, "first.ndjson");
    assert_eq!(said, format!("archived 2 entries in first.ndjson; the log begins after {last}\n"));

    let file = server.folder().path().join("first.ndjson");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let lines: Vec<Value> = fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, before.into_iter().rev().collect::<Vec<_>>());

    replicas[0].change(alice, &json!({"email": "new@example.com"}));
    for server in [&server, &replicas[0], &replicas[1]] {
        let log = log(server);
        let actions: Vec<_> = log.iter().map(|entry| &entry["action"]).collect();
        assert_eq!(actions, [&json!("USER_CHANGED"), &json!("AUDIT_ARCHIVED")]);
        let announced = json!([{"field": "anchor", "before": null, "after": last}]);
        assert_eq!((&log[1]["number"], &log[1]["changes"]), (&json!(3), &announced));
        assert_eq!((&log[1]["actor"], &log[1]["userId"]), (&json!("OPERATOR"), &Value::Null));
    }
    let text = printed(&server, &["list", "--action=AUDIT_ARCHIVED"]);
    assert!(text.contains(&format!("  OPERATOR  AUDIT_ARCHIVED  -  anchor={last}  ")), "{text}");
    let newest = end(&server);
    let expected =
        format!("verified 2 entries after the archived entry {last}; the last is {newest}\n");
    assert_eq!(printed(&server, &["verify"]), expected);
    let said = printed(&server, &["verify", "--archive=first.ndjson"]);
    assert_eq!(said, format!("verified 2 entries and 2 archived before; the last is {newest}\n"));
}

#[test]
fn entries_up_to_the_first_that_is_not_older_are_archived() {
    let server = Server::start();
    let (alice, _) = server.user("alice");
    let time = log(&server)[0]["time"].as_str().unwrap().to_owned();
    server.change(alice, &json!({"email": "new@example.com"}));
    let said = printed(&server, &["archive", &format!("--before={time}"), "first"]);
    assert!(said.starts_with("archived 1 entry in first; the log begins after 1:"), "{said}");
    assert_eq!(log(&server).len(), 3);
    let nothing = "no entry is old enough; nothing was archived\n";
    for before in ["2017-05-08", "2017-05-08T17:44:19+02:00"] {
        let said = printed(&server, &["archive", &format!("--before={before}"), "second"]);
        assert_eq!(said, nothing);
    }
    let names: Vec<_> = fs::read_dir(server.folder().path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("second") || name.starts_with(".rollcall"))
        .collect();
    assert_eq!(names, [""; 0]);
}

#[test]
fn an_entry_below_the_anchor_requires_the_archives() {
    let server = Server::start();
    let first = format!("--contains={}", end(&server));
    server.user("alice");
    let second = format!("--contains={}", end(&server));
    archive(&server, "first");
    let said = refusal(&audit(&server, &["verify", &first]));
    let expected = "--contains: entry 1 was archived; give the files with --archive";
    assert!(said.contains(expected), "{said}");
    printed(&server, &["verify", &first, "--archive=first"]);
    printed(&server, &["verify", &second]);
    printed(&server, &["verify", &second, "--archive=first"]);
    let other = format!("--contains=1:{}", "0".repeat(64));
    let said = refusal(&audit(&server, &["verify", &other, "--archive=first"]));
    assert!(said.contains("entry 1 is not, or not any more, the one with that hash"), "{said}");
}

#[test]
fn a_file_that_exists_and_a_future_date_are_refused() {
    let server = Server::start();
    let file = server.folder().path().join("theirs");
    fs::write(&file, "a file of another program\n").unwrap();
    let said = refusal(&audit(&server, &["archive", &now(), "theirs"]));
    let expected = "theirs exists and is not the file of an interrupted run; give another name";
    assert!(said.contains(expected), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "a file of another program\n");
    for before in ["9000-01-01", "9000-01-01T00:00:00Z"] {
        let before = format!("--before={before}");
        let said = refusal(&audit(&server, &["archive", &before, "mine"]));
        assert!(said.contains("--before") && said.contains("must not be in the future"), "{said}");
    }
    for (before, expected) in [
        ("monday", "must be a time in ISO 8601"),
        ("2026-11-01T10:00", "must be a time in ISO 8601, such as 2026-11-28T16:24:00Z"),
        ("2026-11-01T10:00:00+24:00", "must not have the zone +24:00; zones are from -23:59"),
    ] {
        let before = format!("--before={before}");
        let said = refusal(&audit(&server, &["archive", &before, "mine"]));
        assert!(said.contains(expected), "{said}");
    }
    let said = refusal(&audit(&server, &["archive", &now(), "absent/mine"]));
    assert!(said.contains("absent does not exist"), "{said}");
    archive(&server, "first");
    assert_eq!(log(&server).len(), 1);
}

#[test]
fn a_complete_run_is_repeated_without_effect() {
    let server = Server::start();
    archive(&server, "first");
    let again = || printed(&server, &["archive", &now(), "first"]);
    assert!(again().starts_with("first has the archive that ends with 1:"));
    server.user("alice");
    assert!(again().starts_with("first has the archive that ends with 1:"));
    archive(&server, "second");
    let said = refusal(&audit(&server, &["archive", &now(), "first"]));
    let expected = "first exists and is not the file of an interrupted run; give another name (it \
        begins with entry 1, and the log after ";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn files_of_the_store_are_no_archives() {
    let server = Server::start_on_sqlite();
    for ending in ["", "-wal", "-shm", "-journal", "-session-secret"] {
        let name = format!("data/rollcall.db{ending}");
        let said = refusal(&on_sqlite(&server, &["archive", &now(), &name]));
        let expected = ["belongs to the store; give another name", "is not the file of an inter"];
        assert!(expected.iter().any(|expected| said.contains(expected)), "{said}");
    }
    assert_eq!(log(&server).len(), 1);
    let output = on_sqlite(&server, &["archive", &now(), "a\u{1b}[31m"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("archived 1 entry in a\\u{1b}[31m;"), "{said}");
}

#[test]
fn a_log_with_a_flaw_is_not_archived() {
    let server = Server::start_on_sqlite();
    server.user("alice");
    assert!(on_sqlite(&server, &["verify"]).status.success());
    let database = server.folder().path().join("data/rollcall.db");
    let forged = "UPDATE audit_head SET hash = replace(hash, substr(hash, 1, 1), 'x')";
    let done = std::process::Command::new("sqlite3").arg(database).arg(forged).status();
    assert!(done.unwrap().success());
    let said = refusal(&on_sqlite(&server, &["archive", &now(), "first"]));
    assert!(said.contains("altered or incomplete: ") && said.contains("nothing was archived"));
    assert!(!server.folder().path().join("first").exists());
}
