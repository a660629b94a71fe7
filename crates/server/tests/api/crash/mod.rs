//! Killed servers and databases, full disks, and unusable stores.

mod database;
mod disk_full;
mod kill;
mod ledger;
mod settle;
mod unusable_store;
mod writer;

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use self::{ledger::Ids, settle::settle, writer::Writer};
use crate::{
    harness::{Client, Server},
    import::sql,
};

/// How long a service may take to notice that its store is available again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Limits that are higher than the rate at which the writers log in and register.
const NO_LIMITS: [&str; 3] = [
    "--failures-per-account=1000000",
    "--failures-per-address=1000000",
    "--registrations-per-address=1000000",
];

/// A random number below `end`.
fn random(end: usize) -> usize {
    usize::try_from(getrandom::u32().unwrap()).unwrap() % end
}

/// Sleeps for a random time below `milliseconds`.
fn pause(milliseconds: usize) {
    thread::sleep(Duration::from_millis(random(milliseconds).try_into().unwrap()));
}

/// An address that stays free between two starts of a server: other tests only use 127.0.0.1.
fn own_address() -> String {
    let host = format!("127.{}.{}.{}", 1 + random(250), random(250), 1 + random(250));
    std::net::TcpListener::bind((host, 0)).unwrap().local_addr().unwrap().to_string()
}

/// Writers, and the ids of all their users.
struct Writers {
    all: Vec<Writer>,
    ids: Ids,
}

impl Writers {
    fn new(count: usize) -> Self {
        Self { all: (0..count).map(Writer::new).collect(), ids: Ids::default() }
    }

    /// The number of acknowledged changes.
    fn acknowledged(&self) -> u64 {
        self.all.iter().map(|writer| writer.acknowledged).sum()
    }

    /// The number of requests with an unknown result.
    fn in_doubt(&self) -> usize {
        self.all.iter().map(Writer::in_doubt).sum()
    }

    /// Checks that the store holds what the writers know, and nothing else.
    fn check(&mut self, admin: &Client) {
        let list = whole_list(admin);
        let users = list["userList"]["users"].as_array().unwrap();
        let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
        let mut rows: BTreeMap<_, _> = users.iter().map(|user| (name(user), user)).collect();
        assert_eq!(rows.len(), users.len(), "a name is listed twice");
        assert!(rows.remove("root").is_some());
        for writer in &mut self.all {
            writer.check(&mut rows, admin, &mut self.ids);
        }
        assert!(rows.is_empty(), "no writer has made {rows:?}");
    }
}

/// Lists all users. Retries, since the server may have to reconnect to its database.
fn whole_list(admin: &Client) -> Value {
    let started = Instant::now();
    loop {
        let list = admin.get("/users");
        if list.status == 200 {
            return list.json();
        }
        assert!(list.status == 503 && started.elapsed() < PATIENCE, "{list:?}");
    }
}

/// Runs SQLite's checks for damage and broken references. A PostgreSQL server is another process,
/// so its files are not checked.
fn check_file(server: &Server) {
    let url = server.store_url();
    if url.starts_with("sqlite") {
        assert_eq!(sql(&url, "PRAGMA integrity_check; PRAGMA foreign_key_check", ""), "ok\n");
    }
}
