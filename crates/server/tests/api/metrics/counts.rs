//! The increase of each counter.

use std::thread;

use rollcall_domain::key::KeySecret;
use serde_json::json;

use super::scrape::{Difference, Metered};
use crate::harness::{ADMIN_PASSWORD, PASSWORD, SIGNING_HOST, Signable, basic, timestamp};

const REQUESTS: &str = "rollcall_http_requests_total";
const AUTHENTICATIONS: &str = "rollcall_authentications_total";

/// The increase of the counters by `requests`.
fn counted(metered: &Metered, requests: impl FnOnce()) -> Difference {
    let before = metered.scrape();
    requests();
    &metered.scrape() - &before
}

fn expected(counts: &[(&str, i64)]) -> Vec<(String, i64)> {
    counts.iter().map(|(labels, count)| ((*labels).to_owned(), *count)).collect()
}

#[test]
fn requests_are_counted_by_operation_and_status() {
    let metered = Metered::start();
    let (server, admin) = (&metered.server, metered.server.admin());
    let nothing = json!({"userInfo": {}});
    let difference = counted(&metered, || {
        for _ in 0..3 {
            assert_eq!(admin.get("/users/1").status, 200);
        }
        assert_eq!(server.anonymous().get("/users/1").status, 401);
        assert_eq!(admin.get("/users/99").status, 404);
        assert_eq!(admin.get("/users").status, 200);
        let (id, _) = server.user("alice");
        assert_eq!(
            admin.with("if-match", "9").patch(&format!("/users/{id}"), &nothing).status,
            412
        );
        let body = json!({"value": {"password": "x"}});
        assert_eq!(admin.put("/api/v1/users/bob", &body).status, 400);
        assert_eq!(admin.delete("/api/v1/users/alice").status, 204);
        assert_eq!(server.anonymous().get("/openapi.json").status, 200);
        assert_eq!(server.anonymous().get("/health/ready").status, 200);
        assert_eq!(server.anonymous().get("/nothing").status, 404);
        assert_eq!(server.anonymous().send("POST", "/health/live", None).status, 405);
        assert_eq!(server.anonymous().send("DELETE", "/users", None).status, 405);
    });
    assert_eq!(
        difference.of(REQUESTS),
        expected(&[
            ("{operation=createPortalUser,status=400}", 1),
            ("{operation=createUser,status=201}", 1),
            ("{operation=deletePortalUser,status=204}", 1),
            ("{operation=docs,status=200}", 1),
            ("{operation=getUser,status=200}", 3),
            ("{operation=getUser,status=401}", 1),
            ("{operation=getUser,status=404}", 1),
            ("{operation=health,status=200}", 1),
            ("{operation=listUsers,status=200}", 1),
            ("{operation=unknown,status=404}", 1),
            ("{operation=unknown,status=405}", 2),
            ("{operation=updateUser,status=412}", 1),
        ])
    );
    let times = difference.of("rollcall_http_request_duration_seconds_count");
    let get_user = times.iter().find(|(labels, _)| labels == "{operation=getUser}").unwrap();
    assert_eq!((get_user.1, times.len()), (5, 9));
    let all = "rollcall_http_request_duration_seconds_bucket{le=\"+Inf\",operation=\"getUser\"}";
    assert_eq!(metered.scrape().whole(all), 5);
}

#[test]
fn head_is_counted_as_the_operation_and_reads_no_list() {
    let metered = Metered::start();
    let (server, admin) = (&metered.server, metered.server.admin());
    let paths = ["/users", "/api/v1/users", "/users/1", "/openapi.json"];
    let difference = counted(&metered, || {
        for path in paths {
            assert_eq!(admin.send("HEAD", path, None).status, 200);
        }
        assert_eq!(server.anonymous().send("HEAD", "/users", None).status, 401);
        assert_eq!(server.anonymous().send("OPTIONS", "/users", None).status, 204);
    });
    assert_eq!(
        difference.of(REQUESTS),
        expected(&[
            ("{operation=docs,status=200}", 1),
            ("{operation=getUser,status=200}", 1),
            ("{operation=listPortalUsers,status=200}", 1),
            ("{operation=listUsers,status=200}", 1),
            ("{operation=listUsers,status=401}", 1),
            ("{operation=unknown,status=204}", 1),
        ])
    );
    let list_reads = |difference: &Difference| {
        let waits = difference.of("rollcall_database_connection_wait_seconds_count");
        waits.into_iter().find(|(labels, _)| labels == "{pool=lists}").map(|(_, count)| count)
    };
    assert_eq!(list_reads(&difference), None);
    let difference = counted(&metered, || drop(admin.get("/users")));
    assert_eq!(list_reads(&difference), Some(1));
}

