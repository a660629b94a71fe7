//! Request heads that are refused with the reason, and upgrade requests that are ignored.

use serde_json::Value;

use crate::harness::{ADMIN_PASSWORD, Raw, Server, basic};

/// The status and the detail of the answer to `text`, after which the connection ends.
fn refusal(server: &Server, text: &str) -> (u16, String) {
    let mut raw = Raw::connect(server.address());
    raw.try_send(text).unwrap();
    let answer = raw.rest();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("\r\nconnection: close"), "{head}");
    let problem: Value = serde_json::from_str(body).unwrap();
    let status = problem["status"].as_u64().unwrap();
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    (status.try_into().unwrap(), problem["detail"].as_str().unwrap().to_owned())
}

/// An unfinished head of 128 KiB, at which the server stops reading.
fn filled(begin: &str) -> String {
    format!("{begin}{}", "x".repeat(128 * 1024 - begin.len()))
}

#[test]
fn a_refused_head_is_answered_with_the_reason() {
    const TARGET: &str = "The request target must be at most 65534 bytes";
    const FIELDS: &str = "A request must have at most 96 header fields";
    const SIZE: &str = "The request line and header fields must be at most 128 KiB";
    const HOSTS: &str = "A request must have exactly one Host field";
    const UNREADABLE: &str = "The request is not valid HTTP/1.1";
    let server = Server::start();
    let target = "x".repeat(65_534);
    let fields = "x: y\r\n".repeat(96);
    for (text, status, detail) in [
        (format!("GET /{target} HTTP/1.1\r\nhost: x\r\n\r\n"), 414, TARGET),
        (format!("GET /?{target} HTTP/1.1\r\nhost: x\r\nx: y\r\n\r\n"), 414, TARGET),
        (filled("GET /"), 414, TARGET),
        (format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}\r\n"), 431, FIELDS),
        (filled("GET / HTTP/1.1\r\nhost: x\r\nx: "), 431, SIZE),
        ("GET / HTTP/1.1\r\nx: y\r\n\r\n".to_owned(), 400, HOSTS),
        ("GET / HTTP/1.1\r\nhost: x\r\nHost: y\r\n\r\n".to_owned(), 400, HOSTS),
        ("GET / HTTP/1.1\r\nhost: x\r\nx y\r\n\r\n".to_owned(), 400, UNREADABLE),
    ] {
        let refused = refusal(&server, &text);
        assert_eq!(refused, (status, detail.to_owned()), "{text:.60}");
    }
}

#[test]
fn a_refused_head_of_head_is_answered_without_a_body() {
    let server = Server::start();
    let fields = "x: y\r\n".repeat(97);
    for (text, status) in [
        (format!("HEAD /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(65_534)), 414),
        (filled("HEAD /"), 414),
        (format!("HEAD / HTTP/1.1\r\nhost: x\r\n{fields}\r\n"), 431),
        ("HEAD / HTTP/1.1\r\nx: y\r\n\r\n".to_owned(), 400),
    ] {
        let mut raw = Raw::connect(server.address());
        raw.try_send(&text).unwrap();
        let answer = raw.rest();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
    // The refused request is the second one.
    let mut raw = Raw::connect(server.address());
    raw.try_send("HEAD /health/live HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n").unwrap();
    let answer = raw.rest();
    assert!(answer.contains("HTTP/1.1 400 ") && answer.ends_with('}'), "{answer}");
}

#[test]
fn a_refused_later_head_is_answered_with_the_reason() {
    let server = Server::start();
    for (text, status) in [
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(65_534)), 414),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(97)), 431),
    ] {
        let mut raw = Raw::connect(server.address());
        assert!(raw.get("/health/live", "").starts_with("HTTP/1.1 200"));
        raw.try_send(&text).unwrap();
        let answer = raw.rest();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
}

