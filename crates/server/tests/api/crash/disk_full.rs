//! Full disks.

use std::{
    fs,
    process::{Command, Output},
    sync::atomic::AtomicBool,
    thread,
    time::Instant,
};

use serde_json::{Value, json};

use super::{NO_LIMITS, PATIENCE, Writers, pause, random};
use crate::{
    harness::{ADMIN_PASSWORD, Client, Disk, End, PASSWORD, Postgres, Process, Server},
    import::lines,
};

const NEW: &str = "another fine password";

/// Every request that writes, and so is refused on a full disk.
fn writes(id: i64) -> [(&'static str, String, Option<Value>); 6] {
    let info = |info: Value| Some(json!({ "userInfo": info }));
    let credentials = json!({"name": "alice", "password": PASSWORD});
    let new = json!({"name": "dave", "email": "d@example.com", "plaintextPassword": PASSWORD});
    let by_name = || "/api/v1/users/alice".to_owned();
    [
        ("PUT", "/api/v1/users/carol".to_owned(), Some(json!({"value": {"password": PASSWORD}}))),
        ("POST", "/users".to_owned(), info(new)),
        ("POST", "/tokens".to_owned(), Some(json!({ "credentials": credentials }))),
        ("PATCH", format!("/users/{id}"), info(json!({"status": "DISABLED"}))),
        ("PATCH", by_name(), Some(json!({"value": {"password": NEW}}))),
        ("DELETE", by_name(), None),
    ]
}

/// The one line with which a command fails, after its lines of progress.
fn fail(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.is_empty()), (Some(1), true), "{said}");
    let is_progress = |line: &&str| {
        ["checking: ", "adding: ", "exporting: "].iter().any(|start| line.starts_with(start))
    };
    let lines: Vec<_> = said.lines().filter(|line| !is_progress(line)).collect();
    assert!(matches!(lines[..], [line] if line.starts_with("error: ")), "{said}");
    lines[0].to_owned()
}

/// Waits until a new user is refused.
fn wait_until_full(admin: &Client) {
    let started = Instant::now();
    let body = json!({"value": {"password": PASSWORD}});
    let attempt = random(1_000_000_000);
    for count in 0.. {
        let path = format!("/api/v1/users/until-full-{attempt}-{count}");
        match admin.put(&path, &body).status {
            // A later check of all users must find only the users that it made.
            201 => assert!([204, 503].contains(&admin.delete(&path).status)),
            status => return assert_eq!(status, 503),
        }
        assert!(started.elapsed() < PATIENCE, "the disk does not fill up");
    }
}

#[test]
fn a_full_disk_rejects_writes_and_serves_reads() {
    let disk = Disk::of("2m");
    let server = Server::start_on_disk(&disk);
    let (id, alice) = server.user("alice");
    let admin = server.admin();
    let before = admin.get("/users").body;
    disk.fill();
    for _ in 0..3 {
        for (method, path, body) in writes(id) {
            let answer = admin.attempt(method, &path, body.as_ref()).unwrap();
            assert_eq!(answer.status, 503, "{method} {path}: {answer:?}");
            assert!(!answer.header("retry-after").is_empty());
        }
        thread::scope(|scope| {
            // Several writes in one commit.
            for number in 0..8 {
                let admin = server.admin();
                let path = format!("/api/v1/users/together{number}");
                scope.spawn(move || {
                    let body = json!({"value": {"password": PASSWORD}});
                    assert_eq!(admin.put(&path, &body).status, 503);
                });
            }
        });
        assert_eq!(admin.get("/users").body, before);
        assert_eq!(alice.get(&format!("/users/{id}")).status, 200);
        assert_eq!(server.login("alice", "wrong").get("/users/1").status, 401);
        assert_eq!(server.anonymous().get("/health/live").status, 200);
    }
    disk.empty();
    for (method, path, body) in writes(id) {
        let answer = admin.attempt(method, &path, body.as_ref()).unwrap();
        assert!(answer.status < 300, "{method} {path}: {answer:?}");
    }
    let users =
        disk.sql("PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT id, name FROM users");
    assert_eq!(users, "ok\n1|root\n3|carol\n4|dave\n");
}

#[test]
fn no_acknowledged_write_is_lost_when_the_disk_fills_up() {
    let disk = Disk::of("12m");
    let server = Server::start_on_disk_with(&disk, &NO_LIMITS);
    let (mut writers, is_over) = (Writers::new(4), AtomicBool::new(false));
    thread::scope(|scope| {
        let end = End(&is_over);
        for writer in &mut writers.all {
            let (admin, is_over) = (server.admin(), &is_over);
            scope.spawn(move || assert!(writer.write(&admin, is_over)));
        }
        for count in 0..8 {
            disk.fill();
            // Later the log reuses its own space after each checkpoint.
            if count == 0 {
                wait_until_full(&server.admin());
            }
            pause(300);
            disk.empty();
            pause(200);
        }
        pause(200);
        drop(end);
    });
    delete_attempts(&server.admin());
    writers.check(&server.admin());
    assert_eq!(disk.sql("PRAGMA integrity_check; PRAGMA foreign_key_check"), "ok\n");
    let refused: u64 = writers.all.iter().map(|writer| writer.refused).sum();
    println!("{} acknowledged writes, {refused} refused", writers.acknowledged());
    assert!(refused > 0);
}

