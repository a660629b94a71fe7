//! Cached passwords, hashes of another cost, and storms.

use std::thread;

use rollcall_domain::{NameKey, UserRef, UserStore};
use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, PASSWORD, Server, rollcall};

fn stored_hash(server: &Server, name: &str) -> String {
    let account = server.store().find(&UserRef::Name(NameKey::of(name))).unwrap().unwrap();
    account.password_hash.as_str().to_owned()
}

#[test]
fn a_hash_of_another_cost_is_renewed_at_the_next_login() {
    let mut server = Server::start();
    let (id, _) = server.user("alice");
    server.user("bob");
    assert!(stored_hash(&server, "alice").starts_with("$2b$04$"));
    server.kill_and_start_again(&["--bcrypt-cost=5"]);
    let alice = server.login("alice", PASSWORD);
    for _ in 0..3 {
        assert_eq!(alice.get(&format!("/users/{id}")).json()["user"]["version"], 0);
    }
    assert_eq!(server.login("bob", "wrong password").get("/users").status, 401);
    assert!(stored_hash(&server, "alice").starts_with("$2b$05$"));
    assert!(stored_hash(&server, "bob").starts_with("$2b$04$"));
}

#[test]
fn a_change_by_another_process_invalidates_cached_passwords() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    assert_eq!(alice.get(&path).status, 200);
    let store = server.store();
    let status = Some(rollcall_domain::Status::Disabled);
    let disable = rollcall_domain::UserChange { status, ..Default::default() };
    let by = rollcall_domain::audit::ActorContext::OPERATOR;
    store.update(rollcall_domain::UserId(id), &disable, &by).unwrap();
    assert_eq!(alice.get(&path).status, 401);
    server.change(id, &json!({"status": "ENABLED", "plaintextPassword": "another fine one"}));
    assert_eq!(alice.get(&path).status, 401);
    assert_eq!(server.login("alice", "another fine one").get(&path).status, 200);
}

#[test]
fn command_line_changes_apply_to_the_next_request() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    // Fewer than the allowed failures in a row.
    for _ in 0..9 {
        let (_, signed) = server.session("alice", PASSWORD);
        assert_eq!(signed.get(&path).status, 200);
        for (command, status) in [("disable", 401), ("enable", 200)] {
            let output = rollcall(server.folder(), &["user", command, "alice"]).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            assert_eq!(alice.get(&path).status, status, "{command}");
            assert_eq!(signed.get(&path).status, 401);
        }
    }
}

#[test]
fn the_cost_that_calibration_names_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    for (target, costs) in [("0", 4..=4), ("20", 4..=15)] {
        let output = rollcall(&folder, &["calibrate", "--target-ms", target]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let (_, rest) = said.split_once("--bcrypt-cost ").unwrap();
        let cost: u32 = rest.split(' ').next().unwrap().parse().unwrap();
        assert!(costs.contains(&cost), "{said}");
    }
}

#[test]
fn a_password_storm_gets_503_and_delays_no_cached_user() {
    const STORM: usize = 40;
    let server = Server::start_with(&["--bcrypt-cost=11", "--failures-per-address=1000"]);
    let admin = server.admin();
    assert_eq!(admin.get("/users").status, 200);
    let answers: Vec<_> = thread::scope(|scope| {
        let server = &server;
        let attackers: Vec<_> = (0..STORM)
            .map(|number| {
                let client = server.login(&format!("name{number}"), &format!("guess {number}"));
                scope.spawn(move || client.get("/users"))
            })
            .collect();
        while attackers.iter().any(|attacker| !attacker.is_finished()) {
            assert_eq!(admin.get("/users/1").status, 200);
            assert_eq!(server.anonymous().get("/health/live").status, 200);
        }
        attackers.into_iter().map(|attacker| attacker.join().unwrap()).collect()
    });
    let turned_away: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(turned_away.iter().all(|answer| answer.header("retry-after") == "1"));
    assert!(!turned_away.is_empty());
    assert!(answers.iter().all(|answer| matches!(answer.status, 401 | 503)));
    assert_eq!(server.login("root", ADMIN_PASSWORD).get("/users").status, 200);
}
