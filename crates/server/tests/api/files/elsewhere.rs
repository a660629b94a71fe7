//! Commands that use another path than the server, or find another file at the path.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use tempfile::TempDir;

use super::{make, names, names_in, readiness, shell, stop};
use crate::{
    harness::{Server, rollcall_on_sqlite},
    import::lines,
};

/// How a file comes to be elsewhere, the path that commands use then, why they refuse it, and how
/// that is undone.
const ELSEWHERE: [(&str, &str, &str, &str); 9] = [
    (
        "mkdir new; mv rollcall.db new; ln -s new/rollcall.db rollcall.db",
        "data/rollcall.db",
        "there is data/rollcall.db-wal, and data/rollcall.db is a link to another folder",
        "mv new/rollcall.db rollcall.db; rmdir new",
    ),
    (
        "mkdir new; mv rollcall.db new",
        "data/new/rollcall.db",
        "data/new/rollcall.db is open in a running process by another path",
        "mv new/rollcall.db .; rmdir new",
    ),
    (
        "ln rollcall.db other.db",
        "data/other.db",
        "data/other.db has 2 names (hard links), and each would have a -wal of its own",
        "rm other.db",
    ),
    (
        "ln rollcall.db other.db",
        "data/rollcall.db",
        "data/rollcall.db has 2 names (hard links), and each would have a -wal of its own",
        "rm other.db",
    ),
    (
        "cp rollcall.db other.db; mv rollcall.db away.db; cp other.db rollcall.db",
        "data/rollcall.db",
        "data/rollcall.db is not the file that a running process has open at this path",
        "mv away.db rollcall.db; rm other.db",
    ),
    (
        "mv rollcall.db-wal away-wal",
        "data/rollcall.db",
        "data/rollcall.db-wal is missing, and a running process has it open",
        "mv away-wal rollcall.db-wal",
    ),
    (
        "cp rollcall.db-wal copy; mv rollcall.db-wal away-wal; mv copy rollcall.db-wal",
        "data/rollcall.db",
        "data/rollcall.db-wal is not the file that a running process has open by this name",
        "mv away-wal rollcall.db-wal",
    ),
    (
        "cp rollcall.db-shm copy; mv rollcall.db-shm away-shm; mv copy rollcall.db-shm",
        "data/rollcall.db",
        "data/rollcall.db-shm is not the file that a running process has open by this name",
        "mv away-shm rollcall.db-shm",
    ),
    (
        "mv rollcall.db-shm away-shm",
        "data/rollcall.db",
        "data/rollcall.db-shm is not the file that a running process has open by this name",
        "mv away-shm rollcall.db-shm",
    ),
];

/// Every command that opens a store, and a second server.
const COMMANDS: [&[&str]; 10] = [
    &["serve", "--listen=127.0.0.1:0"],
    &["user", "passwd", "root"],
    &["user", "add", "bob"],
    &["user", "list"],
    &["audit", "verify"],
    &["import", "users.ndjson", "--bcrypt-cost=4"],
    &["import", "users.ndjson", "--dry-run"],
    &["export"],
    &["backup", "another.db"],
    &["copy", "--to=sqlite://copied.db"],
];

fn run(folder: &TempDir, arguments: &[&str], path: &str) -> Output {
    let mut command = rollcall_on_sqlite(folder, arguments);
    let url = format!("sqlite://{path}");
    command.env("ROLLCALL_DATABASE_URL", &url).env("ROLLCALL_COPY_FROM", &url);
    command.stdin(Stdio::null()).output().unwrap()
}

/// The one line of a command that refuses.
fn refusal(folder: &TempDir, arguments: &[&str], path: &str) -> String {
    let output = run(folder, arguments, path);
    let said = String::from_utf8(output.stderr).unwrap();
    let seen = (output.status.code(), said.lines().count());
    assert_eq!(seen, (Some(1), 1), "{arguments:?} {path}: {said}");
    said
}

/// The bytes of all files in a folder except the log's index, in which readers mark how far
/// they read.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_file() && !name.ends_with("-shm") {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// A server with the users `root` and `alice`, who are only in the log beside the file.
fn server() -> Server {
    let server = Server::start_on_sqlite();
    assert_eq!(make(&server.admin(), "alice"), 201);
    fs::write(server.folder().path().join("users.ndjson"), lines(1..=3)).unwrap();
    server
}

