//! Which stores are replaced, and by what.

use std::fs;

use super::{STORE, beside, fail, query, stop, succeed, url};
use crate::{harness::Server, import::sql};

#[test]
fn a_store_that_is_open_is_not_replaced() {
    let mut server = Server::start_on_sqlite();
    server.user("alice");
    succeed(server.folder(), &["backup", "backup.db"]);
    server.user("bob");
    let in_use = "error: the store data/rollcall.db is in use; stop the server and all else";
    for arguments in [&["restore", "backup.db"][..], &["restore", "backup.db", "--overwrite"]] {
        assert!(fail(server.folder(), arguments).contains(in_use));
    }
    assert_eq!(server.admin().get("/users/3").json()["user"]["name"], "bob");
    // The log of a killed server does not count as in use, and its changes count as users.
    server.process().signal("KILL");
    server.process().wait();
    assert!(server.folder().path().join("data/rollcall.db-wal").exists());
    let said = fail(server.folder(), &["restore", "backup.db"]);
    assert!(said.contains("has users; --overwrite replaces them"), "{said}");
    assert_eq!(query(server.folder(), STORE, "SELECT count(*) FROM users"), "3\n");
    succeed(server.folder(), &["restore", "backup.db", "--overwrite"]);
    assert_eq!(query(server.folder(), STORE, "SELECT count(*) FROM users"), "2\n");
}

#[test]
fn a_log_of_the_store_before_does_not_get_into_the_restored_one() {
    let mut server = Server::start_on_sqlite();
    succeed(server.folder(), &["backup", "backup.db"]);
    server.user("alice");
    query(server.folder(), STORE, "PRAGMA wal_checkpoint(TRUNCATE)");
    server.user("bob");
    server.process().signal("KILL");
    server.process().wait();
    // The log has but a few pages of such a store, which must not be applied to the other store.
    fs::write(server.folder().path().join(STORE), [7; 5000]).unwrap();
    let said = fail(server.folder(), &["restore", "backup.db"]);
    assert!(said.contains("can't be read as a store; --overwrite replaces it"), "{said}");
    assert!(server.folder().path().join("data/rollcall.db-wal").exists());
    succeed(server.folder(), &["restore", "backup.db", "--overwrite"]);
    assert_eq!(
        query(server.folder(), STORE, "PRAGMA integrity_check; SELECT name FROM users"),
        "ok\nroot\n"
    );
    assert_eq!(server.replica().admin().get("/users/1").status, 200);
}

#[test]
fn a_restore_creates_a_store_or_fills_one_without_users() {
    let server = Server::start_on_sqlite();
    server.user("alice");
    succeed(server.folder(), &["backup", "backup.db"]);
    let restore = |store: &str| {
        succeed(server.folder(), &["restore", "backup.db", "--database-url", store]);
        assert_eq!(sql(store, "SELECT count(*) FROM users", ""), "2\n");
    };
    restore(&url(server.folder(), "new/folder/users.db"));
    fs::write(server.folder().path().join("empty.db"), "").unwrap();
    restore(&url(server.folder(), "empty.db"));
    let without_users = url(server.folder(), "other.db");
    restore(&without_users);
    sql(&without_users, "PRAGMA foreign_keys = ON; DELETE FROM users", "");
    restore(&without_users);
}

#[test]
fn an_unusable_backup_is_refused_before_anything_changes() {
    let mut server = Server::start_on_sqlite();
    for n in 0..30 {
        server.user(&format!("user{n}"));
    }
    succeed(server.folder(), &["backup", "good.db"]);
    stop(&mut server);
    let path = |file: &str| server.folder().path().join(file);
    let before = fs::read(path(STORE)).unwrap();
    let copy = |file: &str| fs::copy(path("good.db"), path(file)).unwrap();
    fs::write(path("text.db"), "something else\n".repeat(100)).unwrap();
    fs::write(path("empty.db"), "").unwrap();
    let whole = fs::read(path("good.db")).unwrap();
    fs::write(path("half.db"), &whole[..whole.len() / 2]).unwrap();
    let mut flipped = whole.clone();
    let page = &mut flipped[4 * 4096..5 * 4096];
    for byte in page {
        *byte ^= 0x55;
    }
    fs::write(path("flipped.db"), flipped).unwrap();
    copy("newer.db");
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')";
    query(server.folder(), "newer.db", newer);
    query(server.folder(), "other.db", "CREATE TABLE t (a)");
    for (file, expected) in [
        ("text.db", "can't be restored: it is damaged: file is not a database"),
        (
            "empty.db",
            "can't be restored: there is no store in it; give a file of `rollcall backup`",
        ),
        (
            "other.db",
            "can't be restored: there is no store in it; give a file of `rollcall backup`",
        ),
        ("half.db", "can't be restored: "),
        ("flipped.db", "can't be restored: "),
        ("newer.db", "migration 20990101000000, which this release does not know: use a newer"),
        ("none.db", "none.db does not exist; give the path of a file"),
        ("data", "data is not a regular file; give the path of one"),
    ] {
        let said = fail(server.folder(), &["restore", file, "--overwrite"]);
        assert!(said.contains(expected), "{said}");
        assert!(fs::read(path(STORE)).unwrap() == before, "{file}");
    }
    let copies = ["rollcall.db", "rollcall.db-session-secret"].map(str::to_owned);
    assert_eq!(beside(server.folder(), STORE), copies);
}

#[test]
fn an_unusable_argument_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let postgres = "postgres://user:hunter2@127.0.0.1:1/users";
    fs::write(folder.path().join("x"), "").unwrap();
    for (arguments, expected) in [
        (&["backup", "b", "--database-url", postgres][..], "use pg_dump"),
        (&["restore", "x", "--database-url", postgres], "use pg_restore"),
        (&["backup", "b"], "there is no store at sqlite://data/rollcall.db"),
        (&["backup", "b", "--database-url", "sqlite://x"], "there is no store in this database"),
        (&["backup"], "<FILE>"),
        (&["restore"], "<FILE>"),
    ] {
        let said = fail(&folder, arguments);
        assert!(said.contains(expected) && !said.contains("hunter2"), "{said}");
    }
    assert!(!folder.path().join("data").exists() && !folder.path().join("b").exists());
}

#[test]
fn a_backup_or_export_never_overwrites_its_own_store() {
    let server = Server::start_on_sqlite();
    let (id, _) = server.user("alice");
    std::os::unix::fs::symlink(STORE, server.folder().path().join("link.csv")).unwrap();
    for file in [STORE, "data/../data/rollcall.db", "data/rollcall.db-wal", "link.csv"] {
        for arguments in
            [&["backup", file, "--overwrite"][..], &["export", file, "--overwrite", "--format=csv"]]
        {
            let said = fail(server.folder(), arguments);
            assert!(said.contains("belongs to the store; give another name"), "{said}");
        }
    }
    server.change(id, &serde_json::json!({"status": "DISABLED"}));
    assert_eq!(query(server.folder(), STORE, "PRAGMA integrity_check"), "ok\n");
}
