//! A signature counts if it was made for this path, not for the one that a proxy asks about.

use super::VERIFY;
use crate::harness::{Client, PASSWORD, SIGNING_HOST, Server, Session, Signable, timestamp};

/// What a client signed, sent with a check.
fn captured(client: &Client, session: &Session, method: &str, target: &str) -> Client {
    let (timestamp, host) = (timestamp(0), SIGNING_HOST);
    let signable = Signable { method, host, target, timestamp: &timestamp, body: "" };
    let signature = session.signature(signable);
    let client = client.with("sessionKey", &session.key).with("timestamp", &timestamp);
    client.with("signature", &signature)
}

#[test]
fn a_signature_for_another_path_or_query_is_refused() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    let anonymous = server.anonymous();
    for (method, target, sent, expected) in [
        ("GET", VERIFY, VERIFY, 204),
        ("GET", "/auth/verify?role=a", "/auth/verify?role=a", 403),
        ("GET", VERIFY, "/auth/verify?role=a", 401),
        ("GET", "/auth/verify?role=a", VERIFY, 401),
        ("HEAD", VERIFY, VERIFY, 401),
        ("POST", VERIFY, VERIFY, 401),
        ("GET", "/users/me", VERIFY, 401),
        ("GET", "/files/report.txt", VERIFY, 401),
        ("GET", "/", VERIFY, 401),
    ] {
        let client = captured(&anonymous, &session, method, target);
        assert_eq!(client.get(sent).status, expected, "{method} {target}, sent to {sent}");
    }
}

/// These headers tell the path that the client asked the proxy for.
#[test]
fn no_header_of_a_proxy_makes_the_clients_path_count() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    let path = "/files/report.txt";
    for (name, value) in [
        ("x-original-uri", path),
        ("x-original-url", "https://files.example.com/files/report.txt"),
        ("x-original-method", "GET"),
        ("x-forwarded-uri", path),
        ("x-forwarded-path", path),
        ("x-forwarded-prefix", path),
        ("x-forwarded-prefix", "/files"),
        ("x-rewrite-url", path),
    ] {
        let client = captured(&server.anonymous(), &session, "GET", path).with(name, value);
        assert_eq!(client.get(VERIFY).status, 401, "{name}: {value}");
    }
}

/// The only prefix is that of this service: the signed path still ends in its own.
#[test]
fn a_trusted_prefix_counts_before_this_path_alone() {
    let trusting = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    let other = Server::start();
    for (server, signed, expected) in [
        (&trusting, "/prov/auth/verify", 204),
        (&trusting, "/prov/users/me", 401),
        (&trusting, "/prov", 401),
        (&other, "/prov/auth/verify", 401),
    ] {
        let (session, _) = server.admin_session();
        let client = captured(&server.anonymous(), &session, "GET", signed);
        let answer = client.with("x-forwarded-prefix", "/prov").get(VERIFY);
        assert_eq!(answer.status, expected, "{signed}");
    }
}