#[test]
fn no_command_runs_on_a_file_whose_log_is_elsewhere() {
    for (displace, path, reason, put_back) in ELSEWHERE {
        let mut server = server();
        let (folder, data) = (server.folder(), server.folder().path().join("data"));
        shell(&data, displace);
        let before = contents(&data);
        thread::scope(|scope| {
            for arguments in COMMANDS {
                scope.spawn(move || {
                    let said = refusal(folder, arguments, path);
                    assert!(said.contains(reason), "{displace}: {arguments:?}: {said}");
                });
            }
        });
        assert!(contents(&data) == before, "{displace}");
        assert!(!folder.path().join("another.db").exists());
        let admin = server.admin();
        assert_eq!((readiness(&server), make(&admin, "carol")), (503, 503), "{displace}");
        shell(&data, put_back);
        assert_eq!((readiness(&server), make(&admin, "carol")), (200, 201), "{put_back}");
        stop(&mut server);
        assert_eq!(names_in(&data.join("rollcall.db")), "root alice carol", "{displace}");
        let said = server.process().all_said();
        assert_eq!(said.matches("; nothing is written until ").count(), 1, "{said}");
    }
}

#[test]
fn no_backup_is_put_in_the_place_of_a_moved_file() {
    let (displace, path, reason, put_back) = ELSEWHERE[4];
    let in_use = "is in use; stop the server";
    let rows =
        ELSEWHERE[5..].iter().map(|(displace, _, _, put_back)| (*displace, in_use, *put_back));
    let moved = ("mv rollcall.db away.db", in_use, "mv away.db rollcall.db");
    for (displace, reason, put_back) in rows.chain([(displace, reason, put_back), moved]) {
        let mut server = server();
        let (folder, data) = (server.folder(), server.folder().path().join("data"));
        assert!(run(folder, &["backup", "backup.db"], path).status.success());
        shell(&data, displace);
        let before = contents(&data);
        for arguments in [&["restore", "backup.db", "--overwrite"][..], &["restore", "backup.db"]] {
            let said = refusal(folder, arguments, path);
            assert!(said.contains(reason), "{said}");
        }
        assert!(contents(&data) == before, "{displace}");
        shell(&data, put_back);
        assert_eq!((readiness(&server), &*names(&server.admin())), (200, "root alice"));
        stop(&mut server);
        assert_eq!(names_in(&data.join("rollcall.db")), "root alice", "{displace}");
    }
}

#[test]
fn a_log_that_another_program_has_open_is_used() {
    let mut server = server();
    stop(&mut server);
    // It has locks on the file and on the index, and does not say which log it has open.
    let mut other = Command::new("sqlite3");
    other.args(["-cmd", "SELECT count(*) FROM users;", "data/rollcall.db"]);
    other.current_dir(server.folder().path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut other = other.spawn().unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "2");
    server.start_again(&[]);
    let disable = run(server.folder(), &["user", "disable", "alice"], "data/rollcall.db");
    assert!(disable.status.success(), "{disable:?}");
    assert_eq!((readiness(&server), make(&server.admin(), "bob")), (200, 201));
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
}

#[test]
fn a_store_whose_folder_was_renamed_is_still_one() {
    let mut server = server();
    let folder = server.folder().path().to_owned();
    shell(&folder, "mv data renamed");
    assert_eq!((readiness(&server), make(&server.admin(), "bob")), (503, 503));
    // The log was moved with the file.
    let disable = run(server.folder(), &["user", "disable", "alice"], "renamed/rollcall.db");
    assert!(disable.status.success(), "{disable:?}");
    shell(&folder, "mv renamed data");
    assert_eq!(make(&server.admin(), "carol"), 201);
    let listed = run(server.folder(), &["user", "list"], "data/rollcall.db");
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("DISABLED") && listed.contains("carol"), "{listed}");
    stop(&mut server);
    assert_eq!(names_in(&folder.join("data/rollcall.db")), "root alice carol");
}

#[test]
fn a_log_beside_a_link_is_not_left_behind() {
    let mut server = server();
    let data = server.folder().path().join("data");
    shell(&data, ELSEWHERE[0].0);
    server.kill();
    for arguments in [&["serve", "--listen=127.0.0.1:0"][..], &["user", "list"], &["export"]] {
        let said = refusal(server.folder(), arguments, "data/rollcall.db");
        let expected = "there is data/rollcall.db-wal, and data/rollcall.db is a link to another";
        assert!(said.contains(expected), "{said}");
    }
    shell(&data, ELSEWHERE[0].3);
    server.start_again(&[]);
    assert_eq!(names(&server.admin()), "root alice");
}

#[test]
fn commands_that_come_by_a_link_from_the_start_work() {
    let mut server = server();
    let data = server.folder().path().join("data");
    shell(&data, "ln -s rollcall.db link.db; mkdir far; ln -s ../rollcall.db far/link.db");
    for path in ["data/link.db", "data/far/link.db"] {
        for arguments in [["user", "list"], ["audit", "verify"]] {
            let output = run(server.folder(), &arguments, path);
            assert!(output.status.success(), "{path} {arguments:?}: {output:?}");
        }
    }
    assert_eq!((readiness(&server), make(&server.admin(), "bob")), (200, 201));
    stop(&mut server);
    server.start_again(&["--database-url=sqlite://data/far/link.db"]);
    assert_eq!((readiness(&server), make(&server.admin(), "carol")), (200, 201));
    assert_eq!(names(&server.admin()), "root alice bob carol");
}
