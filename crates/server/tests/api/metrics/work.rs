//! The work of log-ins, in attempts, hashes and rounds.

use std::{
    collections::BTreeMap,
    sync::{Arc, Barrier},
    thread,
    time::Instant,
};

use serde_json::json;

use super::scrape::Metered;
use crate::harness::{Client, PASSWORD, Server, rollcall};

const HASHES: &str = "rollcall_hashing_duration_seconds_count";
const ROUNDS: &str = "rollcall_hashing_rounds_total";

fn metered(arguments: &[&str]) -> Metered {
    Metered::of(Server::start_with(&[&["--metrics-listen=127.0.0.1:0"], arguments].concat()))
}

/// The increase of `metric` by the requests.
fn spent(metered: &Metered, metric: &str, requests: impl FnOnce()) -> i64 {
    let before = metered.scrape().whole(metric);
    requests();
    metered.scrape().whole(metric) - before
}

/// The statuses of simultaneous requests of these clients, counted.
fn statuses(clients: impl IntoIterator<Item = Client>) -> BTreeMap<u16, usize> {
    let clients: Vec<_> = clients.into_iter().collect();
    let barrier = Arc::new(Barrier::new(clients.len()));
    let asking = clients.into_iter().map(|client| {
        let barrier = Arc::clone(&barrier);
        thread::spawn(move || {
            barrier.wait();
            client.get("/users/2").status
        })
    });
    let asking: Vec<_> = asking.collect();
    let mut statuses = BTreeMap::new();
    for status in asking.into_iter().map(|client| client.join().unwrap()) {
        *statuses.entry(status).or_default() += 1;
    }
    statuses
}

/// How many of these wrong requests at once were checked: as many as the limit. One more is checked
/// a second after the last, and another one two seconds after that.
fn checked(guesses: impl IntoIterator<Item = Client>, limit: usize) -> i64 {
    let begun = Instant::now();
    let statuses = statuses(guesses);
    let late = usize::try_from((begun.elapsed().as_secs() + 1).ilog2()).unwrap();
    let checked = statuses[&401];
    assert!((limit..=limit + late).contains(&checked), "{statuses:?}");
    assert!(statuses.keys().eq([&401, &429]), "{statuses:?}");
    checked.try_into().unwrap()
}

#[test]
fn equal_right_requests_at_once_are_one_attempt_and_one_hash() {
    let metered = metered(&["--failures-per-account=1", "--failures-per-address=1"]);
    let (_, alice) = metered.server.user("alice");
    let hashes = spent(&metered, HASHES, || {
        assert_eq!(statuses(vec![alice; 64]), BTreeMap::from([(200, 64)]));
    });
    assert_eq!(hashes, 1);
}

#[test]
fn different_wrong_requests_at_once_are_counted_exactly() {
    let metered = metered(&["--failures-per-account=5", "--failures-per-address=1000"]);
    let server = &metered.server;
    server.user("alice");
    for name in ["alice", "unknown"] {
        let guesses = (0..64).map(|guess| server.login(name, &format!("guess {guess}")));
        let mut expected = 0;
        let hashes = spent(&metered, HASHES, || expected = checked(guesses, 5));
        assert_eq!(hashes, expected, "{name}");
    }
}

#[test]
fn a_wrong_password_of_two_forms_is_one_attempt() {
    let metered = metered(&["--failures-per-account=5", "--failures-per-address=1000"]);
    let server = &metered.server;
    server.user("alice");
    for name in ["alice", "unknown"] {
        let guesses = (0..64).map(|guess| server.login(name, &format!("gue\u{301}ss {guess}")));
        let mut expected = 0;
        let rounds = spent(&metered, ROUNDS, || expected = checked(guesses, 5));
        assert_eq!(rounds, expected * 2 * 16, "{name}");
    }
}

#[test]
fn names_tried_at_once_with_one_password_are_each_counted() {
    let metered = metered(&["--failures-per-address=5"]);
    let server = &metered.server;
    let names = (0..24).map(|number| server.login(&format!("name{number}"), PASSWORD));
    let mut expected = 0;
    let hashes = spent(&metered, HASHES, || expected = checked(names, 5));
    assert_eq!(hashes, expected);
}

/// Imports a user with a hash of this cost that no password matches. Returns the outcome.
fn import(server: &Server, name: &str, cost: u32) -> (bool, String) {
    let hash = format!("$2b${cost:02}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let line = json!({"name": name, "passwordHash": hash}).to_string();
    std::fs::write(server.folder().path().join("users.ndjson"), line).unwrap();
    let mut command = rollcall(server.folder(), &["import", "users.ndjson", "--bcrypt-cost=4"]);
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_refused_log_in_takes_the_same_rounds() {
    let mut server = Server::start();
    let (id, _) = server.user("disabled");
    server.change(id, &json!({"status": "DISABLED"}));
    server.user("low");
    assert!(import(&server, "imported", 5).0);
    server.kill_and_start_again(&["--bcrypt-cost=6", "--metrics-listen=127.0.0.1:0"]);
    server.user("high");
    let metered = Metered::of(server);
    let server = &metered.server;
    let rounds = |name: &str, password: &str| {
        spent(&metered, ROUNDS, || {
            assert_eq!(server.login(name, password).get("/users/1").status, 401, "{name}");
        })
    };
    let names = ["disabled", "low", "imported", "high", "unknown", "not a name"];
    let same_for_all = |cost: u32| {
        for name in names {
            assert_eq!(rounds(name, "a wrong password"), 1 << cost, "{name}");
            // A text that is not in Unicode form NFC is checked in two forms.
            assert_eq!(rounds(name, "a wrong pa\u{301}ssword"), 2 << cost, "{name}");
        }
        assert_eq!(rounds("disabled", PASSWORD), 1 << cost);
    };
    same_for_all(6);
    // Another process adds a user with a hash of a higher cost.
    let mut add = rollcall(server.folder(), &["user", "add", "higher", "--bcrypt-cost=7"]);
    let mut add = crate::harness::Process::start(&mut add);
    std::io::Write::write_all(&mut add.stdin(), format!("{PASSWORD}\n").as_bytes()).unwrap();
    assert!(add.wait().success(), "{}", add.all_said());
    same_for_all(7);
    let low = || assert_eq!(server.login("low", PASSWORD).get("/users").status, 403);
    // The check without extra rounds, and the renewed hash.
    assert_eq!(spent(&metered, ROUNDS, low), (1 << 4) + (1 << 7));
}
