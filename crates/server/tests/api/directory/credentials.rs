//! Registration with credentials, which are optional and are checked if sent.

use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, SIGNING_HOST, Server, Session, Signable, basic, timestamp};

fn registration(name: &str) -> Value {
    let email = format!("{name}@example.com");
    json!({"userInfo": {"name": name, "email": email, "plaintextPassword": PASSWORD}})
}

fn register(client: &Client, name: &str) -> u16 {
    client.post("/users", &registration(name)).status
}

/// The newest entry of the audit log.
fn newest(server: &Server) -> Value {
    server.admin().get("/audit?limit=1").json()["auditLog"]["entries"][0].clone()
}

/// A client whose one registration is signed, and may be sent again.
fn signed(server: &Server, session: &Session, name: &str) -> Client {
    let (time, body) = (timestamp(0), registration(name).to_string());
    let (method, target, host) = ("POST", "/users", SIGNING_HOST);
    let signable = Signable { method, host, target, timestamp: &time, body: &body };
    let client = server.anonymous().with("sessionKey", &session.key).with("timestamp", &time);
    client.with("signature", &session.signature(signable))
}

#[test]
fn wrong_credentials_make_no_user() {
    let server = Server::start();
    let (id, disabled) = server.user("disabled");
    let (_, ended) = server.session("disabled", PASSWORD);
    server.change(id, &json!({"status": "DISABLED"}));
    server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    let forged = Session { token: "forged".to_owned(), ..session };
    let before = newest(&server)["number"].clone();
    let anonymous = server.anonymous();
    for client in [
        server.login("alice", "wrong password"),
        server.login("missing", PASSWORD),
        server.login("root", ""),
        disabled,
        ended,
        anonymous.signing(&forged),
        anonymous.with("sessionKey", "key"),
        anonymous.with("authorization", "Bearer abc"),
        anonymous.with("authorization", "Basic ???"),
        anonymous.with("authorization", ""),
        anonymous.with("authorization", &basic("alice", PASSWORD)).with("sessionKey", "key"),
    ] {
        let answer = client.post("/users", &registration("new"));
        assert_eq!(answer.error(), (401, "unauthenticated".to_owned()), "{answer:?}");
        assert!(answer.header("www-authenticate").starts_with("Basic "), "{answer:?}");
    }
    let accepted = "Authorization must be Basic with a name and a password, or Bearer with a \
        complete API key; the headers sessionKey, timestamp and signature are accepted instead";
    for value in ["Bearer abc", "Basic ???", ""] {
        let client = anonymous.with("authorization", value);
        assert_eq!(client.get("/users").json()["detail"], accepted, "{value}");
        assert_eq!(client.get("/api/v1/users").error(), (401, accepted.to_owned()), "{value}");
    }
    assert_eq!(newest(&server)["number"], before);
    assert_eq!(server.admin().get("/api/v1/users/new").status, 404);
    assert_eq!(register(&anonymous, "new"), 201);
}

#[test]
fn the_audit_log_names_who_sent_them() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    let (_, by_session) = server.admin_session();
    for (place, (client, actor, name)) in [
        (server.anonymous(), "ANONYMOUS", Value::Null),
        (alice, "PASSWORD", json!("alice")),
        (server.admin(), "PASSWORD", json!("root")),
        (by_session, "SESSION", json!("root")),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(register(&client, &format!("user{place}")), 201);
        let entry = newest(&server);
        assert_eq!((&entry["actor"], &entry["actorName"]), (&json!(actor), &name));
    }
}

#[test]
fn a_signature_registers_once() {
    let server = Server::start();
    let (session, _) = server.admin_session();
    let client = signed(&server, &session, "alice");
    assert_eq!(register(&client, "alice"), 201);
    assert_eq!(register(&client, "alice"), 401);
    // A refused request does not use the signature up: the name was taken.
    let again = signed(&server, &session, "ALICE");
    assert_eq!([(); 2].map(|()| register(&again, "ALICE")), [409; 2]);
}

#[test]
fn users_are_limited_as_strangers_and_admins_are_not() {
    let server = Server::start_with(&["--registrations-per-address=3"]);
    let (_, alice) = server.user("alice");
    let (_, signing) = server.session("alice", PASSWORD);
    assert_eq!([register(&alice, "one"), register(&signing, "two")], [201; 2]);
    for (place, client) in [alice, signing, server.anonymous()].iter().enumerate() {
        assert_eq!(register(client, &format!("more{place}")), 429);
    }
    let (_, by_session) = server.admin_session();
    for (place, admin) in [server.admin(), by_session].iter().enumerate() {
        assert_eq!(register(admin, &format!("admins{place}")), 201);
    }
}

#[test]
fn a_conflict_costs_a_users_address_ten_registrations() {
    let server = Server::start_with(&["--registrations-per-address=15", "--changes-per-user=0"]);
    let (_, alice) = server.user("alice");
    let (_, bob) = server.user("bob");
    // Otherwise each account could probe for names at the cost of one registration.
    assert_eq!([register(&alice, "BOB"), register(&bob, "ALICE")], [409; 2]);
    for client in [&alice, &bob, &server.anonymous()] {
        assert_eq!(register(client, "carol"), 429);
    }
    assert_eq!(register(&server.admin(), "carol"), 201);
}
