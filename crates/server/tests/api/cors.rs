//! Pages of other origins.

use crate::harness::{Answer, Client, Server, rollcall};

const APP: &str = "https://app.example.com";

fn preflight(client: &Client, origin: &str, path: &str, method: &str, headers: &str) -> Answer {
    client
        .with("origin", origin)
        .with("access-control-request-method", method)
        .with("access-control-request-headers", headers)
        .send("OPTIONS", path, None)
}

/// The elements of a list in a header.
fn list(answer: &Answer, name: &str) -> Vec<String> {
    let mut list: Vec<_> =
        answer.header(name).split(',').map(|element| element.trim().to_lowercase()).collect();
    list.sort();
    list
}

#[test]
fn unless_origins_are_listed_no_page_of_another_may_call() {
    let server = Server::start();
    // The answer to any OPTIONS, which a browser treats as a refusal.
    let refused = preflight(&server.anonymous(), APP, "/users", "GET", "authorization");
    assert_eq!((refused.status, refused.header("allow").is_empty()), (204, false));
    let answer = server.admin().with("origin", APP).get("/users");
    assert_eq!(answer.status, 200);
    for answer in [refused, answer] {
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
        assert_eq!(answer.header("vary"), "");
    }
}

#[test]
fn a_listed_origin_may_send_and_read_all_documented_headers() {
    let server =
        Server::start_with(&["--cors-origins=http://localhost:3000,https://app.example.com"]);
    for (origin, path, method) in [
        (APP, "/users/1", "PATCH"),
        ("http://localhost:3000", "/api/v1/users/alice", "PUT"),
        (APP, "/tokens", "POST"),
        (APP, "/api/v1/users/alice", "DELETE"),
        (APP, "/users/1", "HEAD"),
    ] {
        let headers = "authorization,content-type,if-match,if-none-match,sessionkey,timestamp,\
                       signature,x-requested-with,x-request-id";
        let answer = preflight(&server.anonymous(), origin, path, method, headers);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert!(list(&answer, "access-control-allow-methods").contains(&method.to_lowercase()));
        let mut expected: Vec<_> = headers.split(',').collect();
        expected.sort_unstable();
        assert_eq!(list(&answer, "access-control-allow-headers"), expected);
        assert!(list(&answer, "vary").contains(&"origin".to_owned()), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for (client, status) in [(server.admin(), 200), (server.anonymous(), 401)] {
        let answer = client.with("origin", APP).get("/users/1");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, APP));
        let exposed = list(&answer, "access-control-expose-headers");
        assert_eq!(
            exposed,
            ["etag", "link", "location", "retry-after", "www-authenticate", "x-request-id"]
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(list(&answer, "vary").contains(&"origin".to_owned()), "{answer:?}");
    }
}

/// Tracing adds `traceparent` to each request of a page, axios `cache-control`, and so on.
#[test]
fn a_page_of_a_listed_origin_may_send_any_header() {
    for (origins, allowed) in [(APP, APP), ("*", "*")] {
        let server = Server::start_with(&[&format!("--cors-origins={origins}")]);
        for headers in ["traceparent", "cache-control,pragma,prefer", "X-Unknown"] {
            let answer = preflight(&server.anonymous(), APP, "/users/1", "PATCH", headers);
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.header("access-control-allow-origin"), allowed);
            let found = list(&answer, "access-control-allow-headers");
            assert_eq!(found.join(","), headers.to_lowercase(), "{answer:?}");
        }
    }
}

#[test]
fn pages_of_other_origins_learn_nothing_where_some_are_listed() {
    let server = Server::start_with(&["--cors-origins=https://app.example.com"]);
    for origin in [
        "https://evil.example.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "null",
    ] {
        let answer = server.admin().with("origin", origin).get("/users");
        assert_eq!(answer.status, 200);
        let refused = preflight(&server.anonymous(), origin, "/users", "GET", "authorization");
        assert_eq!(refused.error(), (400, "malformed-request".to_owned()), "{origin}");
        let portal =
            preflight(&server.anonymous(), origin, "/api/v1/users", "GET", "authorization");
        assert!(portal.json().is_string(), "{portal:?}");
        for answer in [answer, refused, portal] {
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
            assert!(list(&answer, "vary").contains(&"origin".to_owned()), "{answer:?}");
        }
    }
    let refused = preflight(&server.anonymous(), APP, "/users", "TRACE", "authorization");
    assert_eq!(refused.status, 400, "{refused:?}");
    // Without its headers an OPTIONS request is no preflight.
    let plain = server.anonymous().with("origin", APP).send("OPTIONS", "/users", None);
    assert_eq!((plain.status, plain.header("allow").is_empty()), (204, false));
}

#[test]
fn a_wildcard_allows_every_origin_without_browser_credentials() {
    let server = Server::start_with(&["--cors-origins=*"]);
    let answer = server.admin().with("origin", "https://any.example").get("/users");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let leave =
        preflight(&server.anonymous(), "https://any.example", "/users", "GET", "sessionkey");
    assert_eq!((leave.status, leave.header("access-control-allow-origin")), (200, "*"));
    for answer in [answer, leave] {
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}

#[test]
fn an_invalid_origin_stops_the_start_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for origins in
        ["app.example.com", "https://app.example.com/", "https://a.example,ftp://b.example"]
    {
        let flag = format!("--cors-origins={origins}");
        let output = rollcall(&folder, &[&flag]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said.contains("--cors-origins <ORIGINS>': must be * or origins in lower"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
