//! Text chosen by clients is logged only if it is short and harmless.

use crate::harness::{Raw, Server};

#[test]
fn a_method_that_http_does_not_know_is_a_dash_in_the_log() {
    let mut server = Server::start();
    let mut raw = Raw::connect(server.address());
    let long = "CANARY".repeat(5000);
    let methods = [&*long, "canary", "CANARY|`~!", "CANARY-1.x", "PROPFIND", "get"];
    for (place, method) in methods.into_iter().enumerate() {
        let id = format!("method-{place}");
        raw.try_send(&format!("{method} /users HTTP/1.1\r\nhost: x\r\nx-request-id: {id}\r\n\r\n"))
            .unwrap();
        assert!(raw.answer().starts_with("HTTP/1.1 405 "), "{method:.20}");
        let line = server.process().wait_for(&format!("/{id} "));
        assert!(line.contains(&format!("/{id} 127.0.0.1 - /users 405 ")), "{line:.200}");
    }
    let said = server.process().said();
    for text in ["CANARY", "canary", "PROPFIND"] {
        assert!(!said.contains(text), "{text}");
    }
}

#[test]
fn a_method_that_http_knows_is_logged() {
    let mut server = Server::start();
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
        server.anonymous().with("x-request-id", method).send(method, "/nothing", None);
        let line = server.process().wait_for(&format!("/{method} "));
        assert!(line.contains(&format!("/{method} 127.0.0.1 {method} - 404 ")), "{line}");
    }
}

#[test]
fn a_request_id_that_is_long_or_odd_is_not_logged() {
    let mut server = Server::start();
    let mut raw = Raw::connect(server.address());
    let long = "canary".repeat(11);
    let ids =
        [&*long, "canary 6.6.6.6", "canary=1", "canary/1", "[canary]", "canaryé", "canary\t1"];
    for id in ids {
        let answer = raw.get("/nothing", &format!("x-request-id: {id}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 404 ") && !answer.contains("canary"), "{answer}");
    }
    let longest = "x".repeat(64);
    raw.get("/nothing", &format!("x-request-id: {longest}\r\nx-request-id: canary\r\n"));
    server.process().wait_for(&format!("/{longest} 127.0.0.1 GET - 404 "));
    assert!(!server.process().said().contains("canary"));
}

/// A request may be refused before its route is looked for.
#[test]
fn a_refused_path_is_logged_as_its_pattern() {
    let mut server = Server::start();
    let mut raw = Raw::connect(server.address());
    for (id, method, path, host, logged) in [
        ("host", "GET", "/users/canary", "a/b", "GET /users/{userId} 400 "),
        ("method", "PUT", "/users/canary", "x", "PUT /users/{userId} 405 "),
        ("segment", "PATCH", "/%75sers/canary", "x", "PATCH /users/{userId} 401 "),
        ("two", "DELETE", "/users/canary/keys/1", "x", "DELETE /users/{userId}/keys/{keyId} 401 "),
        ("portal", "GET", "/api/v1/users/a%2Fcanary", "a/b", "GET /api/v1/users/{user} 400 "),
        ("unknown", "GET", "/users/canary/", "a/b", "GET - 400 "),
    ] {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nx-request-id: {id}");
        raw.try_send(&format!("{head}\r\n\r\n")).unwrap();
        raw.answer();
        let line = server.process().wait_for(&format!("/{id} "));
        assert!(line.contains(&format!("/{id} 127.0.0.1 {logged}")), "{line}");
    }
    assert!(!server.process().said().contains("canary"));
}
