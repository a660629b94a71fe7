//! Files that are moved, removed or replaced under a running server.

use std::fs;

use super::{make, names, names_in, private_files, readiness, shell, stop};
use crate::harness::{Server, rollcall_on_sqlite};

/// Ways to displace files of a store, and to put them back.
const DISPLACEMENTS: [(&str, &str); 10] = [
    ("mv rollcall.db away.db", "mv away.db rollcall.db"),
    ("mv rollcall.db away.db; touch rollcall.db", "mv away.db rollcall.db"),
    ("cp rollcall.db copy; mv rollcall.db away.db; mv copy rollcall.db", "mv away.db rollcall.db"),
    ("ln rollcall.db away.db; rm rollcall.db; ln -s copy rollcall.db", "mv away.db rollcall.db"),
    ("mkdir away; mv rollcall.db* away", "mv away/* ."),
    ("mv rollcall.db-wal away-wal", "mv away-wal rollcall.db-wal"),
    (
        "cp rollcall.db-wal copy; mv rollcall.db-wal away-wal; mv copy rollcall.db-wal",
        "mv away-wal rollcall.db-wal",
    ),
    ("mv rollcall.db-shm away-shm", "mv away-shm rollcall.db-shm"),
    (
        "mkdir away; cp rollcall.db copy; mv rollcall.db* away; mv copy rollcall.db",
        "mv away/* .; rmdir away",
    ),
    (LINKED, "mv new/rollcall.db rollcall.db; rmdir new"),
];

/// The file exists at its path, and its log is not where SQLite expects it.
const LINKED: &str = "mkdir new; mv rollcall.db new; ln -s new/rollcall.db rollcall.db";

const LINE: &str = "was moved, removed or replaced while it is open; nothing is written";

/// A server with the users `root` and `alice`, who are only in the log beside the file.
fn server() -> Server {
    let server = Server::start_on_sqlite();
    assert_eq!(make(&server.admin(), "alice"), 201);
    server
}

#[test]
fn nothing_is_lost_while_a_file_is_elsewhere() {
    for (displace, put_back) in DISPLACEMENTS {
        let (mut server, admin) = {
            let server = server();
            let admin = server.admin();
            (server, admin)
        };
        let data = server.folder().path().join("data");
        shell(&data, displace);
        let elsewhere = fs::read_dir(&data).unwrap().count();
        for _ in 0..3 {
            assert_eq!(names(&admin), "root alice", "{displace}");
            assert_eq!(make(&admin, "bob"), 503, "{displace}");
            assert_eq!(admin.delete("/api/v1/users/alice").status, 503, "{displace}");
            assert_eq!(readiness(&server), 503, "{displace}");
            assert_eq!(server.anonymous().get("/health/live").status, 200);
        }
        assert_eq!(fs::read_dir(&data).unwrap().count(), elsewhere, "{displace}");
        shell(&data, put_back);
        assert_eq!(readiness(&server), 200, "{put_back}");
        assert_eq!(make(&admin, "carol"), 201, "{put_back}");
        stop(&mut server);
        assert_eq!(names_in(&data.join("rollcall.db")), "root alice carol", "{displace}");
        let said = server.process().all_said();
        assert_eq!(said.matches(LINE).count(), 1, "{said}");
        assert_eq!(said.matches("rollcall.db is back: writes go on").count(), 1, "{said}");
    }
}

#[test]
fn a_stop_while_a_file_is_elsewhere_changes_neither() {
    for (displace, put_back) in DISPLACEMENTS {
        let mut server = server();
        let data = server.folder().path().join("data");
        shell(&data, displace);
        assert_eq!(readiness(&server), 503, "{displace}");
        let other = fs::read(data.join("rollcall.db")).ok();
        stop(&mut server);
        // The stop may move the log into the file that is still the same.
        let is_same_file = displace == LINKED || displace.contains("db-");
        assert!(is_same_file || fs::read(data.join("rollcall.db")).ok() == other, "{displace}");
        shell(&data, put_back);
        server.start_again(&[]);
        assert_eq!(names(&server.admin()), "root alice", "{displace}");
        stop(&mut server);
        assert_eq!(names_in(&data.join("rollcall.db")), "root alice", "{displace}");
    }
}

