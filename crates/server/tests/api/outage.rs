//! A database that goes away and comes back.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, PASSWORD, Postgres, Process, Server, rollcall_on_sqlite};

/// How long the service may take to notice that its database is available again.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn requests_do_not_hang_when_the_database_hangs() {
    let postgres = Postgres::start();
    let server = Server::start_on(&postgres.url());
    assert_eq!(server.admin().get("/users/1").status, 200);
    let (_, session) = server.admin_session();
    postgres.pause();
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let answer = server.admin().get("/users/1");
                assert_eq!((answer.status, answer.header("retry-after").is_empty()), (503, false));
                assert_eq!(session.get("/users/1").status, 503);
            });
        }
    });
    assert_eq!(server.anonymous().get("/health/ready").status, 503);
    assert_eq!(server.anonymous().get("/health/live").status, 200);
    postgres.resume();
    let started = Instant::now();
    while server.admin().get("/users/1").status != 200 {
        assert!(started.elapsed() < PATIENCE, "the service does not come back");
    }
    assert_eq!(session.get("/users/1").status, 200);
}

#[test]
fn a_start_waits_for_a_database_that_is_not_there_yet() {
    let postgres = Postgres::start();
    postgres.crash();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("--database-url={}", postgres.url());
    let mut command =
        rollcall_on_sqlite(&folder, &["--listen=127.0.0.1:0", "--bcrypt-cost=4", &url]);
    command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
    let process =
        Process::start(command.env("ROLLCALL_SESSION_SECRET", "a secret for as long as the test"));
    process.wait_for("waiting for the database");
    postgres.start_again();
    process.wait_for("listening on http://");
}

#[test]
fn a_read_only_database_is_left_for_the_primary() {
    let (standby, primary) = (Postgres::start(), Postgres::start());
    standby.be_read_only(true);
    let hosts = format!("{},{}", standby.address(), primary.address());
    let server = Server::start_on(&format!("postgres://rollcall@{hosts}/postgres"));
    thread::scope(|scope| {
        // Opens several connections.
        for name in ["alice", "bob", "carol", "dave"] {
            scope.spawn(|| server.user(name));
        }
    });
    primary.be_read_only(true);
    let started = Instant::now();
    // They lead to a former primary, which only a write reveals.
    let write =
        || server.admin().put("/api/v1/users/eve", &json!({"value": {"password": PASSWORD}}));
    while write().status == 201 {
        assert!(server.admin().delete("/api/v1/users/eve").status != 500);
        assert!(started.elapsed() < PATIENCE, "it writes as before");
    }
    for _ in 0..4 {
        assert_eq!(server.admin().get("/users/1").status, 503);
    }
    assert_eq!(server.anonymous().get("/health/ready").status, 503);
    standby.be_read_only(false);
    primary.be_read_only(false);
}
