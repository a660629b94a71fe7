//! Servers and databases that are killed, disks that fill up, and stores that can't be used.

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

/// How long a service may take to notice that its store is there again before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What keeps nobody from guessing passwords and registering as fast as the writers do.
const NO_LIMITS: [&str; 3] = [
    "--failures-per-account=1000000",
    "--failures-per-address=1000000",
    "--registrations-per-address=1000000",
];

/// A number below `end` that nobody can foresee.
fn random(end: usize) -> usize {
    usize::try_from(getrandom::u32().unwrap()).unwrap() % end
}

/// Some time, up to so many milliseconds.
fn pause(milliseconds: usize) {
    thread::sleep(Duration::from_millis(random(milliseconds).try_into().unwrap()));
}

/// An address that no other test takes while nobody listens there: theirs are all on 127.0.0.1.
fn own_address() -> String {
    let host = format!("127.{}.{}.{}", 1 + random(250), random(250), 1 + random(250));
    std::net::TcpListener::bind((host, 0)).unwrap().local_addr().unwrap().to_string()
}

/// Writers, and everything that all of them know.
struct Writers {
    all: Vec<Writer>,
    ids: Ids,
}

impl Writers {
    fn new(count: usize) -> Self {
        Self { all: (0..count).map(Writer::new).collect(), ids: Ids::default() }
    }

    /// How many changes were acknowledged.
    fn acknowledged(&self) -> u64 {
        self.all.iter().map(|writer| writer.acknowledged).sum()
    }

    /// How many requests there are of which nobody knows what became of them.
    fn in_doubt(&self) -> usize {
        self.all.iter().map(Writer::in_doubt).sum()
    }

    /// Finds everything in the store as the writers know it, and nothing else.
    fn check(&mut self, admin: &Client) {
        let list = whole_list(admin);
        let users = list["userList"]["users"].as_array().unwrap();
        let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
        let mut rows: BTreeMap<_, _> = users.iter().map(|user| (name(user), user)).collect();
        assert_eq!(rows.len(), users.len(), "a name is there twice");
        assert!(rows.remove("root").is_some());
        for writer in &mut self.all {
            writer.check(&mut rows, admin, &mut self.ids);
        }
        assert!(rows.is_empty(), "nobody has made {rows:?}");
    }
}

/// All users. Connections to a database that was away may have to be made anew.
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

/// Has SQLite look for damage, also in what one row says of another; there is nothing to look for in another
/// process's database.
fn check_file(server: &Server) {
    let url = server.store_url();
    if url.starts_with("sqlite") {
        assert_eq!(sql(&url, "PRAGMA integrity_check; PRAGMA foreign_key_check", ""), "ok\n");
    }
}
