//! Commands whose PostgreSQL stops while they run.

use std::{
    io::{Read, Write},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::{
    harness::{PASSWORD, Postgres, Server, rollcall_on_sqlite},
    import::sql,
};

/// The time limit of the wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// The connections of a command that has read a user, and waits.
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rollcall' \
    AND state = 'idle' AND query LIKE '%users%'";

#[test]
fn a_command_fails_with_one_line() {
    let postgres = Postgres::start();
    drop(Server::start_on(&postgres.url()));
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["user", "passwd", "root"]);
    command.env("ROLLCALL_DATABASE_URL", postgres.url()).env("ROLLCALL_BCRYPT_COST", "4");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    let started = Instant::now();
    while sql(&postgres.url(), "", WAITING).trim() == "0" {
        assert!(started.elapsed() < PATIENCE, "the command reads no user");
        thread::sleep(Duration::from_millis(20));
    }
    postgres.crash();
    run.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    let mut said = String::new();
    run.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(1));
    assert!(said.starts_with("error: ") && said.lines().count() == 1, "{said}");
}
