//! HEAD and OPTIONS, which the document leaves to HTTP.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{
    ADMIN_PASSWORD, Answer, Client, PASSWORD, Raw, SIGNING_HOST, Server, Signable, basic, timestamp,
};

const DOCUMENT: &str = include_str!("../../../../openapi/openapi.json");

/// The paths beside the document that are read.
const EXTRA: [&str; 8] = [
    "/",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/openapi.yaml",
    "/signing-test-vectors.json",
    "/swagger-ui",
    "/swagger-ui/session.js",
];

/// Whole lists, whose length is unknown until every user is read.
const LISTS: [&str; 2] = ["/users", "/api/v1/users"];

/// The paths of the document, about alice, each with its methods.
fn paths() -> Vec<(String, Vec<String>)> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let paths = document["paths"].as_object().unwrap().iter().map(|(path, item)| {
        let path = path.replace("{user}", "alice").replace("{userId}", "2");
        let path = path.replace("{sessionKey}", "key").replace("{sessionId}", "1");
        let path = path.replace("{keyId}", "1");
        assert!(!path.contains('{'), "{path} is new: say here whom it is about");
        (path, item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect())
    });
    paths.collect()
}

/// Paths that are read, with and without parameters and errors.
fn reads() -> Vec<String> {
    let documented =
        paths().into_iter().filter(|(_, methods)| methods.iter().any(|method| method == "GET"));
    let mut reads: Vec<_> = documented.map(|(path, _)| path).collect();
    assert!(reads.len() >= 6);
    reads.extend(EXTRA.map(str::to_owned));
    for more in [
        "/users?limit=1",
        "/api/v1/users?limit=1",
        "/audit?limit=1",
        "/users?limit=x",
        "/users/x",
        "/users/99",
        "/api/v1/users/missing",
        "/nothing",
        "/swagger-ui/nothing.js",
    ] {
        reads.push(more.to_owned());
    }
    reads
}

/// The headers of an answer, without those that change with time.
fn headers(answer: &Answer) -> BTreeMap<String, String> {
    let headers = answer
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()));
    headers.filter(|(name, _)| !matches!(&**name, "date" | "x-request-id")).collect()
}

#[test]
fn head_is_answered_as_get_without_the_body() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    server.user("bob");
    let (_, signed) = server.admin_session();
    let admin = server.admin();
    let stale = admin.with("if-none-match", "\"0\", \"2.0\"");
    for client in [admin, signed, alice, server.anonymous(), stale] {
        for path in reads() {
            let [get, head] = ["GET", "HEAD"].map(|method| client.send(method, &path, None));
            assert_eq!((head.status, &*head.body), (get.status, ""), "{path}");
            let (mut expected, found) = (headers(&get), headers(&head));
            if LISTS.contains(&&*path) && get.status == 200 {
                expected.remove("content-length");
            } else if !matches!(get.status, 204 | 304) {
                assert_eq!(expected["content-length"], get.body.len().to_string(), "{path}");
            }
            assert_eq!(found, expected, "{path}");
        }
    }
}

#[test]
fn no_byte_follows_the_head_of_an_answer() {
    let server = Server::start();
    let authorization = basic("root", ADMIN_PASSWORD);
    let paths = ["/", "/users", "/users?limit=1", "/users/1", "/users/x", "/audit", "/tokens"];
    for path in paths.into_iter().chain(["/nothing", "/openapi.json", "/health/ready"]) {
        let mut raw = Raw::connect(server.address());
        let head = format!("HEAD {path} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\n");
        let next = "GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        raw.try_send(&format!("{head}\r\n{next}")).unwrap();
        let all = raw.rest();
        let (first, rest) = all.split_once("\r\n\r\n").unwrap();
        assert!(first.starts_with("HTTP/1.1 "), "{path}: {all}");
        let has_length = first.contains("\r\ncontent-length: ");
        assert_eq!(has_length, path != "/users", "{path}: {all}");
        assert!(rest.starts_with("HTTP/1.1 200 OK\r\n") && rest.ends_with("\r\n\r\nok\n"), "{all}");
    }
}

