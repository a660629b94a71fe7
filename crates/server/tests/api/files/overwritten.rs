//! Files that are overwritten in place under a running server.

use std::fs;

use serde_json::json;

use super::{make, names, readiness, shell, stop};
use crate::{
    harness::{Client, PASSWORD, Server, rollcall_on_sqlite},
    import::sql,
};

/// How a log is overwritten whose changes are not in the file.
const LOGS: [&str; 6] = [
    "truncate -s 0 rollcall.db-wal",
    "truncate -s $(($(stat -c %s rollcall.db-wal) / 2)) rollcall.db-wal",
    "truncate -s -1 rollcall.db-wal",
    "dd if=/dev/zero of=rollcall.db-wal bs=8 count=1 seek=2 conv=notrunc 2> /dev/null",
    "cat ../earlier-start-wal > rollcall.db-wal",
    "cat ../same-start-wal > rollcall.db-wal",
];

const OVERWRITTEN_LOG: &str =
    "rollcall.db-wal was shortened or overwritten while it is open; nothing is read or written";
const OVERWRITTEN_FILE: &str =
    "rollcall.db was overwritten while it is open; nothing is read or written";

/// What a start says of a log of another copy.
const REFUSAL: &str = "is an older or newer copy of the file that";

/// A server with `alice` in the file, and `bob` and `carol` in the log.
fn server() -> Server {
    let mut server = Server::start_on_sqlite();
    let keep = |server: &Server, name| {
        shell(server.folder().path(), &format!("cp data/rollcall.db-wal {name}"));
    };
    // The log of the first start began before there was a stamp.
    stop(&mut server);
    server.start_again(&[]);
    keep(&server, "earlier-start-wal");
    assert_eq!(make(&server.admin(), "alice"), 201);
    stop(&mut server);
    server.start_again(&[]);
    assert_eq!(make(&server.admin(), "bob"), 201);
    keep(&server, "same-start-wal");
    assert_eq!(make(&server.admin(), "carol"), 201);
    server
}

fn integrity(server: &Server) -> String {
    let path = server.folder().path().join("data/rollcall.db");
    sql(&format!("sqlite://{}", path.display()), "PRAGMA integrity_check", "")
}

/// Expects nothing to be read, written or merged, and one line that says why.
fn expect_standstill(server: &mut Server, how: &str, line: &str) {
    let file = server.folder().path().join("data/rollcall.db");
    let before = fs::read(&file).unwrap();
    for _ in 0..3 {
        assert_eq!((readiness(server), make(&server.admin(), "dave")), (503, 503), "{how}");
    }
    // A command does not know how a backup differs from what the server has open.
    if !["backup.db", "running.db"].contains(&how) {
        let add = ["user", "add", "erin", "--bcrypt-cost=4"];
        let add = rollcall_on_sqlite(server.folder(), &add).output().unwrap();
        let said = String::from_utf8(add.stderr).unwrap();
        assert_eq!(add.status.code(), Some(1), "{how}: {said}");
        assert!(said.contains(REFUSAL) || said.contains("overwritten"), "{how}: {said}");
    }
    stop(server);
    assert!(fs::read(&file).unwrap() == before, "{how}");
    let said = server.process().all_said();
    assert_eq!(said.matches(line).count(), 1, "{how}: {said}");
}

#[test]
fn an_overwritten_log_is_not_moved_into_the_file() {
    for overwrite in LOGS {
        let mut server = server();
        let data = server.folder().path().join("data");
        shell(&data, overwrite);
        expect_standstill(&mut server, overwrite, OVERWRITTEN_LOG);
        if overwrite.contains("earlier-start") {
            let start = rollcall_on_sqlite(server.folder(), &["--listen=127.0.0.1:0"]).output();
            let said = String::from_utf8(start.unwrap().stderr).unwrap();
            assert!(said.contains(REFUSAL), "{said}");
            fs::remove_file(data.join("rollcall.db-wal")).unwrap();
            fs::remove_file(data.join("rollcall.db-shm")).unwrap();
        }
        server.start_again(&[]);
        let users = names(&server.admin());
        assert!(users.starts_with("root alice"), "{overwrite}: {users}");
        assert_eq!(make(&server.admin(), "dave"), 201, "{overwrite}");
        stop(&mut server);
        assert_eq!(integrity(&server), "ok\n", "{overwrite}");
    }
}

