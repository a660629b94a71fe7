//! Processes of this release on a store that a later release has migrated.

use std::fs;

use rollcall_persistence::SCHEMA_LEVEL;

use crate::{
    harness::{Server, rollcall},
    import::{lines, sql},
};

/// Every command that opens the store, except those that only SQLite has.
const COMMANDS: [&[&str]; 8] = [
    &["serve", "--listen=127.0.0.1:0", "--bcrypt-cost=4"],
    &["user", "list"],
    &["user", "add", "bob"],
    &["user", "delete", "alice"],
    &["export"],
    &["import", "users.ndjson", "--bcrypt-cost=4"],
    &["import", "users.ndjson", "--bcrypt-cost=4", "--dry-run"],
    &["audit", "verify"],
];

/// The commands that only SQLite has.
const SQLITE_COMMANDS: [&[&str]; 2] =
    [&["backup", "backup.db"], &["restore", "copied.db", "--overwrite"]];

/// Migrates the store as a later release will.
fn migrate_to(url: &str, level: i64, lowest: i64) {
    let migration = format!(
        "ALTER TABLE users ADD COLUMN future TEXT;
         INSERT INTO schema_levels (migration, level, lowest)
         VALUES ('29990101000000', {level}, {lowest});
         INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')"
    );
    sql(url, &migration, &migration);
}

#[test]
fn a_replica_comes_back_after_a_later_migration() {
    let mut server = Server::start();
    server.user("alice");
    migrate_to(&server.store_url(), SCHEMA_LEVEL + 1, SCHEMA_LEVEL);
    let replica = server.replica();
    let (bob, _) = replica.user("bob");
    server.kill_and_start_again(&[]);
    assert_eq!(server.admin().get(&format!("/users/{bob}")).json()["user"]["name"], "bob");
    server.user("carol");
}

#[test]
fn every_command_refuses_a_schema_above_its_level() {
    let mut server = Server::start();
    server.user("alice");
    server.process().signal("TERM");
    assert!(server.process().wait().success());
    let url = server.store_url();
    migrate_to(&url, SCHEMA_LEVEL + 4, SCHEMA_LEVEL + 2);
    let folder = server.folder();
    fs::write(folder.path().join("users.ndjson"), lines(1..=3)).unwrap();
    let mut commands = COMMANDS.to_vec();
    if let Some(path) = url.strip_prefix("sqlite://") {
        fs::copy(path, folder.path().join("copied.db")).unwrap();
        commands.extend(SQLITE_COMMANDS);
    }
    let expected = format!(
        "requires a release of schema level {} or higher; this one has {SCHEMA_LEVEL}",
        SCHEMA_LEVEL + 2
    );
    for arguments in commands {
        let output = rollcall(folder, arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains(&expected), "{arguments:?}: {said}");
    }
    let users = "SELECT name FROM users ORDER BY id";
    assert_eq!(sql(&url, users, users), "root\nalice\n");
}