#[test]
fn keys_are_counted_by_outcome() {
    let metered = Metered::start();
    let server = &metered.server;
    let key = crate::keys::make(&server.admin(), 1, &["users:read"]);
    let unknown = KeySecret::generate().unwrap();
    let difference = counted(&metered, || {
        let bearer = |key: &str| server.anonymous().bearer(key).get("/users/1").status;
        assert_eq!([&*key.secret, unknown.expose(), "rck_"].map(bearer), [200, 401, 401]);
        assert_eq!(server.login("root", &key.secret).get("/users/1").status, 200);
    });
    assert_eq!(
        difference.of(AUTHENTICATIONS),
        expected(&[
            ("{kind=key,outcome=accepted}", 2),
            ("{kind=key,outcome=malformed}", 1),
            ("{kind=key,outcome=refused}", 1),
        ])
    );
}

#[test]
fn credentials_are_counted_by_kind_and_outcome() {
    let metered = Metered::start();
    let (server, admin) = (&metered.server, metered.server.admin());
    let wrong = server.login("root", "not the password");
    let (session, signing) = server.admin_session();
    let nothing = json!({"userInfo": {}});
    let difference = counted(&metered, || {
        // Cached since the session's log-in.
        assert_eq!(admin.get("/users/1").status, 200);
        assert_eq!(admin.patch("/users/1", &nothing).status, 200);
        assert_eq!(wrong.get("/users/1").status, 401);
        assert_eq!(server.login("absent", PASSWORD).get("/users/1").status, 401);
        let malformed = server.anonymous().with("authorization", "Basic ???");
        assert_eq!(malformed.get("/users/1").status, 401);
        assert_eq!(server.anonymous().get("/users/1").status, 401);
        let (_, alice) = server.user("alice");
        assert_eq!(alice.get("/api/v1/users/alice").status, 200);
        assert_eq!(alice.get("/api/v1/users/alice").status, 200);
        server.admin_session();
        let login = |password| json!({"credentials": {"name": "root", "password": password}});
        assert_eq!(server.anonymous().post("/tokens", &login("wrong password")).status, 401);
        assert_eq!(signing.get("/users/1").status, 200);
        assert_eq!(signing.patch("/users/1", &nothing).status, 200);
        let signed = |time: &str, signature: &str| {
            let headers =
                [("sessionKey", &*session.key), ("timestamp", time), ("signature", signature)];
            let client = server.anonymous();
            headers.iter().fold(client, |client, (name, value)| client.with(name, value))
        };
        let sign = |method, time: &str, body: &str| {
            session.signature(Signable {
                method,
                host: SIGNING_HOST,
                target: "/users/1",
                timestamp: time,
                body,
            })
        };
        let (now, old) = (timestamp(0), timestamp(-900));
        assert_eq!(signed(&now, "bm9uc2Vuc2U=").get("/users/1").status, 401);
        assert_eq!(signed(&old, &sign("GET", &old, "")).get("/users/1").status, 401);
        // A refused request could be sent again.
        let once = signed(&now, &sign("PATCH", &now, &nothing.to_string()));
        let statuses = [(); 2].map(|()| once.patch("/users/1", &nothing).status);
        assert_eq!(statuses, [200, 401]);
        assert_eq!(server.anonymous().with("sessionKey", "x").get("/users/1").status, 401);
    });
    assert_eq!(
        difference.of(AUTHENTICATIONS),
        expected(&[
            ("{kind=basic,outcome=accepted}", 1),
            ("{kind=basic,outcome=known}", 3),
            ("{kind=basic,outcome=malformed}", 1),
            ("{kind=basic,outcome=refused}", 2),
            ("{kind=login,outcome=known}", 1),
            ("{kind=login,outcome=refused}", 1),
            ("{kind=signed,outcome=accepted}", 3),
            ("{kind=signed,outcome=expired}", 1),
            ("{kind=signed,outcome=malformed}", 1),
            ("{kind=signed,outcome=refused}", 1),
            ("{kind=signed,outcome=replayed}", 1),
        ])
    );
}

