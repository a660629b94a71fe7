//! Who may do what, cell by cell, over HTTP.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::harness::{
    ADMIN_PASSWORD, Answer, Client, PASSWORD, SIGNING_HOST, Server, Signable, basic, timestamp,
};

/// The operations on one user, or on none.
const OPERATIONS: [&str; 17] = [
    "list (portal)",
    "get (portal)",
    "create (portal)",
    "change password",
    "delete",
    "list (directory)",
    "register",
    "get (directory)",
    "update",
    "list sessions",
    "end sessions",
    "make key",
    "list keys",
    "end key",
    "create reset code",
    "get oneself",
    "verify",
];

/// A user that a test acts on: its name for one set, its id for the other.
struct Target {
    name: String,
    id: i64,
}

/// Calls an operation; `current` is the caller's password.
fn call(client: &Client, operation: &str, target: &Target, current: &str) -> Answer {
    let by_name = format!("/api/v1/users/{}", target.name);
    let by_id = format!("/users/{}", target.id);
    let password = json!({"value": {"current_password": PASSWORD, "password": PASSWORD}});
    match operation {
        "list (portal)" => client.get("/api/v1/users"),
        "get (portal)" => client.get(&by_name),
        "create (portal)" => {
            let path = format!("{by_name}-made");
            client.put(&path, &json!({"value": {"password": PASSWORD}}))
        }
        "change password" => client.patch(&by_name, &password),
        "delete" => client.delete(&by_name),
        "list (directory)" => client.get("/users"),
        "register" => {
            let name = format!("registered-{:?}", std::time::Instant::now());
            let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            client.post("/users", &registration(&name))
        }
        "get (directory)" => client.get(&by_id),
        "list sessions" => client.get(&format!("{by_id}/sessions")),
        "end sessions" => client.delete(&format!("{by_id}/sessions")),
        "make key" => {
            let info = json!({"name": "a program", "scopes": ["verify"],
                "currentPlaintextPassword": current});
            client.post(&format!("{by_id}/keys"), &json!({ "keyInfo": info }))
        }
        "list keys" => client.get(&format!("{by_id}/keys")),
        "end key" => client.delete(&format!("{by_id}/keys/7")),
        "create reset code" => client.send("POST", &format!("{by_id}/reset-codes"), None),
        "get oneself" => client.get("/users/me"),
        "verify" => client.get("/auth/verify"),
        "update" => client.patch(&by_id, &json!({"userInfo": {}})),
        other => panic!("{other} is no operation"),
    }
}

fn registration(name: &str) -> Value {
    let email = format!("{name}@example.com");
    json!({"userInfo": {"name": name, "email": email, "plaintextPassword": PASSWORD}})
}

#[test]
fn every_cell_of_the_access_table_is_enforced() {
    for is_signed in [false, true] {
        check_every_cell(is_signed);
    }
}

/// Checks the table with passwords, or with a new session for each cell, because a change of
/// password ends sessions.
fn check_every_cell(is_signed: bool) {
    let server = Server::start();
    let client = |name: &str, password: &str| {
        if is_signed { server.session(name, password).1 } else { server.login(name, password) }
    };
    let (id, _) = server.user("alice");
    let own = Target { name: "alice".into(), id };
    let (id, _) = server.user("bob");
    let other = Target { name: "bob".into(), id };
    let absent = Target { name: "absent".into(), id: 99 };
    // Columns: anonymous; a user on itself, another and a missing user; an admin on a missing user
    // and another.
    let expected = [
        [401, 403, 403, 403, 200, 200],
        [401, 200, 403, 403, 404, 200],
        [401, 403, 403, 403, 201, 201],
        [401, 200, 403, 403, 404, 200],
        [401, 403, 403, 403, 404, 204],
        [401, 403, 403, 403, 200, 200],
        [201, 201, 201, 201, 201, 201],
        [401, 200, 403, 403, 404, 404],
        [401, 200, 403, 403, 404, 404],
        [401, 200, 403, 403, 404, 404],
        [401, 204, 403, 403, 404, 404],
        [401, 201, 403, 403, 404, 404],
        [401, 200, 403, 403, 404, 404],
        [401, 404, 403, 403, 404, 404],
        [401, 403, 403, 403, 404, 404],
        [401, 200, 200, 200, 200, 200],
        [401, 204, 204, 204, 204, 204],
    ];
    for (operation, expected) in OPERATIONS.into_iter().zip(expected) {
        let anonymous = || server.anonymous();
        let alice = || client("alice", PASSWORD);
        let admin = || client("root", ADMIN_PASSWORD);
        let statuses = [
            call(&anonymous(), operation, &other, PASSWORD),
            call(&alice(), operation, &own, PASSWORD),
            call(&alice(), operation, &other, PASSWORD),
            call(&alice(), operation, &absent, PASSWORD),
            call(&admin(), operation, &absent, ADMIN_PASSWORD),
            call(&admin(), operation, &other, ADMIN_PASSWORD),
        ]
        .map(|answer| answer.status);
        // The row `delete` has removed bob by name, so that his id is not found after it.
        assert_eq!(statuses, expected, "{operation}, signed: {is_signed}");
    }
}