#[test]
fn the_longest_target_and_the_most_fields_are_taken() {
    let server = Server::start();
    let mut raw = Raw::connect(server.address());
    let path = format!("/health/live?{}", "x".repeat(65_534 - "/health/live?".len()));
    assert!(raw.get(&path, "").starts_with("HTTP/1.1 200"));
    assert!(raw.get("/health/live", &"x: y\r\n".repeat(95)).starts_with("HTTP/1.1 200"));
}

#[test]
fn an_invalid_host_is_400_in_the_envelope_of_the_set() {
    let server = Server::start();
    let mut raw = Raw::connect(server.address());
    let authorization = basic("root", ADMIN_PASSWORD);
    let mut ask = |host: &str, path: &str| {
        raw.try_send(&format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {authorization}\r\n\r\n"
        ))
        .unwrap();
        raw.answer()
    };
    let detail = "Host must be a name or an address, with a port or without";
    for host in ["a b", "a/b", "http://a", "a@b", "a:b", "a:99999", "::1", "[::1", "a\"", "é"] {
        let portal = ask(host, "/api/v1/users");
        assert!(portal.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{host}: {portal}");
        assert!(portal.ends_with(&format!("\r\n\r\n\"{detail}\"")), "{host}: {portal}");
        let directory = ask(host, "/users");
        assert!(directory.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{host}: {directory}");
        assert!(directory.contains(&format!("\"detail\":\"{detail}\"")), "{host}: {directory}");
    }
    for host in ["", "a", "a.example:8080", "127.0.0.1", "[::1]:8080", "my_service"] {
        let answer = ask(host, "/users/1");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{host}: {answer}");
    }
}

/// The headers that Java's client adds to each plaintext request, in this order.
const H2C: &str = "connection: Upgrade, HTTP2-Settings\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\n\
                   upgrade: h2c\r\n";

#[test]
fn an_upgrade_request_does_not_end_the_connection() {
    let server = Server::start();
    let mut raw = Raw::connect(server.address());
    for wish in [
        H2C,
        "Upgrade: h2c\r\nConnection: keep-alive, UPGRADE, HTTP2-Settings\r\n",
        "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n",
        "upgrade: websocket\r\n",
        H2C,
    ] {
        let answer = raw.get("/health/live", wish);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{wish}: {answer}");
        assert!(!answer.contains("\r\nconnection:"), "{wish}: {answer}");
        assert!(!answer.to_lowercase().contains("upgrade"), "{wish}: {answer}");
    }
    assert!(
        raw.get("/health/live", "connection: upgrade, close\r\n").contains("connection: close")
    );
    assert_eq!(raw.rest(), "");
}

#[test]
fn an_upgrade_request_in_pieces_is_ignored() {
    let server = Server::start();
    let mut raw = Raw::connect(server.address());
    for _ in 0..2 {
        for piece in
            format!("GET /health/live HTTP/1.1\r\nhost: x\r\n{H2C}\r\n").split_inclusive('r')
        {
            raw.try_send(piece).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let answer = raw.answer();
        assert!(!answer.contains("\r\nconnection:"), "{answer}");
    }
}

#[test]
fn a_body_that_looks_like_an_upgrade_arrives_unchanged() {
    let server = Server::start();
    let (_, root) = server.admin_session();
    let root = root.with("content-type", "application/json").with("upgrade", "h2c");
    // If the body differed from the signed one, the answer would be 401.
    for body in ["\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "Upgrade: h2c\r\n"] {
        let answer = root.send("PATCH", "/users/1", Some(body));
        assert_eq!(answer.error(), (400, "malformed-request".to_owned()));
    }
}

#[test]
fn a_patch_of_another_type_is_answered_with_the_accepted_ones() {
    let server = Server::start();
    server.user("alice");
    let admin = server.admin().with("content-type", "text/plain");
    for path in ["/users/2", "/api/v1/users/alice"] {
        let answer = admin.send("PATCH", path, Some("{}"));
        let accepted = "application/json, application/merge-patch+json";
        assert_eq!((answer.status, answer.header("accept-patch")), (415, accepted));
    }
    let answer = admin.send("POST", "/users", Some("{}"));
    assert_eq!((answer.status, answer.header("accept-patch")), (415, ""));
}
