//! The limit on changes by a user who is not an admin.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, PASSWORD, Server, Session};

fn register(client: &Client, name: &str) -> Answer {
    let email = format!("{name}@example.com");
    let info = json!({"name": name, "email": email, "plaintextPassword": PASSWORD});
    client.post("/users", &json!({ "userInfo": info }))
}

fn log_in(server: &Server, name: &str) -> Answer {
    let credentials = json!({"name": name, "password": PASSWORD});
    server.anonymous().post("/tokens", &json!({ "credentials": credentials }))
}

fn change(client: &Client, id: i64, info: &Value) -> Answer {
    client.patch(&format!("/users/{id}"), &json!({ "userInfo": info }))
}

/// The `Retry-After` of a refusal, in seconds.
fn wait(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{answer:?}");
    answer.header("retry-after").parse().unwrap()
}

#[test]
fn an_ordinary_users_changes_share_one_budget() {
    // Two at once, and then one a minute.
    let server = Server::start_with(&["--changes-per-user=1"]);
    let (id, alice) = server.user("alice");
    let session = Session::of(&log_in(&server, "alice").json());
    let signed = server.anonymous().signing(&session);
    assert_eq!(change(&signed, id, &json!({"email": "a@example.com"})).status, 200);
    for refused in [
        log_in(&server, "alice"),
        register(&alice, "mallory"),
        change(&alice, id, &json!({"name": "Al"})),
        change(&signed, id, &json!({"email": "b@example.com"})),
    ] {
        assert!((1..=60).contains(&wait(&refused)), "{refused:?}");
    }
    let entries = server.admin().get("/audit").json()["auditLog"]["entries"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 4);
}

#[test]
fn changes_against_a_thief_are_never_counted() {
    let server = Server::start_with(&["--changes-per-user=1"]);
    let (id, alice) = server.user("alice");
    let session = Session::of(&log_in(&server, "alice").json());
    let signed = server.anonymous().signing(&session);
    assert_eq!(change(&alice, id, &json!({"name": "Al"})).status, 200);
    wait(&change(&signed, id, &json!({"name": "alice"})));
    let al = server.login("al", PASSWORD);
    for client in [&al, &signed] {
        assert_eq!(client.get(&format!("/users/{id}")).status, 200);
        let same = json!({"name": "Al", "email": "alice@example.com"});
        assert_eq!(change(client, id, &same).status, 200);
    }
    assert_eq!(signed.delete(&format!("/tokens/{}", session.key)).status, 204);
    let value = json!({"current_password": PASSWORD, "password": "another of hers"});
    assert_eq!(al.patch("/api/v1/users/al", &json!({ "value": value })).status, 200);
}

#[test]
fn admins_and_strangers_have_no_budget() {
    let server = Server::start_with(&["--changes-per-user=1"]);
    for name in ["alice", "bob", "carol"] {
        assert_eq!(register(&server.anonymous(), name).status, 201);
    }
    for number in 0..5 {
        server.admin_session();
        server.change(1, &json!({"email": format!("root{number}@example.com")}));
        server.change(2, &json!({"name": format!("alice{number}")}));
    }
}

#[test]
fn a_conflict_costs_a_user_ten_changes_and_no_log_ins() {
    let server = Server::start_with(&["--changes-per-user=1"]);
    server.user("alice");
    let (id, bob) = server.user("bob");
    let answer = change(&bob, id, &json!({"email": "ALICE@example.com"}));
    assert_eq!(answer.error(), (409, "email-taken".to_owned()));
    // The conflict cost ten changes, so the next one is allowed in nine minutes at most.
    let refused = change(&bob, id, &json!({"email": "root@example.com"}));
    assert!((481..=540).contains(&wait(&refused)), "{refused:?}");
    wait(&register(&bob, "alice"));
    assert_eq!(log_in(&server, "bob").status, 201);
    assert_eq!(bob.get(&format!("/users/{id}")).status, 200);
}

#[test]
fn a_conflict_costs_a_stranger_ten_registrations_and_no_log_ins() {
    let server = Server::start_with(&["--registrations-per-address=15"]);
    server.user("alice");
    let stranger = server.anonymous();
    assert_eq!(register(&stranger, "ALICE").error(), (409, "name-taken".to_owned()));
    assert_eq!(register(&stranger, "alice").status, 409);
    assert!((1..=60).contains(&wait(&register(&stranger, "bob"))));
    assert_eq!(log_in(&server, "alice").status, 201);
    assert_eq!(server.login("alice", "wrong").get("/users/2").status, 401);
}

#[test]
fn a_refusal_of_the_address_costs_a_user_nothing() {
    let server = Server::start_with(&["--changes-per-user=1", "--registrations-per-address=2"]);
    let (id, alice) = server.user("alice");
    // From here on this address may not register for a minute.
    assert_eq!(register(&server.anonymous(), "alice").status, 409);
    for name in ["bob", "carol"] {
        wait(&register(&alice, name));
    }
    for email in ["a@example.com", "b@example.com"] {
        assert_eq!(change(&alice, id, &json!({"email": email})).status, 200);
    }
    wait(&change(&alice, id, &json!({"email": "c@example.com"})));
}

#[test]
fn zero_switches_the_budget_off() {
    let server = Server::start_with(&["--changes-per-user=0"]);
    let (id, alice) = server.user("alice");
    for number in 0..130 {
        let email = format!("alice{number}@example.com");
        assert_eq!(change(&alice, id, &json!({ "email": email })).status, 200);
    }
}