#[test]
fn a_signature_of_get_is_not_valid_for_head() {
    let server = Server::start();
    let (session, _) = server.admin_session();
    let signed = |method: &str| {
        let (time, target) = (timestamp(0), "/users/1");
        let host = SIGNING_HOST;
        let signable = Signable { method, host, target, timestamp: &time, body: "" };
        let signature = session.signature(signable);
        let client = server.anonymous().with("sessionKey", &session.key);
        client.with("timestamp", &time).with("signature", &signature)
    };
    let status = |client: &Client, method| client.send(method, "/users/1", None).status;
    let [get, head] = ["GET", "HEAD"].map(signed);
    assert_eq!([status(&get, "GET"), status(&get, "HEAD")], [200, 401]);
    // A safe request may be repeated.
    assert_eq!(
        [status(&head, "HEAD"), status(&head, "HEAD"), status(&head, "GET")],
        [200, 200, 401]
    );
}

#[test]
fn guesses_by_head_are_counted_as_those_by_get() {
    let server = Server::start_with(&["--failures-per-account=3"]);
    server.user("alice");
    let guess = |number: i32, method| {
        let client = server.login("alice", &format!("guess {number}"));
        client.send(method, "/api/v1/users/alice", None)
    };
    let statuses: Vec<_> = (0..3).map(|number| guess(number, "HEAD").status).collect();
    assert_eq!(statuses, [401; 3]);
    for method in ["HEAD", "GET"] {
        let answer = guess(3, method);
        assert_eq!((answer.status, answer.header("retry-after").is_empty()), (429, false));
    }
}

#[test]
fn options_lists_the_methods_of_every_path() {
    let server = Server::start();
    let extra = EXTRA.map(|path| (path.to_owned(), vec!["GET".to_owned()]));
    let wrong = server.login("root", "wrong password");
    for (path, mut methods) in paths().into_iter().chain(extra) {
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        methods.push("OPTIONS".to_owned());
        methods.sort();
        for client in [server.anonymous(), wrong.clone()] {
            let answer = client.send("OPTIONS", &path, None);
            assert_eq!((answer.status, &*answer.body), (204, ""), "{path}");
            let mut allow: Vec<_> = answer.header("allow").split(", ").collect();
            allow.sort_unstable();
            assert_eq!(allow, methods, "{path}");
            let is_patched = methods.iter().any(|method| method == "PATCH");
            let patches = "application/json, application/merge-patch+json";
            let expected = if is_patched { patches } else { "" };
            assert_eq!(answer.header("accept-patch"), expected, "{path}");
        }
    }
    for path in ["/nothing", "/users/", "/api/v1"] {
        assert_eq!(server.anonymous().send("OPTIONS", path, None).status, 404, "{path}");
    }
    // None of these requests counted as an attempt.
    assert_eq!(server.login("root", ADMIN_PASSWORD).get("/users").status, 200);
}

#[test]
fn options_of_the_server_lists_every_method() {
    for arguments in [&[][..], &["--base-path=/prov"], &["--cors-origins=*"]] {
        let server = Server::start_with(arguments);
        let mut raw = Raw::connect(server.address());
        let ask =
            |method: &str, rest: &str| format!("{method} * HTTP/1.1\r\nhost: x\r\n{rest}\r\n");
        raw.try_send(&(ask("OPTIONS", "") + &ask("GET", "connection: close\r\n"))).unwrap();
        let all = raw.rest();
        let (first, rest) = all.split_once("\r\n\r\n").unwrap();
        assert!(first.starts_with("HTTP/1.1 204 "), "{all}");
        let allow = first.lines().find_map(|line| line.strip_prefix("allow: ")).unwrap();
        assert_eq!(allow, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        assert!(rest.starts_with("HTTP/1.1 404 "), "{all}");
        let documented = paths().into_iter().flat_map(|(_, methods)| methods);
        let allowed: Vec<_> = allow.split(", ").collect();
        assert!(documented.into_iter().all(|method| allowed.contains(&&*method)));
    }
}

#[test]
fn a_path_that_anyone_may_ask_about_is_not_logged() {
    let mut server = Server::start();
    for (id, path) in [("options-name", "/api/v1/users/canary"), ("options-key", "/tokens/canary")]
    {
        let answer = server.anonymous().with("x-request-id", id).send("OPTIONS", path, None);
        assert_eq!(answer.status, 204);
        server.process().wait_for(&format!("/{id} 127.0.0.1 OPTIONS "));
    }
    assert!(!server.process().said().contains("canary"));
    let body = json!({"value": {"password": PASSWORD}});
    assert_eq!(server.admin().put("/api/v1/users/alice", &body).status, 201);
    server.admin().with("x-request-id", "head").send("HEAD", "/api/v1/users/alice", None);
    server.process().wait_for("/head 127.0.0.1 HEAD /api/v1/users/alice 200 ");
}
