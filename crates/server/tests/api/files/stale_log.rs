//! Copies of a file beside a log with changes of another copy.

use std::fs;

use super::{
    damaged::{import, run, server},
    make, names, names_in, shell, stop,
};
use crate::harness::{Server, rollcall_on_sqlite};

/// A server, and every way in which commands open a store.
const COMMANDS: [&[&str]; 5] = [
    &["--listen=127.0.0.1:0"],
    &["user", "list"],
    &["user", "add", "bob"],
    &["export"],
    &["backup", "another.db"],
];

const REFUSAL: &str = "data/rollcall.db is an older or newer copy of the file that";

/// A killed server whose users `user1` to `user800` are in the file, and `alice` in the log alone.
/// Beside it is `backup.db`, a copy of the file with half of the users.
fn killed_server() -> Server {
    let mut server = server();
    stop(&mut server);
    shell(server.folder().path(), "cp data/rollcall.db backup.db");
    import(&server, 401..=800);
    server.start_again(&[]);
    assert_eq!(make(&server.admin(), "alice"), 201);
    server.kill();
    server
}

#[test]
fn a_log_beside_an_older_or_newer_copy_is_refused() {
    for (displace, put_back) in [
        ("cp -p rollcall.db kept.db; cp ../backup.db rollcall.db", "mv kept.db rollcall.db"),
        // The log came from an older copy.
        (
            "cp rollcall.db-wal old; sqlite3 rollcall.db 'PRAGMA user_version = 1000'; \
             mv old rollcall.db-wal",
            "",
        ),
    ] {
        let mut server = killed_server();
        let data = server.folder().path().join("data");
        shell(&data, displace);
        let read =
            || ["", "-wal"].map(|end| fs::read(data.join(format!("rollcall.db{end}"))).unwrap());
        let before = read();
        for arguments in COMMANDS {
            let output = rollcall_on_sqlite(server.folder(), arguments).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            let seen = (output.status.code(), said.lines().count());
            assert_eq!(seen, (Some(1), 1), "{displace}: {arguments:?}: {said}");
            assert!(said.contains(REFUSAL), "{displace}: {arguments:?}: {said}");
            assert!(read() == before, "{displace}: {arguments:?}");
        }
        if put_back.is_empty() {
            run(&server, &["restore", "backup.db", "--overwrite"]);
        } else {
            shell(&data, put_back);
        }
        server.start_again(&[]);
        let users = names(&server.admin());
        let expected = if put_back.is_empty() { "user400" } else { "user800 alice" };
        assert!(users.ends_with(expected), "{users}");
    }
}

#[test]
fn every_log_of_a_long_life_belongs_to_its_file() {
    let mut server = Server::start_on_sqlite();
    let data = server.folder().path().join("data");
    let mut expected = "root".to_owned();
    for round in 0..4 {
        // The log is checkpointed into the file, and starts over with the next change.
        shell(&data, "sqlite3 rollcall.db 'PRAGMA wal_checkpoint(RESTART)' >&2");
        for name in ["a", "b"].map(|name| format!("{name}{round}")) {
            assert_eq!(make(&server.admin(), &name), 201);
            expected = format!("{expected} {name}");
        }
        // Frames of the earlier log are still behind those of this one.
        server.kill_and_start_again(&[]);
        assert_eq!(names(&server.admin()), expected);
    }
    stop(&mut server);
    assert_eq!(names_in(&data.join("rollcall.db")), expected);
}