/// Sends the head and part of the body, runs `meanwhile`, sends the rest and returns the status
/// line.
fn send_slowly(
    server: &Server,
    (method, path): (&str, &str),
    headers: &str,
    body: &str,
    meanwhile: impl FnOnce(),
) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}\
         content-length: {length}\r\n\r\n{}",
        &body[..1]
    )
    .unwrap();
    // Long enough for the server to be waiting for the rest of the body.
    thread::sleep(Duration::from_millis(300));
    meanwhile();
    stream.write_all(&body.as_bytes()[1..]).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line
}

#[test]
fn a_slow_body_is_rejected_once_its_sender_loses_the_right() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let promote = json!({"roles": [{"name": "admin"}]});
    let body = json!({ "userInfo": promote }).to_string();
    let (request, password) = (("PATCH", "/users/3"), json!({"value": {"password": PASSWORD}}));
    server.user("bob");
    for is_signed in [false, true] {
        server.change(id, &promote);
        let (session, _) = server.session("alice", PASSWORD);
        let headers = |method: &str, target: &str, body: &str| {
            if !is_signed {
                return format!("authorization: {}\r\n", basic("alice", PASSWORD));
            }
            let time = timestamp(0);
            let signable = Signable { method, host: SIGNING_HOST, target, timestamp: &time, body };
            let (key, signature) = (&session.key, session.signature(signable));
            format!("sessionKey: {key}\r\ntimestamp: {time}\r\nsignature: {signature}\r\n")
        };
        let honest = headers(request.0, request.1, &body);
        let line = send_slowly(&server, request, &honest, &body, || {});
        assert!(line.contains(" 200 "), "{line}");
        server.change(3, &json!({"roles": []}));
        let honest = headers(request.0, request.1, &body);
        let demote = || server.change(id, &json!({"roles": []}));
        let line = send_slowly(&server, request, &honest, &body, demote);
        assert!(line.contains(" 403 "), "signed: {is_signed}: {line}");
        assert_eq!(server.admin().get("/users/3").json()["user"]["roles"], json!([]));
        server.change(id, &promote);
        let (put, body) = (("PUT", "/api/v1/users/late"), password.to_string());
        let honest = headers(put.0, put.1, &body);
        let disable = || server.change(id, &json!({"status": "DISABLED"}));
        let line = send_slowly(&server, put, &honest, &body, disable);
        assert!(line.contains(" 401 "), "signed: {is_signed}: {line}");
        server.change(id, &json!({"status": "ENABLED"}));
    }
}

#[test]
fn an_incomplete_body_is_408_with_and_without_credentials() {
    let server = Server::start();
    let admin = format!("authorization: {}\r\n", basic("root", ADMIN_PASSWORD));
    thread::scope(|scope| {
        for (method, path, headers) in
            [("POST", "/tokens", ""), ("PUT", "/api/v1/users/late", &*admin)]
        {
            let server = &server;
            scope.spawn(move || {
                let mut stream = TcpStream::connect(server.address()).unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                write!(
                    stream,
                    "{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                     {headers}content-length: 10\r\n\r\n{{"
                )
                .unwrap();
                let mut line = String::new();
                BufReader::new(stream).read_line(&mut line).unwrap();
                assert!(line.contains(" 408 "), "{path}: {line}");
            });
        }
    });
}

