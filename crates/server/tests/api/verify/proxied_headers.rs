//! Headers of the request that a proxy asks about. Its check carries many of them.

use super::VERIFY;
use crate::harness::{
    ADMIN_PASSWORD, Raw, SIGNING_HOST, Server, Session, Signable, basic, timestamp,
};

/// Headers that browsers, nginx, Caddy and Traefik send.
const HEADERS: [(&str, &str); 20] = [
    ("content-type", "multipart/form-data; boundary=x"),
    ("content-encoding", "gzip"),
    ("accept", "text/html"),
    ("accept-encoding", "br, zstd"),
    ("range", "bytes=0-99"),
    ("if-match", "\"no version\""),
    ("if-none-match", "*"),
    ("if-modified-since", "Sat, 28 Nov 2026 00:00:00 GMT"),
    ("cookie", "session=1; sessionKey=2"),
    ("origin", "https://files.example.com"),
    ("access-control-request-method", "DELETE"),
    ("referer", "https://files.example.com/"),
    ("upgrade", "websocket"),
    ("x-original-uri", "/files?role=admin"),
    ("x-original-method", "POST"),
    ("x-forwarded-method", "DELETE"),
    ("x-forwarded-host", "files.example.com"),
    ("x-forwarded-proto", "https"),
    ("remote-user", "admin"),
    ("remote-groups", "admin"),
];

/// The lines of credentials, of a password or of a session.
fn credentials(session: Option<&Session>) -> String {
    let Some(session) = session else {
        return format!("authorization: {}\r\n", basic("root", ADMIN_PASSWORD));
    };
    let time = timestamp(0);
    let (method, host, target) = ("GET", SIGNING_HOST, VERIFY);
    let signable = Signable { method, host, target, timestamp: &time, body: "" };
    let signature = session.signature(signable);
    format!("sessionKey: {}\r\ntimestamp: {time}\r\nsignature: {signature}\r\n", session.key)
}

#[test]
fn no_other_header_changes_the_answer() {
    let server = Server::start_with(&["--cors-origins=https://app.example.com"]);
    let (session, _) = server.admin_session();
    for session in [None, Some(&session)] {
        let lines = HEADERS.map(|(name, value)| format!("{name}: {value}\r\n"));
        for lines in lines.iter().cloned().chain([lines.concat()]) {
            let mut raw = Raw::connect(server.address());
            let answer = raw.get(VERIFY, &(credentials(session) + &lines));
            assert!(answer.starts_with("HTTP/1.1 204 "), "{lines}{answer}");
            let found = answer.lines().filter(|line| line.starts_with("remote-"));
            let expected = [
                "remote-user: root",
                "remote-user-id: 1",
                "remote-email: ",
                "remote-groups: admin",
            ];
            let mut found: Vec<_> = found.collect();
            found.sort_by_key(|line| expected.iter().position(|shown| shown == line));
            assert_eq!(found, expected, "{lines}");
        }
    }
}

/// A proxy that passes the length on, but not the body, would wait for an answer that waits for a
/// body. On the same connection the next request would be taken for the body.
#[test]
fn a_length_without_a_body_is_answered_and_ends_the_connection() {
    let server = Server::start();
    let (session, _) = server.admin_session();
    for session in [None, Some(&session)] {
        for length in [
            "content-length: 1",
            "content-length: 65536",
            "content-length: 1000000",
            "transfer-encoding: chunked",
        ] {
            let mut raw = Raw::connect(server.address());
            let lines = format!("{length}\r\ncontent-type: application/json\r\n");
            let head = raw.get(VERIFY, &(credentials(session) + &lines));
            assert!(head.starts_with("HTTP/1.1 204 "), "{length}: {head}");
            assert!(head.contains("connection: close\r\n"), "{length}: {head}");
            let _ = raw.try_send("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
            assert_eq!(raw.rest(), "", "{length}");
        }
        let mut raw = Raw::connect(server.address());
        for _ in 0..2 {
            let head = raw.get(VERIFY, &(credentials(session) + "content-length: 0\r\n"));
            assert!(head.starts_with("HTTP/1.1 204 "), "{head}");
        }
    }
}

#[test]
fn a_body_that_comes_is_no_part_of_the_check() {
    let server = Server::start();
    let (session, _) = server.admin_session();
    for session in [None, Some(&session)] {
        let credentials = credentials(session);
        for (length, body) in [
            ("content-length: 5\r\n", "hello".to_owned()),
            ("transfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n".to_owned()),
            ("content-length: 300000\r\n", "x".repeat(300_000)),
        ] {
            let mut raw = Raw::connect(server.address());
            let head = format!("GET {VERIFY} HTTP/1.1\r\nhost: x\r\n{credentials}{length}\r\n");
            // The server may answer and close before it has taken a long body.
            let _ = raw.try_send(&(head + &body));
            let answer = raw.answer();
            assert!(answer.starts_with("HTTP/1.1 204 "), "{length}{answer}");
        }
    }
}
