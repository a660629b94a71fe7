//! The paths that a signature may cover. It is valid for one resource and one use.

use serde_json::json;

use super::session;
use crate::harness::{Answer, Client, SIGNING_HOST, Server, Session, Signable, timestamp};

const TRUSTED: &str = "--trusted-proxies=127.0.0.1";

/// A request whose signature covers another path than the request.
struct Signed<'a> {
    method: &'a str,
    over: &'a str,
    sent: &'a str,
    body: &'a str,
}

impl Signed<'_> {
    /// The three headers, as an attacker may have captured them.
    fn client(&self, client: &Client, session: &Session) -> Client {
        let time = timestamp(0);
        let Self { method, over, body, .. } = *self;
        let host = SIGNING_HOST;
        let signable = Signable { method, host, target: over, timestamp: &time, body };
        let signature = session.signature(signable);
        client
            .with("content-type", "application/json")
            .with("sessionKey", &session.key)
            .with("timestamp", &time)
            .with("signature", &signature)
    }

    fn send(&self, client: &Client) -> Answer {
        client.send(self.method, self.sent, (!self.body.is_empty()).then_some(self.body))
    }
}

/// The status of `GET` `sent` below `base`, signed over the path `over`, with these prefixes.
fn status(server: &Server, base: &str, prefixes: &[&str], over: &str, sent: &str) -> u16 {
    let session = session(server, base);
    let signed = Signed { method: "GET", over, sent, body: "" };
    let client = signed.client(&server.anonymous().below(base), &session);
    let add = |client: Client, prefix: &&str| client.with("x-forwarded-prefix", prefix);
    signed.send(&prefixes.iter().fold(client, add)).status
}

#[test]
fn a_signature_is_over_the_path_as_received() {
    let server = Server::start();
    assert_eq!(status(&server, "", &[], "/users?limit=1", "/users?limit=1"), 200);
    assert_eq!(status(&server, "", &[], "/prov/users", "/users"), 401);
    let behind = Server::start_with(&[TRUSTED]);
    assert_eq!(status(&behind, "", &["/prov"], "/users", "/users"), 200);
}

#[test]
fn a_signature_is_over_the_base_path_and_the_path() {
    let server = Server::start_with(&["--base-path=/prov"]);
    for (over, expected) in [("/prov/users", 200), ("/users", 401), ("/prov/prov/users", 401)] {
        assert_eq!(status(&server, "/prov", &[], over, "/users"), expected, "{over}");
    }
}

#[test]
fn a_signature_is_over_a_trusted_proxys_prefix_and_the_path() {
    for trust in [TRUSTED, "--trusted-hops=1"] {
        let server = Server::start_with(&[trust]);
        for (prefix, over) in [
            ("/prov", "/prov/users?limit=1"),
            ("/prov/", "/prov/users?limit=1"),
            ("/a/b-c/~d", "/a/b-c/~d/users?limit=1"),
        ] {
            assert_eq!(status(&server, "", &[prefix], over, "/users?limit=1"), 200, "{prefix}");
        }
        assert_eq!(status(&server, "", &["/prov"], "/other/users", "/users"), 401);
        assert_eq!(status(&server, "", &["/prov"], "/prov/users/1", "/users"), 401);
    }
    let server = Server::start_with(&[TRUSTED, "--base-path=/prov"]);
    for over in ["/a/prov/users", "/a/users", "/prov/users"] {
        assert_eq!(status(&server, "/prov", &["/a"], over, "/users"), 200, "{over}");
    }
}

#[test]
fn the_prefix_of_a_peer_that_is_not_trusted_does_not_count() {
    for arguments in [&[][..], &["--trusted-proxies=192.0.2.1"]] {
        let server = Server::start_with(arguments);
        assert_eq!(status(&server, "", &["/prov"], "/prov/users", "/users"), 401);
    }
}

/// Otherwise a captured request for one set would be valid for the other.
#[test]
fn a_signature_is_good_for_one_resource_only() {
    let server = Server::start_with(&[TRUSTED]);
    for (prefixes, over, sent) in [
        (&["/api/v1"][..], "/api/v1/users", "/users"),
        (&["/api/v1"], "/api/v1/users?limit=1", "/users?limit=1"),
        (&["/x/api/v1"], "/x/api/v1/users", "/users"),
        (&["/users"], "/users/users", "/users"),
        (&["/x/tokens"], "/x/tokens/users", "/users"),
        (&["/api/%761"], "/api/%761/users", "/users"),
        (&["/api/v1/."], "/api/v1/./users", "/users"),
        (&["/x/../api/v1"], "/x/../api/v1/users", "/users"),
        (&["/api/v1/users%2F1"], "/api/v1/users%2F1/users", "/users"),
        (&["//prov"], "//prov/users", "/users"),
        (&["prov"], "prov/users", "/users"),
        (&["/prov?a="], "/prov?a=/users", "/users"),
        (&["/prov", "/prov"], "/prov/users", "/users"),
        (&["/prov, /prov"], "/prov, /prov/users", "/users"),
    ] {
        assert_eq!(status(&server, "", prefixes, over, sent), 401, "{prefixes:?}");
    }
    let below = Server::start_with(&[TRUSTED, "--base-path=/v1"]);
    for over in ["/api/v1/users", "/users"] {
        assert_eq!(status(&below, "/v1", &["/api"], over, "/users"), 401, "{over}");
    }
}

#[test]
fn a_signature_is_used_up_once_in_any_form() {
    let server = Server::start_with(&[TRUSTED]);
    let session = session(&server, "");
    let body = json!({"userInfo": {"email": "root@example.com"}}).to_string();
    let signed = Signed { method: "PATCH", over: "/a/b/users/1", sent: "/users/1", body: &body };
    let captured = signed.client(&server.anonymous(), &session);
    let through = |prefix: &str| {
        let client = captured.with("x-forwarded-prefix", prefix);
        signed.send(&client).status
    };
    assert_eq!([through("/a/b"), through("/a/b"), through("/a/b/")], [200, 401, 401]);
    let elsewhere = Signed { sent: "/b/users/1", ..signed };
    let client = captured.with("x-forwarded-prefix", "/a");
    assert_eq!(elsewhere.send(&client).status, 404);
}