/// An answer that comes before the body ends the connection, however the body is sent.
#[test]
fn an_answer_before_the_body_closes_the_connection() {
    let server = Server::start();
    let admin = format!("authorization: {}\r\n", basic("root", ADMIN_PASSWORD));
    let json = "content-type: application/json\r\n";
    thread::scope(|scope| {
        for (status, method, path, headers) in [
            (401, "PUT", "/api/v1/users/late", json.to_owned()),
            (415, "PUT", "/api/v1/users/late", format!("{admin}content-type: text/plain\r\n")),
            (408, "PUT", "/api/v1/users/late", format!("{admin}{json}")),
            (404, "POST", "/absent", admin.clone()),
            (201, "POST", "/users/1/reset-codes", admin.clone()),
        ] {
            for body in ["content-length: 9\r\n\r\n{", "transfer-encoding: chunked\r\n\r\n9\r\n{"] {
                let (server, headers) = (&server, headers.clone());
                scope.spawn(move || {
                    let mut stream = TcpStream::connect(server.address()).unwrap();
                    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                    write!(stream, "{method} {path} HTTP/1.1\r\nhost: x\r\n{headers}{body}")
                        .unwrap();
                    let mut answer = String::new();
                    stream.read_to_string(&mut answer).unwrap();
                    let said = answer.to_lowercase();
                    assert!(said.starts_with(&format!("http/1.1 {status} ")), "{body}: {answer}");
                    assert_eq!(said.matches("http/1.1 ").count(), 1, "{answer}");
                    assert!(said.contains("\r\nconnection: close\r\n"), "{body}: {answer}");
                });
            }
        }
    });
}

#[test]
fn non_admins_cannot_tell_whether_another_user_exists() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    server.user("bob");
    for paths in [
        ["/api/v1/users/bob", "/api/v1/users/absent", "/api/v1/users/not%20a%20name"],
        ["/users/3", "/users/99", "/users/9223372036854775807"],
    ] {
        let answers = paths.map(|path| alice.get(path));
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (403, &answers[0].body));
        }
    }
}

#[test]
fn every_refusal_of_credentials_is_the_same_answer() {
    let server = Server::start_with(&["--failures-per-account=100"]);
    server.user("alice");
    let (id, _) = server.user("disabled");
    server.change(id, &json!({"status": "DISABLED"}));
    for path in ["/users", "/api/v1/users", "/users/2", "/api/v1/users/alice"] {
        let refusals = [
            server.login("absent", PASSWORD),
            server.login("alice", "wrong password"),
            server.login("alice", ""),
            server.login("disabled", PASSWORD),
            server.login("not a name", PASSWORD),
            server.login("alice", &"x".repeat(10_000)),
            server.anonymous(),
        ]
        .map(|client| client.get(path));
        for refusal in &refusals {
            assert_eq!((refusal.status, &refusal.body), (401, &refusals[0].body));
            let challenge = r#"Basic realm="rollcall", charset="UTF-8""#;
            assert_eq!(refusal.header("www-authenticate"), challenge);
        }
        // Their form is wrong for every user, so the answer tells nothing of any.
        let malformed = ["Basic !!!", "Bearer abc"]
            .map(|value| server.anonymous().with("authorization", value).get(path));
        for refusal in &malformed {
            assert_eq!((refusal.status, &refusal.body), (401, &malformed[0].body));
            assert!(refusal.body.contains("must be Basic"), "{}", refusal.body);
            assert_eq!(refusal.header("www-authenticate"), malformed[0].header("www-authenticate"));
        }
    }
}

#[test]
fn a_script_in_a_browser_gets_a_challenge_that_opens_no_dialog() {
    let server = Server::start();
    let answer = server.anonymous().with("x-requested-with", "XMLHttpRequest").get("/users");
    let challenge = answer.header("www-authenticate");
    assert!(answer.status == 401 && !challenge.is_empty());
    assert!(!challenge.to_lowercase().starts_with("basic"), "{challenge}");
}
