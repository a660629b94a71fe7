//! HTTP's own rules for every operation: methods, paths, types, sizes, and errors in the
//! envelope of the set.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, PASSWORD, Server};

/// Operations that take a body, and a body that each accepts.
fn with_bodies() -> [(&'static str, &'static str, Value); 5] {
    let passwords = json!({"value": {"current_password": PASSWORD, "password": PASSWORD}});
    let registration = json!({"userInfo": {
        "name": "new", "email": "new@example.com", "plaintextPassword": PASSWORD,
    }});
    [
        ("PUT", "/api/v1/users/new-one", json!({"value": {"password": PASSWORD}})),
        ("PATCH", "/api/v1/users/alice", passwords),
        ("POST", "/users", registration),
        ("PATCH", "/users/2", json!({"userInfo": {"name": "alice"}})),
        ("POST", "/tokens", json!({"credentials": {"name": "alice", "password": PASSWORD}})),
    ]
}

fn assert_envelope(path: &str, answer: &Answer) {
    if path.starts_with("/api/") {
        assert!(answer.json().is_string(), "{path}: {answer:?}");
        assert_eq!(answer.header("content-type"), "application/json");
    } else {
        assert_eq!(answer.json()["status"], answer.status, "{path}: {answer:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

fn json_client(server: &Server) -> Client {
    server.admin().with("content-type", "application/json")
}

#[test]
fn a_wrong_method_is_405_with_the_allowed_ones() {
    let server = Server::start();
    for (path, allow) in [
        ("/api/v1/users", "GET, HEAD, OPTIONS"),
        ("/api/v1/users/alice", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("/users", "GET, HEAD, OPTIONS, POST"),
        ("/users/1", "GET, HEAD, OPTIONS, PATCH"),
        ("/tokens", "OPTIONS, POST"),
        ("/tokens/key", "DELETE, OPTIONS"),
        ("/health/live", "GET, HEAD, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
    ] {
        for method in ["HEAD", "TRACE", "FOO", "POST", "DELETE", "GET"] {
            if allow.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = server.admin().send(method, path, None);
            assert_eq!(answer.status, 405, "{method} {path}");
            let mut methods: Vec<_> = answer.header("allow").split(", ").collect();
            methods.sort_unstable();
            assert_eq!(methods.join(", "), allow, "{path}");
            if method != "HEAD" {
                assert_envelope(path, &answer);
                let accepted = format!("accepted are {}", answer.header("allow"));
                assert!(answer.body.contains(&accepted), "{answer:?}");
            }
        }
    }
}

#[test]
fn an_unknown_path_is_404_in_the_envelope_of_its_set() {
    let server = Server::start();
    for path in [
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/users/",
        "/api/v1/users/a/b",
        "/users/",
        "/users/1/x",
        "/Users",
        "//users",
        "/users/../users",
        "/api/v2/users",
    ] {
        let answer = server.admin().get(path);
        assert_eq!(answer.status, 404, "{path}");
        let text = if path == "/api" { "/api/" } else { path };
        assert_envelope(text, &answer);
    }
}

#[test]
fn a_body_that_is_not_json_by_its_type_is_415() {
    let server = Server::start();
    server.user("alice");
    for (method, path, body) in with_bodies() {
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
        {
            let client = server.admin().with("content-type", content_type);
            let answer = client.send(method, path, Some(&body.to_string()));
            assert_eq!(answer.status, 415, "{method} {path} {content_type}");
            assert_envelope(path, &answer);
        }
        for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
            let client = server.admin().with("content-type", content_type);
            let answer = client.send(method, path, Some(&body.to_string()));
            assert!([200, 201, 409].contains(&answer.status), "{answer:?}");
        }
    }
}

#[test]
fn a_body_with_a_content_encoding_is_415() {
    let server = Server::start();
    server.user("alice");
    for (method, path, body) in with_bodies() {
        let client = json_client(&server).with("content-encoding", "gzip");
        let answer = client.send(method, path, Some(&body.to_string()));
        assert_eq!(answer.status, 415, "{method} {path}");
        assert_envelope(path, &answer);
    }
}

#[test]
fn a_body_over_64_kib_is_413() {
    let server = Server::start();
    server.user("alice");
    for (method, path, body) in with_bodies() {
        let padded = |length: usize| {
            let body = body.to_string();
            format!("{}{body}", " ".repeat(length - body.len()))
        };
        let answer = json_client(&server).send(method, path, Some(&padded(64 * 1024 + 1)));
        assert_eq!(answer.status, 413, "{method} {path}");
        assert_envelope(path, &answer);
        let answer = json_client(&server).send(method, path, Some(&padded(64 * 1024)));
        assert!([200, 201].contains(&answer.status), "{answer:?}");
    }
}

#[test]
fn a_body_that_can_not_be_read_is_400_and_says_where() {
    let server = Server::start();
    server.user("alice");
    let deep = "[".repeat(10_000);
    for (method, path, body) in with_bodies() {
        let whole = body.to_string();
        for text in [
            "{",
            "nonsense",
            "[]",
            "null",
            "5",
            "\"text\"",
            &whole[..9],
            &deep,
            &format!("{whole}x"),
        ] {
            let answer = json_client(&server).send(method, path, Some(text));
            assert_eq!(answer.status, 400, "{method} {path} {text}");
            assert_envelope(path, &answer);
            assert!(answer.body.contains("the body"), "{answer:?}");
        }
        let envelope = if path.starts_with("/api/") { "value" } else { "userInfo" };
        let answer =
            json_client(&server).send(method, path, Some(&json!({envelope: []}).to_string()));
        assert!(answer.status == 400 && answer.body.contains(envelope), "{answer:?}");
        let answer = json_client(&server).send(method, path, Some(r#"{"extra":1}"#));
        assert!(answer.status == 400 && answer.body.contains("extra is unknown"), "{answer:?}");
    }
}

#[test]
fn unauthorized_callers_learn_nothing_about_body_errors() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    for (method, path, _) in with_bodies() {
        // These require no credentials.
        if ["/users", "/tokens"].contains(&path) {
            continue;
        }
        let path = path.replace("alice", "root").replace("/2", "/1");
        assert_eq!(server.anonymous().send(method, &path, Some("{")).status, 401);
        assert_eq!(alice.send(method, &path, Some("{")).status, 403);
    }
}

#[test]
fn a_valid_request_id_from_the_client_is_kept() {
    let server = Server::start();
    let answer = server.admin().with("x-request-id", "abc-123").get("/users");
    assert_eq!(answer.header("x-request-id"), "abc-123");
    let answer = server.admin().with("x-request-id", "two words").get("/users");
    assert_ne!(answer.header("x-request-id"), "two words");
}
