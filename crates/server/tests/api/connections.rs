//! Connections to PostgreSQL, and waits for locks.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread::{self, ScopedJoinHandle},
};

use serde_json::json;

use crate::harness::{Postgres, Server};

#[test]
fn a_process_has_no_more_connections_than_it_may() {
    let postgres = Postgres::start();
    let server = Server::start_on_with(&postgres.url(), &["--database-connections=2"]);
    let (id, alice) = server.user("alice");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(alice.get(&format!("/users/{id}")).status, 200);
                    server.change(id, &json!({"roles": []}));
                }
            });
        }
    });
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rollcall'";
    let said = Command::new("psql").args([&postgres.url(), "-tAc", count]).output().unwrap();
    let count: u32 = String::from_utf8(said.stdout).unwrap().trim().parse().unwrap();
    assert!((1..=2).contains(&count), "{count}");
}

/// A lock on the rows of admins, held by another program until this is dropped.
struct AdminsLocked(Child);

impl AdminsLocked {
    /// Locks the rows of all admins but one.
    fn all_but(id: i64, url: &str) -> Self {
        let mut command = Command::new("psql");
        command.args([url, "-qtA"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut session = command.spawn().unwrap();
        let admins = "SELECT user_id FROM user_roles WHERE name = 'admin'";
        let rows = format!("users WHERE id IN ({admins}) AND id <> {id}");
        let lock = format!("BEGIN; SELECT 'locked' FROM {rows} FOR UPDATE;");
        writeln!(session.stdin.as_ref().unwrap(), "{lock}").unwrap();
        let mut line = String::new();
        BufReader::new(session.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "locked\n");
        Self(session)
    }
}

impl Drop for AdminsLocked {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn changes_of_ordinary_users_wait_for_no_other_admins_row() {
    let postgres = Postgres::start();
    let server = Server::start_on(&postgres.url());
    let (id, alice) = server.user("alice");
    let (other, _) = server.user("bob");
    server.change(other, &json!({"roles": [{"name": "admin"}]}));
    let _locked = AdminsLocked::all_but(1, &postgres.url());
    server.change(id, &json!({"status": "DISABLED"}));
    server.change(id, &json!({"status": "ENABLED", "roles": [{"name": "auditor"}]}));
    assert_eq!(alice.get(&format!("/users/{id}")).status, 200);
    assert_eq!(server.admin().delete("/api/v1/users/alice").status, 204);
}

#[test]
fn reads_do_not_wait_for_writers_that_wait_for_a_lock() {
    let postgres = Postgres::start();
    let server = Server::start_on(&postgres.url());
    let admin = server.admin();
    thread::scope(|scope| {
        let locked = AdminsLocked::all_but(0, &postgres.url());
        let waiting: Vec<_> = (0..12)
            .map(|number| {
                let email = json!({"userInfo": {"email": format!("root{number}@example.com")}});
                let server = &server;
                scope.spawn(move || server.admin().patch("/users/1", &email).status)
            })
            .collect();
        // The first 503 shows that all connections are in use.
        while !waiting.iter().any(ScopedJoinHandle::is_finished) {
            assert_eq!(admin.get("/users/1").status, 200);
        }
        assert_eq!(admin.get("/users/1").status, 200);
        assert_eq!(server.anonymous().get("/health/ready").status, 200);
        drop(locked);
        let statuses: Vec<u16> = waiting.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert!(statuses.contains(&503) && statuses.contains(&200), "{statuses:?}");
    });
}