#[test]
fn a_file_that_was_copied_away_is_whole_with_its_log() {
    let mut server = server();
    let data = server.folder().path().join("data");
    // As `mv` to another disk and back: the file gets another inode.
    shell(&data, "cp -p rollcall.db away.db; rm rollcall.db");
    assert_eq!(readiness(&server), 503);
    shell(&data, "mv away.db rollcall.db");
    assert_eq!((readiness(&server), make(&server.admin(), "bob")), (503, 503));
    stop(&mut server);
    server.start_again(&[]);
    assert_eq!(names(&server.admin()), "root alice");
    assert_eq!(
        private_files(&data),
        ["rollcall.db", "rollcall.db-session-secret", "rollcall.db-shm", "rollcall.db-wal"]
    );
}

#[test]
fn a_link_that_leads_elsewhere_is_another_file() {
    let mut server = server();
    stop(&mut server);
    let data = server.folder().path().join("data");
    shell(&data, "cp rollcall.db other.db; ln -s rollcall.db link.db");
    server.start_again(&["--database-url=sqlite://data/link.db"]);
    assert_eq!(make(&server.admin(), "bob"), 201);
    shell(&data, "ln -sfn other.db link.db");
    assert_eq!((readiness(&server), make(&server.admin(), "carol")), (503, 503));
    assert_eq!(names(&server.admin()), "root alice bob");
    shell(&data, "ln -sfn rollcall.db link.db");
    assert_eq!((readiness(&server), make(&server.admin(), "carol")), (200, 201));
    assert_eq!(names_in(&data.join("other.db")), "root alice");
    server.kill();
    shell(&data, "mv rollcall.db away.db");
    let add = ["user", "add", "dave", "--database-url=sqlite://data/link.db"];
    let add = rollcall_on_sqlite(server.folder(), &add).output().unwrap();
    let said = String::from_utf8(add.stderr).unwrap();
    assert!(said.contains("there is data/rollcall.db-wal, and nothing in data/link.db"), "{said}");
    shell(&data, "mv away.db rollcall.db");
    assert_eq!(names_in(&data.join("rollcall.db")), "root alice bob carol");
}

#[test]
fn a_log_without_its_file_is_not_used_for_a_new_store() {
    let mut server = server();
    let data = server.folder().path().join("data");
    let backup = rollcall_on_sqlite(server.folder(), &["backup", "backup.db"]).output().unwrap();
    assert!(backup.status.success(), "{backup:?}");
    assert_eq!(make(&server.admin(), "bob"), 201);
    server.kill();
    for displace in ["mv rollcall.db away.db", "touch rollcall.db"] {
        shell(&data, displace);
        let before = fs::read(data.join("rollcall.db-wal")).unwrap();
        let add = ["user", "add", "carol"];
        for arguments in [&["--listen=127.0.0.1:0"][..], &add, &["restore", "backup.db"]] {
            let output = rollcall_on_sqlite(server.folder(), arguments).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{displace}: {arguments:?}: {said}");
            assert!(said.contains("rollcall.db-wal"), "{displace}: {arguments:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
        assert!(fs::read(data.join("rollcall.db-wal")).unwrap() == before);
    }
    shell(&data, "mv away.db rollcall.db");
    server.start_again(&[]);
    assert_eq!(names(&server.admin()), "root alice bob");
    // The empty log of a running server is not used, either.
    shell(&data, "sqlite3 rollcall.db 'PRAGMA wal_checkpoint(TRUNCATE)'; mv rollcall.db away.db");
    let add = rollcall_on_sqlite(server.folder(), &["user", "add", "carol"]).output().unwrap();
    assert!(String::from_utf8(add.stderr).unwrap().contains("there is data/rollcall.db-wal"));
    shell(&data, "mv away.db rollcall.db");
    assert_eq!(readiness(&server), 200);
}