#[test]
fn a_stop_alone_finds_an_overwritten_log() {
    for overwrite in LOGS {
        let mut server = server();
        let data = server.folder().path().join("data");
        let before = fs::read(data.join("rollcall.db")).unwrap();
        shell(&data, overwrite);
        stop(&mut server);
        assert!(fs::read(data.join("rollcall.db")).unwrap() == before, "{overwrite}");
        assert_eq!(server.process().all_said().matches(OVERWRITTEN_LOG).count(), 1);
    }
}

#[test]
fn an_overwritten_log_that_was_merged_loses_nothing() {
    let mut server = server();
    let data = server.folder().path().join("data");
    shell(&data, "sqlite3 rollcall.db 'PRAGMA wal_checkpoint' >&2");
    shell(&data, LOGS[1]);
    assert_eq!((readiness(&server), make(&server.admin(), "dave")), (503, 503));
    stop(&mut server);
    assert_eq!(integrity(&server), "ok\n");
    server.start_again(&[]);
    assert_eq!(names(&server.admin()), "root alice bob carol");
}

/// Sets the password of `alice`.
fn set_password(admin: &Client, password: &str) {
    let body = json!({"userInfo": {"plaintextPassword": password}});
    assert_eq!(admin.patch("/users/2", &body).status, 200);
}

fn login(server: &Server, password: &str) -> u16 {
    server.login("alice", password).get("/users/2").status
}

/// What happens after the copies were made, and with which of them the file is overwritten.
enum Since {
    Stop,
    StopAndWrite,
    Write,
    WriteAndCheckpoint,
}

const COPIES: [(&str, Since); 4] = [
    ("stopped.db", Since::Stop),
    ("stopped.db", Since::StopAndWrite),
    ("backup.db", Since::Write),
    ("running.db", Since::WriteAndCheckpoint),
];

/// A running server whose `alice` has another password than in the copies beside it.
fn server_with_copies(since: &Since) -> Server {
    let mut server = Server::start_on_sqlite();
    assert_eq!(make(&server.admin(), "alice"), 201);
    stop(&mut server);
    let folder = server.folder().path().to_owned();
    shell(&folder, "cp data/rollcall.db stopped.db");
    server.start_again(&[]);
    shell(&folder, "cp data/rollcall.db running.db");
    let backup = rollcall_on_sqlite(server.folder(), &["backup", "backup.db"]).output();
    assert!(backup.unwrap().status.success());
    set_password(&server.admin(), "the second password");
    match since {
        Since::Stop | Since::StopAndWrite => {
            stop(&mut server);
            server.start_again(&[]);
            if let Since::StopAndWrite = since {
                assert_eq!(make(&server.admin(), "bob"), 201);
            }
        }
        Since::Write => {}
        Since::WriteAndCheckpoint => {
            shell(&folder, "sqlite3 data/rollcall.db 'PRAGMA wal_checkpoint' >&2");
            assert_eq!(readiness(&server), 200);
        }
    }
    assert_eq!(
        [PASSWORD, "the second password"].map(|password| login(&server, password)),
        [401, 200]
    );
    server
}

#[test]
fn an_older_copy_in_the_file_does_not_bring_back_passwords() {
    for (copy, since) in COPIES {
        let mut server = server_with_copies(&since);
        shell(server.folder().path(), &format!("cat {copy} > data/rollcall.db"));
        assert_ne!(login(&server, PASSWORD), 200, "{copy}");
        expect_standstill(&mut server, copy, OVERWRITTEN_FILE);
        if copy == "stopped.db" {
            assert!(refuses(rollcall_on_sqlite(server.folder(), &["--listen=127.0.0.1:0"])));
        }
        let restore = ["restore", "backup.db", "--overwrite"];
        let restore = rollcall_on_sqlite(server.folder(), &restore).output().unwrap();
        assert!(restore.status.success(), "{restore:?}");
        server.start_again(&[]);
        assert_eq!(readiness(&server), 200);
    }
}

fn refuses(mut start: std::process::Command) -> bool {
    let output = start.output().unwrap();
    String::from_utf8(output.stderr).unwrap().contains(REFUSAL)
}
