//! Stores of which only the session secret is left.

use std::fs;

use super::{make, names, shell, stop};
use crate::{
    harness::{Server, rollcall_on_sqlite},
    import::lines,
};

/// Ways in which the file of a stopped store loses its tables.
const LOSSES: [&str; 4] = [
    "rm rollcall.db",
    ": > rollcall.db",
    "rm rollcall.db; sqlite3 rollcall.db 'PRAGMA journal_mode = WAL; VACUUM'",
    "rm rollcall.db; sqlite3 rollcall.db 'CREATE TABLE a (b); DROP TABLE a'",
];

/// The server, and every command that makes a store.
const COMMANDS: [&[&str]; 4] = [
    &["--listen=127.0.0.1:0"],
    &["user", "add", "bob"],
    &["import", "users.ndjson", "--bcrypt-cost=4"],
    &["copy", "--from=sqlite://backup.db", "--to=sqlite://data/rollcall.db"],
];

const REFUSAL: &str = "there is no store in data/rollcall.db, but data/rollcall.db-session-secret \
    shows that there was one: put the file back or restore a backup, or remove \
    data/rollcall.db-session-secret to begin with an empty store";

/// A server with the users `root` and `alice`, and a backup.
fn server() -> Server {
    let server = Server::start_on_sqlite();
    assert_eq!(make(&server.admin(), "alice"), 201);
    let folder = server.folder();
    fs::write(folder.path().join("users.ndjson"), lines(1..=3)).unwrap();
    let backup = rollcall_on_sqlite(folder, &["backup", "backup.db"]).output().unwrap();
    assert!(backup.status.success(), "{backup:?}");
    server
}

/// Checks that no command treats the rest as a new store, and that a restore recovers it.
fn expect_refusals_and_restore(server: &mut Server, loss: &str) {
    let file = server.folder().path().join("data/rollcall.db");
    let before = fs::read(&file).ok();
    for arguments in COMMANDS {
        let output = rollcall_on_sqlite(server.folder(), arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{loss}: {arguments:?}: {said}");
        assert!(said.contains(REFUSAL), "{loss}: {arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(fs::read(&file).ok() == before, "{loss}: {arguments:?}");
    }
    let restore = ["restore", "backup.db", "--overwrite"];
    let restore = rollcall_on_sqlite(server.folder(), &restore).output().unwrap();
    assert!(restore.status.success(), "{loss}: {restore:?}");
    server.start_again(&[]);
    assert_eq!(names(&server.admin()), "root alice", "{loss}");
    stop(server);
}

#[test]
fn a_file_without_tables_is_not_used_as_a_new_store() {
    let mut server = server();
    stop(&mut server);
    for loss in LOSSES {
        shell(&server.folder().path().join("data"), loss);
        expect_refusals_and_restore(&mut server, loss);
    }
}

#[test]
fn a_file_with_an_emptied_log_is_not_used_as_a_new_store() {
    for loss in [": > rollcall.db-wal", "rm rollcall.db-wal"] {
        let mut server = server();
        shell(&server.folder().path().join("data"), loss);
        server.kill();
        expect_refusals_and_restore(&mut server, loss);
    }
}

#[test]
fn without_the_secret_a_store_begins_empty() {
    let mut server = server();
    stop(&mut server);
    let data = server.folder().path().join("data");
    shell(&data, "rm rollcall.db rollcall.db-session-secret");
    server.start_again(&[]);
    assert_eq!(names(&server.admin()), "root");
}