/// Deletes users that [`wait_until_full`] left because their deletion failed on the full disk.
fn delete_attempts(admin: &Client) {
    let list = admin.get("/users?namePrefix=until-full-&limit=1000").json();
    for user in list["userList"]["users"].as_array().unwrap() {
        let path = format!("/api/v1/users/{}", user["name"].as_str().unwrap());
        assert_eq!(admin.delete(&path).status, 204);
    }
}

#[test]
fn a_start_on_a_full_disk_does_not_block_the_next_start() {
    let mut failed = 0;
    for size in ["4k", "12k", "40k", "80k", "100k", "120k"] {
        let disk = Disk::of(size);
        let arguments = ["--listen=127.0.0.1:0", "--bcrypt-cost=4", "--admin-name=root"];
        let start = || {
            let mut command = disk.rollcall(&arguments);
            command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD).env("RUST_LOG", "error");
            command
        };
        let said = fail(&mut start());
        assert!(["full", "I/O error", "No space"].iter().any(|text| said.contains(text)), "{said}");
        failed += 1;
        disk.remount("size=4m");
        let process = Process::start(start().env("RUST_LOG", "info"));
        process.wait_for("listening on http://");
        let check = "PRAGMA integrity_check; SELECT name FROM users";
        assert_eq!(disk.sql(check), "ok\nroot\n");
    }
    assert!(failed > 0);
}

#[test]
fn commands_on_a_full_disk_fail_in_one_line_and_leave_no_files() {
    let disk = Disk::of("2m");
    let server = Server::start_on_disk(&disk);
    server.user("alice");
    let (admin, folder) = (server.admin(), disk.path().display());
    let run = |arguments: &[&str]| disk.rollcall(arguments);
    // More than fits into the free space of existing pages.
    fs::write(disk.file("users.ndjson"), lines(1..=2000)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let outside = elsewhere.path().join("backup.db");
    let made = run(&["backup", outside.to_str().unwrap()]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let (before, names) = (admin.get("/users").body, disk.names("."));
    disk.fill();
    let (import, file) =
        (format!("{folder}/users.ndjson"), |name: &str| format!("{folder}/{name}"));
    let (backup, csv) = (file("backup.db"), file("users.csv"));
    let on_disk = format!("sqlite://{}", file("copy.db"));
    let outside = format!("sqlite://{}", outside.display());
    let no_room = "No space left on device";
    for (arguments, expected) in [
        (
            &["import", &import, "--bcrypt-cost=4"][..],
            "database or disk is full; nothing was imported",
        ),
        (&["backup", &backup], "backing up the store: database or disk is full"),
        (&["export", &csv], no_room),
        (&["export", &csv, "--with-hashes"], no_room),
        (&["copy", "--from", &outside, "--to", &on_disk], "full"),
        (
            &["user", "grant", "alice", "admin"],
            "alice: the store is unavailable: database or disk is full",
        ),
        (&["user", "delete", "alice"], "alice: the store is unavailable: database or disk is full"),
    ] {
        let said = fail(&mut run(arguments));
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert_eq!(admin.get("/users").body, before);
    }
    // An import keeps its temporary file outside the store's folder.
    let mut import = run(&["import", &import, "--bcrypt-cost=4", "--dry-run"]);
    assert!(import.env("TMPDIR", disk.path()).output().unwrap().status.success());
    let mut import = run(&["import", &file("users.ndjson"), "--bcrypt-cost=4"]);
    let said = fail(import.env("TMPDIR", disk.path()));
    assert!(said.contains(&format!("writing temporary data in {folder}")), "{said}");
    disk.empty();
    let mut left = disk.names(".");
    left.retain(|name| !name.starts_with("copy.db"));
    assert_eq!(left, names);
    let said = run(&["import", &file("users.ndjson"), "--bcrypt-cost=4"]).output().unwrap();
    assert_eq!(String::from_utf8(said.stdout).unwrap(), "imported 2000 users\n");
    assert_eq!(disk.sql("PRAGMA integrity_check; SELECT count(*) FROM users"), "ok\n2002\n");
}

#[test]
fn a_database_recovers_after_its_disk_was_full() {
    let postgres = Postgres::start_on(Disk::of("80m"));
    let server = Server::start_on_with(&postgres.url(), &NO_LIMITS);
    let (mut writers, is_over) = (Writers::new(3), AtomicBool::new(false));
    let disk = postgres.disk();
    thread::scope(|scope| {
        let end = End(&is_over);
        for writer in &mut writers.all {
            let (admin, is_over) = (server.admin(), &is_over);
            scope.spawn(move || assert!(writer.write(&admin, is_over)));
        }
        disk.fill();
        wait_until_full(&server.admin());
        assert_eq!(server.anonymous().get("/health/live").status, 200);
        pause(300);
        disk.empty();
        let started = Instant::now();
        while server.admin().delete("/api/v1/users/absent").status != 404 {
            // PostgreSQL stops if it cannot complete its own recovery.
            if !postgres.is_running() {
                postgres.start_again();
            }
            assert!(started.elapsed() < PATIENCE, "the service does not come back");
            pause(200);
        }
        pause(500);
        drop(end);
    });
    delete_attempts(&server.admin());
    writers.check(&server.admin());
    postgres.check();
    let refused: u64 = writers.all.iter().map(|writer| writer.refused).sum();
    println!("{} acknowledged writes, {refused} refused", writers.acknowledged());
}
