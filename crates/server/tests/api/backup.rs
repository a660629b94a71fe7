//! `rollcall backup` and `rollcall restore`: copies of a SQLite store as a whole.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    harness::{PASSWORD, Server, rollcall_on_sqlite},
    import::sql,
};

/// Where the store is in its folder.
const STORE: &str = "data/rollcall.db";

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    rollcall_on_sqlite(folder, arguments).output().unwrap()
}

fn succeed(folder: &TempDir, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it says in the one line that it fails with.
fn fail(folder: &TempDir, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = run(folder, arguments);
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
    said
}

/// Runs it so that the system kills it when it writes more than a few blocks to a file.
fn killed(folder: &TempDir, arguments: &str) {
    let script = format!("ulimit -f 16; exec {} {arguments}", env!("CARGO_BIN_EXE_rollcall"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), None, "{output:?}");
}

fn stop(server: &mut Server) {
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
}

fn url(folder: &TempDir, file: &str) -> String {
    format!("sqlite://{}", folder.path().join(file).display())
}

fn query(folder: &TempDir, file: &str, statement: &str) -> String {
    sql(&url(folder, file), statement, "")
}

/// What is left in a folder of a file by this name.
fn beside(folder: &TempDir, file: &str) -> Vec<String> {
    let names = fs::read_dir(folder.path().join(file).parent().unwrap()).unwrap();
    let mut names: Vec<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_has_all_that_was_acknowledged_before_it_though_users_are_being_made() {
    let server = Server::start_on_sqlite();
    let (made, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let admin = || server.admin();
    let write = |writer: usize| {
        let client = admin();
        for n in 0.. {
            if is_over.load(Ordering::SeqCst) {
                break;
            }
            let name = format!("writer{writer}-{n}");
            let body = json!({"value": {"password": PASSWORD}});
            assert_eq!(client.put(&format!("/api/v1/users/{name}"), &body).status, 201);
            made.lock().unwrap().push(name);
        }
    };
    thread::scope(|scope| {
        let writers = [0, 1, 2].map(|writer| scope.spawn(move || write(writer)));
        for backup in 0..5 {
            while made.lock().unwrap().len() < (backup + 1) * 20 {
                thread::yield_now();
            }
            let (file, before) = (format!("{backup}.db"), made.lock().unwrap().clone());
            let said = succeed(server.folder(), &["backup", &file]);
            assert_eq!(query(server.folder(), &file, "PRAGMA integrity_check"), "ok\n");
            let names = query(server.folder(), &file, "SELECT name FROM users");
            let names: Vec<_> = names.lines().collect();
            assert!(said.starts_with(&format!("backed up {} users", names.len())), "{said}");
            assert!(before.iter().all(|name| names.contains(&name.as_str())), "{before:?}");
        }
        is_over.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.join().unwrap();
        }
    });
}

#[test]
fn a_restored_store_is_what_it_was_with_ids_and_sessions() {
    let mut server = Server::start_on_sqlite();
    let folder = server.folder().path().to_owned();
    for name in ["alice", "bob", "carol"] {
        server.user(name);
    }
    assert_eq!(server.admin().delete("/api/v1/users/carol").status, 204);
    let (session, _) = server.session("alice", PASSWORD);
    let before = server.admin().get("/users").body;
    let said = succeed(server.folder(), &["backup", "backup.db"]);
    let hint = "the session secret data/rollcall.db-session-secret is not in it";
    assert_eq!(said, format!("backed up 3 users; {hint}\n"));
    let mode = fs::metadata(folder.join("backup.db")).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode, beside(server.folder(), "backup.db")),
        (0o600, vec!["backup.db".into(), "data".into()])
    );
    server.user("dave");
    stop(&mut server);
    assert_eq!(
        succeed(server.folder(), &["restore", "backup.db", "--overwrite"]),
        "restored 3 users\n"
    );
    assert_eq!(
        beside(server.folder(), STORE),
        ["rollcall.db", "rollcall.db-session-secret"].map(str::to_owned)
    );
    let mode = fs::metadata(folder.join(STORE)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let server = server.replica();
    assert_eq!(server.admin().get("/users").body, before);
    assert_eq!(server.anonymous().signing(&session).get("/users/2").status, 200);
    // No id is given again, though carol's was given before the backup.
    assert_eq!(server.user("erin").0, 5);
}

#[test]
fn a_store_that_is_open_is_not_replaced() {
    let mut server = Server::start_on_sqlite();
    server.user("alice");
    succeed(server.folder(), &["backup", "backup.db"]);
    server.user("bob");
    let in_use = "--database-url (ROLLCALL_DATABASE_URL) is in use: stop the server";
    for arguments in [&["restore", "backup.db"][..], &["restore", "backup.db", "--overwrite"]] {
        assert!(fail(server.folder(), arguments).contains(in_use));
    }
    assert_eq!(server.admin().get("/users/3").json()["user"]["name"], "bob");
    // What a killed server has left in its log is no reason to think that it runs, and counts.
    server.process().signal("KILL");
    server.process().wait();
    assert!(server.folder().path().join("data/rollcall.db-wal").exists());
    let said = fail(server.folder(), &["restore", "backup.db"]);
    assert!(said.contains("has users already: give --overwrite if they are to be lost"), "{said}");
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
    // The log has but a few pages of such a store, which must not be taken for the other's.
    fs::write(server.folder().path().join(STORE), [7; 5000]).unwrap();
    let said = fail(server.folder(), &["restore", "backup.db"]);
    assert!(
        said.contains("can't be read as a store: give --overwrite if it is to be lost"),
        "{said}"
    );
    assert!(server.folder().path().join("data/rollcall.db-wal").exists());
    succeed(server.folder(), &["restore", "backup.db", "--overwrite"]);
    assert_eq!(
        query(server.folder(), STORE, "PRAGMA integrity_check; SELECT name FROM users"),
        "ok\nroot\n"
    );
    assert_eq!(server.replica().admin().get("/users/1").status, 200);
}

#[test]
fn a_store_is_made_where_there_is_none_or_nobody_in_it() {
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
fn what_is_no_good_backup_is_refused_before_anything_is_touched() {
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
        ("text.db", "can't be restored: file is not a database"),
        ("empty.db", "can't be restored: there is no store in this database"),
        ("other.db", "can't be restored: there is no store in this database"),
        ("half.db", "can't be restored: "),
        ("flipped.db", "can't be restored: "),
        ("newer.db", "migration 20990101000000, which this release does not know: use a newer"),
        ("none.db", "none.db is no file"),
        ("data", "data is no file"),
    ] {
        let said = fail(server.folder(), &["restore", file, "--overwrite"]);
        assert!(said.contains(expected), "{said}");
        assert!(fs::read(path(STORE)).unwrap() == before, "{file}");
    }
    let copies = ["rollcall.db", "rollcall.db-session-secret"].map(str::to_owned);
    assert_eq!(beside(server.folder(), STORE), copies);
}

#[test]
fn what_is_killed_half_way_leaves_what_was_there() {
    let mut server = Server::start_on_sqlite();
    fs::write(server.folder().path().join("backup.db"), "before").unwrap();
    killed(server.folder(), "backup new.db");
    killed(server.folder(), "backup backup.db --overwrite");
    assert!(!server.folder().path().join("new.db").exists());
    assert_eq!(fs::read(server.folder().path().join("backup.db")).unwrap(), b"before");
    let said = fail(server.folder(), &["backup", "backup.db"]);
    assert!(
        said.contains("backup.db is there already: give another name, or --overwrite"),
        "{said}"
    );
    succeed(server.folder(), &["backup", "backup.db", "--overwrite"]);
    server.user("alice");
    stop(&mut server);
    let before = fs::read(server.folder().path().join(STORE)).unwrap();
    killed(server.folder(), "restore backup.db --overwrite");
    assert!(fs::read(server.folder().path().join(STORE)).unwrap() == before);
    assert_eq!(server.replica().admin().get("/users/2").status, 200);
}

#[test]
fn a_store_of_an_earlier_release_is_backed_up_and_restored_too() {
    let mut server = Server::start_on_sqlite();
    let (folder, older) = (
        tempfile::tempdir().unwrap(),
        "DROP TABLE sessions;
        DELETE FROM __diesel_schema_migrations WHERE version = '20261122100000'",
    );
    stop(&mut server);
    query(server.folder(), STORE, older);
    succeed(server.folder(), &["backup", "backup.db"]);
    let backup = server.folder().path().join("backup.db");
    succeed(&folder, &["restore", backup.to_str().unwrap()]);
    let restored = Server::start_on(&url(&folder, STORE));
    assert_eq!(restored.admin().get("/users/1").status, 200);
}

#[test]
fn what_is_no_file_of_sqlite_is_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let postgres = "postgres://user:hunter2@127.0.0.1:1/users";
    fs::write(folder.path().join("x"), "").unwrap();
    for (arguments, expected) in [
        (&["backup", "b", "--database-url", postgres][..], "use pg_dump, as the README shows"),
        (&["restore", "x", "--database-url", postgres], "use pg_restore, as the README shows"),
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
