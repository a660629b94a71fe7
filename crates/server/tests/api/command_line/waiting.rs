//! Waiting for a database, and failures that end a start at once.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::refusal;
use crate::{
    harness::{Postgres, Process, rollcall_on_sqlite},
    import::sql,
};

const AWAY: &str = "postgres://rollcall@127.0.0.1:1/users";

#[test]
fn a_wait_is_said_once_and_then_every_ten_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["--listen=127.0.0.1:0"]);
    command.env("ROLLCALL_DATABASE_URL", AWAY);
    command.env("ROLLCALL_SESSION_SECRET", "a session secret that tests share");
    let started = Instant::now();
    let server = Process::start(&mut command);
    let line = server.wait_for("waiting for the database");
    let expected = " s more: connecting to the database: \
        connection to server at \"127.0.0.1\", port 1 failed: Connection refused; Is the server \
        running on that host and accepting TCP/IP connections?";
    assert!(line.ends_with(expected), "{line}");
    thread::sleep(Duration::from_secs(4));
    let lines = server.said().matches("waiting for the database").count() as u64;
    let at_most = 1 + started.elapsed().as_secs() / 10;
    assert!(lines <= at_most, "{lines} lines: {}", server.said());
}

#[test]
fn an_error_of_postgresql_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let expected = "--database-url (ROLLCALL_DATABASE_URL): connecting to the database: connection \
        to server at \"127.0.0.1\", port 1 failed: Connection refused; Is the server running on \
        that host and accepting TCP/IP connections?";
    for arguments in
        [&["user", "list"][..], &["audit", "verify"], &["export"], &["user", "add", "a"]]
    {
        let mut command = rollcall_on_sqlite(&folder, arguments);
        assert_eq!(refusal(command.env("ROLLCALL_DATABASE_URL", AWAY)), expected, "{arguments:?}");
    }
}

#[test]
fn a_log_in_that_is_refused_is_not_waited_for() {
    let postgres = Postgres::start();
    let run = |statement: &str| sql(&postgres.url(), "", statement);
    run("CREATE ROLE guarded LOGIN PASSWORD 'right'; CREATE ROLE idle NOLOGIN");
    let file = run("SHOW hba_file");
    run(&format!(
        "COPY (VALUES ('host all guarded all scram-sha-256'), ('host all idle all trust'), \
         ('host all rollcall all trust')) TO '{}'",
        file.trim()
    ));
    run("SELECT pg_reload_conf()");
    let folder = tempfile::tempdir().unwrap();
    for (role, reason) in [
        ("guarded:wrong", "password authentication failed for user \"guarded\""),
        ("guarded", "no password supplied"),
        ("idle", "role \"idle\" is not permitted to log in"),
        ("stranger", "no pg_hba.conf entry for host"),
    ] {
        for arguments in [&["--listen=127.0.0.1:0"][..], &["user", "list"]] {
            let mut command = rollcall_on_sqlite(&folder, arguments);
            let url = postgres.url().replace("rollcall@", &format!("{role}@"));
            command.env("ROLLCALL_DATABASE_URL", url);
            command.env("ROLLCALL_SESSION_SECRET", "a session secret that tests share");
            let said = refusal(&mut command);
            let expected = "--database-url (ROLLCALL_DATABASE_URL): the database refuses the \
                            log-in: correct the URL, or the database's pg_hba.conf (";
            assert!(said.starts_with(expected) && said.contains(reason), "{role}: {said}");
        }
    }
}
