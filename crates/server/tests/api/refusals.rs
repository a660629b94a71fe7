//! Log lines about refused credentials.

use std::{thread, time::Duration};

use serde_json::json;

use crate::harness::{
    Answer, Client, PASSWORD, SIGNING_HOST, Server, Session, Signable, timestamp,
};

/// The end of the log line of the request with this id: the user and the reason.
fn logged(server: &mut Server, id: &str) -> String {
    let line = server.process().wait_for(&format!("/{id} "));
    assert!(line.contains(&format!("/{id} 127.0.0.1 ")), "{line}");
    line.split_once("ms ").unwrap().1.to_owned()
}

/// Sends a request with an id of its own, and returns its status and the end of its line of log.
fn ask(
    server: &mut Server,
    client: &Client,
    id: &str,
    send: impl FnOnce(&Client) -> Answer,
) -> (u16, String) {
    let answer = send(&client.with("x-request-id", id));
    (answer.status, logged(server, id))
}

/// Guesses at the passwords of these names until each is blocked for several seconds to come.
fn block(server: &Server, names: &[&str]) {
    loop {
        let guess = |name: &&str| {
            let answer = server.login(name, "guess").get("/users");
            if answer.status == 429 { answer.header("retry-after").parse().unwrap() } else { 0 }
        };
        let waits: Vec<u64> = names.iter().map(guess).collect();
        let (shortest, longest) = (*waits.iter().min().unwrap(), *waits.iter().max().unwrap());
        if shortest >= 5 {
            return;
        }
        thread::sleep(Duration::from_secs(longest));
    }
}

fn log_in(client: &Client, name: &str, password: &str) -> Answer {
    client.post("/tokens", &json!({"credentials": {"name": name, "password": password}}))
}

#[test]
fn a_refused_password_is_logged_with_reason_and_account() {
    let mut server = Server::start_with(&["--failures-per-account=5"]);
    for name in ["alice", "bob", "carol"] {
        server.user(name);
    }
    server.change(3, &json!({"status": "DISABLED"}));
    block(&server, &["carol", "missing"]);
    let refused = [
        ("stranger", PASSWORD, 401, "unknown-name"),
        ("alice", "canary", 401, "wrong-password account=2"),
        ("bob", PASSWORD, 401, "disabled account=3"),
        ("bob", "canary", 401, "disabled account=3"),
        ("carol", PASSWORD, 429, "throttled account=4"),
        ("missing", PASSWORD, 429, "throttled"),
    ];
    for (place, (name, password, status, reason)) in refused.into_iter().enumerate() {
        let expected = (status, format!("- refused={reason}"));
        let anonymous = server.anonymous();
        let client = server.login(name, password);
        let id = format!("basic-{place}");
        assert_eq!(
            ask(&mut server, &client, &id, |client| client.get("/users")),
            expected,
            "{name}"
        );
        let id = format!("login-{place}");
        let said = ask(&mut server, &anonymous, &id, |client| log_in(client, name, password));
        assert_eq!(said, expected, "{name}");
    }
    let said = server.process().said();
    for text in ["canary", "stranger", "missing", PASSWORD] {
        assert!(!said.contains(text), "{text} in {said}");
    }
}

#[test]
fn a_refused_current_password_is_logged_too() {
    let mut server = Server::start_with(&["--failures-per-account=2"]);
    let (_, alice) = server.user("alice");
    let portal = json!({"value": {"current_password": "canary", "password": "a fine new one"}});
    let info = json!({"currentPlaintextPassword": "canary", "plaintextPassword": "a fine new one"});
    let directory = json!({ "userInfo": info });
    let refused = |reason| format!("alice refused={reason} account=2");
    let said =
        ask(&mut server, &alice, "portal", |client| client.patch("/api/v1/users/alice", &portal));
    assert_eq!(said, (403, refused("wrong-password")));
    let said = ask(&mut server, &alice, "directory", |client| client.patch("/users/2", &directory));
    assert_eq!(said, (403, refused("wrong-password")));
    let said = ask(&mut server, &alice, "third", |client| client.patch("/users/2", &directory));
    assert_eq!(said, (429, refused("throttled")));
    assert!(!server.process().said().contains("canary"));
}

#[test]
fn a_refused_signature_is_logged_with_reason_and_account() {
    let mut server = Server::start();
    let (session, root) = server.admin_session();
    let anonymous = server.anonymous();
    let body = json!({"userInfo": {"email": "root@example.com"}}).to_string();
    let change = |client: &Client| client.send("PATCH", "/users/1", Some(&body));
    let signed = |seconds: i64| {
        let (time, host) = (timestamp(seconds), SIGNING_HOST);
        let (method, target, body) = ("PATCH", "/users/1", &*body);
        let signature =
            session.signature(Signable { method, host, target, timestamp: &time, body });
        let client = anonymous.with("sessionKey", &session.key).with("timestamp", &time);
        client.with("signature", &signature).with("content-type", "application/json")
    };
    let send = |client: &Client| client.send("GET", "/users", None);
    let other = |key: &str, token: &str| {
        anonymous.signing(&Session { key: key.to_owned(), token: token.to_owned() })
    };
    let forged = other(&session.key, "canary");
    let said = ask(&mut server, &forged, "forged", send);
    assert_eq!(said, (401, "- refused=bad-signature account=1".to_owned()));
    let said = ask(&mut server, &other("canary", "canary"), "unknown", send);
    assert_eq!(said, (401, "- refused=no-session".to_owned()));
    let said = ask(&mut server, &signed(-3600), "old", change);
    assert_eq!(said, (401, "- refused=bad-timestamp account=1".to_owned()));
    let now = signed(0);
    assert_eq!(ask(&mut server, &now, "first", change), (200, "root".to_owned()));
    let said = ask(&mut server, &now, "again", change);
    assert_eq!(said, (401, "- refused=replayed account=1".to_owned()));
    let bearer = anonymous.with("authorization", "Bearer canary");
    let said = ask(&mut server, &bearer, "bearer", send);
    assert_eq!(said, (401, "- refused=malformed".to_owned()));
    assert_eq!(ask(&mut server, &anonymous, "none", send), (401, "-".to_owned()));
    assert_eq!(root.delete(&format!("/tokens/{}", session.key)).status, 204);
    let said = ask(&mut server, &root, "ended", send);
    assert_eq!(said, (401, "- refused=no-session".to_owned()));
    assert!(!server.process().said().contains("canary"));
}