#[test]
fn hashes_and_password_cache_lookups_are_counted() {
    let metered = Metered::of(crate::harness::Server::start_with(&[
        "--metrics-listen=127.0.0.1:0",
        "--failures-per-account=3",
    ]));
    let server = &metered.server;
    let difference = counted(&metered, || {
        let (_, alice) = server.user("alice");
        for _ in 0..4 {
            assert_eq!(alice.get("/api/v1/users/alice").status, 200);
        }
        for status in [401, 401, 401, 429, 429] {
            assert_eq!(server.login("alice", "wrong password").get("/users/1").status, status);
        }
    });
    // One registration, one first log-in, three wrong passwords.
    for metric in ["rollcall_hashing_duration_seconds_count", "rollcall_hashing_wait_seconds_count"]
    {
        assert_eq!(difference.of(metric), expected(&[("", 5)]));
    }
    assert_eq!(
        difference.of("rollcall_password_cache_lookups_total"),
        expected(&[("{result=hit}", 3), ("{result=miss}", 6)])
    );
    assert_eq!(
        difference.of(AUTHENTICATIONS),
        expected(&[
            ("{kind=basic,outcome=accepted}", 1),
            ("{kind=basic,outcome=known}", 3),
            ("{kind=basic,outcome=refused}", 3),
            ("{kind=basic,outcome=throttled}", 2),
        ])
    );
    assert_eq!(metered.scrape().whole("rollcall_hashing_waiting"), 0);
    assert_eq!(metered.scrape().whole("rollcall_hashing_running"), 0);
}

#[test]
fn request_data_adds_no_metrics_and_appears_in_none() {
    let metered = Metered::start();
    let (server, admin) = (&metered.server, metered.server.admin());
    let (_, alice) = server.user("alice-of-wonderland");
    // So that all their labels exist.
    assert_eq!(alice.get("/api/v1/users/alice-of-wonderland").status, 200);
    assert_eq!(server.login("mallory", "guess").get("/users/1").status, 401);
    assert_eq!(server.anonymous().get("/a").status, 404);
    assert_eq!(server.anonymous().send("BREW", "/users", None).status, 405);
    assert_eq!(admin.get("/api/v1/users/absent").status, 404);
    let before = metered.wait_for(|scrape| scrape.0.contains_key("rollcall_sessions"));
    for number in 0..100 {
        server.anonymous().get(&format!("/secret-path-{number}?name=alice-{number}"));
        server.anonymous().send(&format!("VERB{number}"), "/users", None);
        admin.get(&format!("/api/v1/users/secret-name-{number}"));
        let agent = format!("secret-agent-{number}");
        alice.with("user-agent", &agent).get("/api/v1/users/alice-of-wonderland");
        server.anonymous().with("x-request-id", &agent).get("/secret-path");
    }
    let text = metered.text();
    assert_eq!(metered.scrape().0.len(), before.0.len());
    for secret in [
        "secret",
        "alice",
        "VERB",
        "mallory",
        "guess",
        "root",
        "wonderland",
        PASSWORD,
        ADMIN_PASSWORD,
        "127.0.0.1",
        "example.com",
        &basic("root", ADMIN_PASSWORD)[6..],
        "rollcall.db",
        "postgres://",
    ] {
        assert!(!text.contains(secret), "{secret}:\n{text}");
    }
    assert!(text.lines().count() < 1000, "{}", text.lines().count());
}

#[test]
fn no_concurrent_request_is_lost() {
    let metered = Metered::start();
    let difference = counted(&metered, || {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let admin = metered.server.admin();
                    for _ in 0..50 {
                        assert_eq!(admin.get("/users/1").status, 200);
                    }
                });
            }
        });
    });
    assert_eq!(difference.of(REQUESTS), expected(&[("{operation=getUser,status=200}", 400)]));
    let authentications: i64 = difference.of(AUTHENTICATIONS).iter().map(|(_, count)| count).sum();
    assert_eq!(authentications, 400);
    let scrape = metered.wait_for(|scrape| scrape.whole("rollcall_http_connections") == 0);
    assert_eq!(scrape.whole("rollcall_http_requests_in_flight"), 0);
}
