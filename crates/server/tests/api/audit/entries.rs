//! Audit log entries: the action, its actor and the user it affects.

use std::{fs, thread};

use serde_json::{Value, json};

use super::log;
use crate::harness::{ADMIN_PASSWORD, Client, PASSWORD, Server, rollcall};

/// The entry that `act` adds, which must be the only one.
fn added(server: &Server, act: impl FnOnce()) -> Value {
    let before = log(server).len();
    act();
    let mut log = log(server);
    assert_eq!(log.len(), before + 1);
    log.remove(0)
}

fn changes(entry: &Value) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let changes = entry["changes"].as_array().unwrap().iter();
    changes
        .map(|change| {
            (change["field"].as_str().unwrap(), change["before"].as_str(), change["after"].as_str())
        })
        .collect()
}

fn in_request(client: &Client, id: &str) -> Client {
    client.with("x-request-id", id)
}

#[test]
fn the_first_admin_is_logged_as_made_by_the_operator() {
    let log = log(&Server::start());
    assert_eq!(log.len(), 1);
    let entry = &log[0];
    assert_eq!((&entry["number"], &entry["actor"]), (&json!(1), &json!("OPERATOR")));
    assert_eq!((&entry["action"], &entry["userName"]), (&json!("USER_CREATED"), &json!("root")));
    for absent in ["actorId", "actorName", "address", "requestId", "clientRequestId"] {
        assert!(entry[absent].is_null(), "{absent}");
    }
}

#[test]
fn each_change_is_one_entry_with_actor_and_address() {
    let server = Server::start();
    let admin = in_request(&server.admin(), "admins");
    let root = (json!(1), json!("root"), json!("PASSWORD"), json!("admins"));
    let by = |entry: &Value| {
        assert_eq!(entry["address"], "127.0.0.1");
        let part = |name: &str| entry[name].clone();
        (part("actorId"), part("actorName"), part("actor"), part("clientRequestId"))
    };

    let body = json!({"value": {"password": PASSWORD}});
    let entry = added(&server, || drop(admin.put("/api/v1/users/alice", &body)));
    assert_eq!(by(&entry), root);
    assert_eq!((&entry["action"], &entry["userId"]), (&json!("USER_CREATED"), &json!(2)));
    let made = [("name", None, Some("alice")), ("status", None, Some("ENABLED"))];
    assert_eq!(changes(&entry), made);

    let alice = in_request(&server.login("alice", PASSWORD), "alices");
    let value = json!({"value": {"current_password": PASSWORD, "password": "another of hers"}});
    let entry = added(&server, || drop(alice.patch("/api/v1/users/alice", &value)));
    assert_eq!(by(&entry), (json!(2), json!("alice"), json!("PASSWORD"), json!("alices")));
    assert_eq!(changes(&entry), [("password", None, None)]);

    let info = json!({"name": "bob", "email": "b@example.com", "plaintextPassword": PASSWORD});
    let register = || drop(server.anonymous().post("/users", &json!({ "userInfo": info })));
    let entry = added(&server, register);
    assert_eq!((&entry["actor"], &entry["actorId"]), (&json!("ANONYMOUS"), &Value::Null));
    assert_eq!(changes(&entry)[1], ("email", None, Some("b@example.com")));

    let mut session = None;
    let entry = added(&server, || session = Some(server.session("bob", PASSWORD)));
    let (session, signed) = session.unwrap();
    assert_eq!((&entry["action"], &entry["actorName"]), (&json!("SESSION_BEGUN"), &json!("bob")));
    assert_eq!(changes(&entry), [("session", None, Some(session.key.as_str()))]);
    let rename = json!({"userInfo": {"name": "Robert", "email": ""}});
    let entry = added(&server, || drop(signed.patch("/users/3", &rename)));
    assert_eq!((&entry["actor"], &entry["actorName"]), (&json!("SESSION"), &json!("bob")));
    assert_eq!(entry["userName"], "Robert");
    assert_eq!(
        changes(&entry),
        [("name", Some("bob"), Some("Robert")), ("email", Some("b@example.com"), None)]
    );
    let other = server.session("Robert", PASSWORD).0;
    let entry = added(&server, || drop(admin.delete(&format!("/tokens/{}", other.key))));
    assert_eq!(by(&entry), root);
    assert_eq!((&entry["action"], &entry["userId"]), (&json!("SESSION_ENDED"), &json!(3)));

    let change = json!({"userInfo": {"status": "DISABLED", "roles": [{"name": "staff"}]}});
    let entry = added(&server, || drop(admin.patch("/users/3", &change)));
    let disabled = [
        ("status", Some("ENABLED"), Some("DISABLED")),
        ("roles", None, Some("staff")),
        ("sessions", Some("1"), Some("0")),
    ];
    assert_eq!(changes(&entry), disabled);
    let entry = added(&server, || drop(admin.delete("/api/v1/users/robert")));
    assert_eq!(by(&entry), root);
    assert_eq!((&entry["action"], &entry["userId"]), (&json!("USER_DELETED"), &json!(3)));
}

