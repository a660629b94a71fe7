//! `rollcall audit`.

use std::process::Output;

use rollcall_persistence::Store;
use serde_json::Value;

use super::log;
use crate::harness::{Server, rollcall, rollcall_on_sqlite};

pub(super) fn audit(server: &Server, arguments: &[&str]) -> Output {
    rollcall(server.folder(), &[&["audit"], arguments].concat()).output().unwrap()
}

pub(super) fn printed(server: &Server, arguments: &[&str]) -> String {
    let output = audit(server, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line with which a command fails.
pub(super) fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.starts_with("error: ") && said.lines().count() == 1, "{said}");
    said
}

#[test]
fn the_list_equals_that_of_the_api() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    server.change(id, &serde_json::json!({"email": "", "plaintextPassword": "another one"}));
    drop(alice);
    let listed: Vec<Value> = printed(&server, &["list", "--format=ndjson"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(listed, log(&server));
    let text = printed(&server, &["list", "--limit=1"]);
    assert!(text.starts_with("3  20") && text.lines().count() == 1, "{text}");
    let said =
        "root (1)  USER_CHANGED  alice (2)  email=alice@example.com → none, password  127.0.0.1";
    assert!(text.contains(said), "{text}");
    let created = printed(&server, &["list", "--action=USER_CREATED", "--before=2"]);
    assert!(created.contains("  OPERATOR  USER_CREATED  root (1)  "), "{created}");
    assert_eq!(printed(&server, &["list", "--user-id=99"]), "");
    assert_eq!(printed(&server, &["list", "--actor-id=1", "--limit=1"]), text);
    let until = format!("--until={}", listed[0]["time"].as_str().unwrap());
    assert_eq!(printed(&server, &["list", &until, "--format=ndjson"]).lines().count(), 2);
    let since = until.replace("--until", "--since");
    assert_eq!(printed(&server, &["list", &since]), text);
    assert_eq!(printed(&server, &["list", "--until=2026-01-01"]), "");
    let said = refusal(&audit(&server, &["list", "--since=monday"]));
    assert!(said.contains("--since") && said.contains("must be a time in ISO 8601"), "{said}");
}

#[test]
fn verify_accepts_an_intact_log_and_finds_an_earlier_end() {
    let server = Server::start();
    let said = printed(&server, &["verify"]);
    let end = said.strip_prefix("verified 1 entry; the last is ");
    let end = end.unwrap_or_else(|| panic!("{said}")).trim_end().to_owned();
    assert_eq!(end.len(), "1:".len() + 64);
    server.user("alice");
    let said = printed(&server, &["verify", &format!("--contains={end}")]);
    assert!(said.starts_with("verified 2 entries; the last is 2:"), "{said}");
    let other = format!("--contains=1:{}", "0".repeat(64));
    let said = refusal(&audit(&server, &["verify", &other]));
    assert!(said.contains("entry 1 is not, or not any more, the one with that hash"), "{said}");
    let said = refusal(&audit(&server, &["verify", "--contains=2"]));
    assert!(said.contains("--contains") && said.contains("must be NUMBER:HASH"), "{said}");
}

#[test]
fn a_change_of_the_log_is_reported_in_one_line() {
    let server = Server::start_on_sqlite();
    server.user("alice");
    server.user("bob");
    let verify = || rollcall_on_sqlite(server.folder(), &["audit", "verify"]).output().unwrap();
    let database = server.folder().path().join("data/rollcall.db");
    let meddle = |sql: &str| {
        let path = database.to_str().unwrap();
        let done = std::process::Command::new("sqlite3").args([path, sql]).status();
        assert!(done.unwrap().success());
    };
    meddle("UPDATE audit SET actor_name = 'eve' WHERE id = 2");
    assert!(refusal(&verify()).contains("entry 2 was altered, or the one before it"));
    meddle("DELETE FROM audit WHERE id = 2");
    assert!(refusal(&verify()).contains("entry 2 is missing"));
}

#[test]
fn a_missing_store_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["list", "verify"] {
        let output = rollcall_on_sqlite(&folder, &["audit", command]).output().unwrap();
        let said = refusal(&output);
        assert!(said.contains("there is no store at sqlite://data/rollcall.db"), "{said}");
    }
}

#[test]
fn a_store_of_an_earlier_release_begins_with_an_empty_log() {
    let server = Server::start_on_sqlite();
    let database = server.folder().path().join("data/rollcall.db");
    let path = database.to_str().unwrap();
    let earlier = "DROP TABLE audit; DROP TABLE audit_head; DROP TABLE audit_links; \
        DROP TABLE audit_gaps; DROP TABLE name_lock; DROP TABLE audit_anchor; \
        DELETE FROM schema_levels WHERE migration IN ('20261128060000', '20261128090000'); \
        DELETE FROM __diesel_schema_migrations WHERE version IN \
        ('20261123000000', '20261128040000', '20261128060000', '20261128090000')";
    let done = std::process::Command::new("sqlite3").args([path, earlier]).status();
    assert!(done.unwrap().success());
    let store = Store::open(&format!("sqlite://{path}").parse().unwrap()).unwrap();
    drop(store);
    let verified = rollcall_on_sqlite(server.folder(), &["audit", "verify"]).output().unwrap();
    assert!(
        String::from_utf8(verified.stdout).unwrap().starts_with("the audit log has no entries")
    );
    assert_eq!(server.admin().get("/users/1").status, 200);
}
