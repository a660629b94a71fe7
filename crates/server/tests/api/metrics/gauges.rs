//! Current values: users, connections, and the process.

use std::process::Command;

use serde_json::json;

use super::scrape::Metered;
use crate::harness::{Postgres, Server, rollcall};

const METRICS: &str = "--metrics-listen=127.0.0.1:0";

#[test]
fn users_and_sessions_are_counted_behind_the_scrapes() {
    let mut server = Server::start();
    let (alice, _) = server.user("alice");
    server.user("bob");
    server.change(alice, &json!({"status": "DISABLED"}));
    server.admin_session();
    server.session("bob", crate::harness::PASSWORD);
    let add = rollcall(server.folder(), &["user", "add", "carol", "--bcrypt-cost=5"]);
    assert!(with_password(add));
    server.kill_and_start_again(&[METRICS]);
    let metered = Metered::of(server);
    let scrape = metered.wait_for(|scrape| scrape.0.contains_key("rollcall_sessions"));
    for (metric, expected) in [
        ("rollcall_users{status=\"enabled\"}", 3),
        ("rollcall_users{status=\"disabled\"}", 1),
        ("rollcall_password_hashes{cost=\"4\"}", 3),
        ("rollcall_password_hashes{cost=\"5\"}", 1),
        ("rollcall_sessions", 2),
        ("rollcall_audit_entries", 7),
    ] {
        assert_eq!(scrape.whole(metric), expected, "{metric}");
    }
    let age =
        jiff::Timestamp::now().as_second() - scrape.whole("rollcall_census_timestamp_seconds");
    assert!((-1..60).contains(&age), "{age}");
}

#[test]
fn every_user_is_counted_however_far_apart_the_ids_are() {
    let mut server = Server::start_on_sqlite();
    server.user("alice");
    let file = server.folder().path().join("data/rollcall.db");
    for id in ["1000000", "9000000000000"] {
        let next = format!("UPDATE sqlite_sequence SET seq = {id} WHERE name = 'users'");
        assert!(Command::new("sqlite3").arg(&file).arg(next).status().unwrap().success());
        server.user(&format!("user-{id}"));
    }
    server.kill_and_start_again(&[METRICS]);
    let metered = Metered::of(server);
    let scrape = metered.wait_for(|scrape| scrape.0.contains_key("rollcall_sessions"));
    assert_eq!(scrape.whole("rollcall_users{status=\"enabled\"}"), 4);
}

/// Runs a command that asks for a password.
fn with_password(mut command: Command) -> bool {
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"correct horse battery\n").unwrap();
    drop(input);
    child.wait().unwrap().success()
}

#[test]
fn process_metrics_are_exposed() {
    let metered = Metered::start();
    let scrape = metered.scrape();
    let version = concat!("rollcall_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
    assert_eq!(scrape.whole(version), 1);
    assert!(scrape.whole("process_resident_memory_bytes") > 1_000_000);
    assert!(scrape.get("process_cpu_seconds_total") > 0.0);
    let open = scrape.whole("process_open_fds");
    assert!((5..scrape.whole("process_max_fds")).contains(&open), "{open}");
    let age = jiff::Timestamp::now().as_second() - scrape.whole("process_start_time_seconds");
    assert!((-2..120).contains(&age), "{age}");
}

#[test]
fn connections_and_waits_are_counted_by_pool() {
    let metered = Metered::of(Server::start_on_sqlite_with(&[METRICS]));
    let scrape = metered.scrape();
    assert_eq!(scrape.whole("rollcall_database_connections_max{pool=\"readers\"}"), 8);
    assert_eq!(scrape.whole("rollcall_database_connections_max{pool=\"lists\"}"), 4);
    metered.server.user("alice");
    assert_eq!(metered.server.admin().get("/users").status, 200);
    let difference = &metered.scrape() - &scrape;
    let waits = difference.of("rollcall_database_connection_wait_seconds_count");
    assert!(waits.contains(&("{pool=lists}".to_owned(), 1)), "{waits:?}");
    let commits = difference.of("rollcall_database_commit_writes_count");
    assert_eq!(commits, [(String::new(), 1)]);
}

#[test]
fn metrics_are_served_while_the_database_is_down() {
    let postgres = Postgres::start();
    let metered = Metered::of(Server::start_on_with(&postgres.url(), &[METRICS]));
    let server = &metered.server;
    assert_eq!(server.admin().get("/users/1").status, 200);
    let before = metered.wait_for(|scrape| scrape.0.contains_key("rollcall_sessions"));
    assert_eq!(before.whole("rollcall_database_connections_max{pool=\"others\"}"), 6);
    postgres.crash();
    assert_eq!(server.admin().get("/users/1").status, 503);
    // The connection in use reports that the database is away.
    let gone = "rollcall_database_errors_total{kind=\"unavailable\"}";
    let after = metered.wait_for(|scrape| scrape.whole(gone) > 0);
    let refused = "rollcall_http_requests_total{operation=\"getUser\",status=\"503\"}";
    assert_eq!(after.whole(refused), 1);
    let difference = &after - &before;
    let outcomes = difference.of("rollcall_authentications_total");
    assert_eq!(outcomes, [("{kind=basic,outcome=unavailable}".to_owned(), 1)]);
    // The previous count stays, with its time.
    for metric in ["rollcall_users{status=\"enabled\"}", "rollcall_census_timestamp_seconds"] {
        assert_eq!(after.whole(metric), before.whole(metric));
    }
}

#[test]
fn metrics_are_served_while_the_database_hangs() {
    let postgres = Postgres::start();
    let metered = Metered::of(Server::start_on_with(&postgres.url(), &[METRICS]));
    assert_eq!(metered.server.admin().get("/users/1").status, 200);
    postgres.pause();
    assert_eq!(metered.server.admin().get("/users/1").status, 503);
    assert_eq!(metered.scrape().whole("rollcall_database_abandoned_reads_total"), 1);
    postgres.resume();
}