#[test]
fn requests_with_the_same_client_id_have_ids_of_their_own() {
    let mut server = Server::start();
    let admin = in_request(&server.admin(), "same");
    let body = json!({"value": {"password": PASSWORD}});
    let entries = ["alice", "bob"]
        .map(|name| added(&server, || drop(admin.put(&format!("/api/v1/users/{name}"), &body))));
    let own = entries.map(|entry| {
        assert_eq!((&entry["clientRequestId"], &entry["format"]), (&json!("same"), &json!(2)));
        entry["requestId"].as_str().unwrap().to_owned()
    });
    assert_ne!(own[0], own[1]);
    for (id, name) in own.iter().zip(["alice", "bob"]) {
        let line = server.process().wait_for(&format!("{id}/same 127.0.0.1 PUT"));
        assert!(line.contains(&format!("/api/v1/users/{name} 201 ")), "{line}");
    }
    let entry = added(&server, || drop(server.user("carol")));
    assert!(entry["clientRequestId"].is_null() && entry["requestId"].is_string());
}

#[test]
fn rejected_and_no_op_requests_add_no_entry() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let admin = server.admin();
    let before = log(&server);
    let path = format!("/users/{id}");
    let rename = json!({"userInfo": {"name": "Al"}});
    for (answer, status) in [
        (alice.put("/api/v1/users/eve", &json!({"value": {"password": PASSWORD}})), 403),
        (admin.put("/api/v1/users/ALICE", &json!({"value": {"password": PASSWORD}})), 409),
        (admin.delete("/api/v1/users/root"), 409),
        (alice.with("if-match", "7").patch(&path, &rename), 412),
        (alice.patch(&path, &json!({"userInfo": {"name": "alice", "status": "DISABLED"}})), 200),
        (server.login("alice", "wrong").patch(&path, &rename), 401),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
    }
    assert_eq!(log(&server), before);
}

#[test]
fn a_request_comes_from_the_client_behind_a_trusted_proxy() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    let admin = server.admin().with("x-forwarded-for", "2001:db8::7");
    let body = json!({"value": {"password": PASSWORD}});
    let entry = added(&server, || drop(admin.put("/api/v1/users/alice", &body)));
    assert_eq!(entry["address"], "2001:db8::7");
}

#[test]
fn an_import_is_one_entry_for_each_transaction() {
    let server = Server::start();
    let file = server.folder().path().join("users.csv");
    let hash = "$2y$05$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a";
    let lines: Vec<_> = (0..5).map(|number| format!("user{number},{hash}\n")).collect();
    fs::write(&file, format!("name,passwordHash\n{}", lines.concat())).unwrap();
    let import = || {
        let done = rollcall(server.folder(), &["import", "users.csv"]).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    let entry = added(&server, import);
    assert_eq!((&entry["action"], &entry["actor"]), (&json!("USERS_IMPORTED"), &json!("OPERATOR")));
    assert_eq!(changes(&entry), [("users", None, Some("5")), ("ids", None, Some("2-6"))]);
    let before = log(&server);
    import();
    assert_eq!(log(&server), before, "the second import added an entry");
    assert!(!entry.to_string().contains(hash));
}

#[test]
fn writers_on_two_processes_make_one_log() {
    let server = Server::start();
    let servers = [&server, &server.replica()];
    thread::scope(|scope| {
        for number in 0..6 {
            let admin = servers[number % 2].admin();
            scope.spawn(move || {
                for round in 0..5 {
                    let path = format!("/api/v1/users/user{number}-{round}");
                    let body = json!({"value": {"password": PASSWORD}});
                    assert_eq!(admin.put(&path, &body).status, 201);
                    assert_eq!(admin.delete(&path).status, 204);
                }
            });
        }
    });
    let numbers: Vec<_> =
        log(&server).iter().map(|entry| entry["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=61).rev().collect::<Vec<_>>());
    let verified = rollcall(server.folder(), &["audit", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[test]
fn no_secret_is_in_the_log() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    let change = json!({"userInfo": {"plaintextPassword": "another fine one"}});
    assert_eq!(alice.patch(&format!("/users/{id}"), &change).status, 200);
    let log = json!(log(&server)).to_string();
    for secret in [PASSWORD, ADMIN_PASSWORD, "another fine one", session.token.as_str(), "$2b$"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
