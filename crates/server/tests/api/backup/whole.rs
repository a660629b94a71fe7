//! The contents of a backup, and of a restored store.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::json;

use super::{STORE, beside, fail, killed, query, stop, succeed, url};
use crate::harness::{End, PASSWORD, Server};

#[test]
fn a_backup_has_all_writes_acknowledged_before_it() {
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
        let _end = End(&is_over);
        let writers = [0, 1, 2].map(|writer| scope.spawn(move || write(writer)));
        for backup in 0..5 {
            while made.lock().unwrap().len() < (backup + 1) * 20 {
                assert!(!writers.iter().any(thread::ScopedJoinHandle::is_finished));
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
fn a_restored_store_has_its_ids_and_no_sessions() {
    let mut server = Server::start_on_sqlite();
    let folder = server.folder().path().to_owned();
    for name in ["alice", "bob", "carol"] {
        server.user(name);
    }
    assert_eq!(server.admin().delete("/api/v1/users/carol").status, 204);
    let (session, _) = server.session("alice", PASSWORD);
    let before = server.admin().get("/users").body;
    let said = succeed(server.folder(), &["backup", "backup.db"]);
    let hint = "back up the session secret data/rollcall.db-session-secret separately";
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
    // A session that has been ended since the backup would be valid again.
    assert_eq!(server.anonymous().signing(&session).get("/users/2").status, 401);
    assert_eq!(query(server.folder(), STORE, "SELECT count(*) FROM sessions"), "0\n");
    assert_eq!(query(server.folder(), "backup.db", "SELECT count(*) FROM sessions"), "1\n");
    assert_eq!(server.session("alice", PASSWORD).1.get("/users/2").status, 200);
    // Ids are never reused, not even the one of carol, who was deleted before the backup.
    assert_eq!(server.user("erin").0, 5);
}

#[test]
fn a_killed_command_leaves_existing_files_unchanged() {
    let mut server = Server::start_on_sqlite();
    fs::write(server.folder().path().join("backup.db"), "before").unwrap();
    killed(server.folder(), "backup new.db");
    killed(server.folder(), "backup backup.db --overwrite");
    assert!(!server.folder().path().join("new.db").exists());
    assert_eq!(fs::read(server.folder().path().join("backup.db")).unwrap(), b"before");
    let said = fail(server.folder(), &["backup", "backup.db"]);
    assert!(said.contains("backup.db exists; give another name, or --overwrite"), "{said}");
    succeed(server.folder(), &["backup", "backup.db", "--overwrite"]);
    server.user("alice");
    stop(&mut server);
    let before = fs::read(server.folder().path().join(STORE)).unwrap();
    killed(server.folder(), "restore backup.db --overwrite");
    assert!(fs::read(server.folder().path().join(STORE)).unwrap() == before);
    assert_eq!(server.replica().admin().get("/users/2").status, 200);
}

#[test]
fn a_store_of_an_earlier_release_is_backed_up_and_restored() {
    let mut server = Server::start_on_sqlite();
    let (folder, older) = (
        tempfile::tempdir().unwrap(),
        "DROP TABLE sessions; DROP TABLE used_signatures;
        DELETE FROM __diesel_schema_migrations
        WHERE version IN ('20261122100000', '20261128020000')",
    );
    stop(&mut server);
    query(server.folder(), STORE, older);
    succeed(server.folder(), &["backup", "backup.db"]);
    let backup = server.folder().path().join("backup.db");
    succeed(&folder, &["restore", backup.to_str().unwrap()]);
    let restored = Server::start_on(&url(&folder, STORE));
    assert_eq!(restored.admin().get("/users/1").status, 200);
}
