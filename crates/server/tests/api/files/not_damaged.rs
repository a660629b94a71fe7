//! Stores that can't be written for a while. They stay ready and serve reads.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use super::{make, names, readiness};
use crate::harness::{Disk, Server};

const METRICS: &str = "--metrics-listen=127.0.0.1:0";

/// The number of such failures of the database.
fn errors(server: &mut Server, kind: &str) -> u32 {
    let line = server.process().wait_for("metrics on http://");
    let (_, url) = line.split_once("metrics on ").unwrap();
    let metrics = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
    let start = format!("rollcall_database_errors_total{{kind=\"{kind}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&start)).unwrap().parse().unwrap()
}

#[test]
fn a_store_on_a_full_disk_stays_ready() {
    let disk = Disk::of("2m");
    let mut server = Server::start_on_disk_with(&disk, &[METRICS]);
    let admin = server.admin();
    disk.fill();
    let refused = (0..10_000).find(|count| make(&admin, &format!("user-{count}")) == 503).unwrap();
    let before = names(&admin);
    assert_eq!(readiness(&server), 200);
    assert!(errors(&mut server, "full") > 0);
    assert_eq!(errors(&mut server, "damaged"), 0);
    server.process().wait_for("disk is full");
    disk.empty();
    assert_eq!(make(&admin, &format!("user-{refused}")), 201);
    assert_eq!(names(&admin), format!("{before} user-{refused}"));
}

#[test]
fn a_store_that_another_process_writes_to_stays_ready() {
    let mut server = Server::start_on_sqlite_with(&[METRICS]);
    let admin = server.admin();
    let mut other = Command::new("sqlite3");
    other.args(["-cmd", "BEGIN IMMEDIATE; SELECT 'locked';", "data/rollcall.db"]);
    other.current_dir(server.folder().path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut other = other.spawn().unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "locked"));
    assert_eq!((make(&admin, "alice"), readiness(&server)), (503, 200));
    assert_eq!(errors(&mut server, "conflict"), 1);
    server.process().wait_for("database is locked");
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    assert_eq!((make(&admin, "alice"), readiness(&server)), (201, 200));
}
