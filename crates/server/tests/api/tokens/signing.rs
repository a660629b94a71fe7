//! Which signatures are accepted.

use serde_json::json;

use crate::harness::{
    ADMIN_PASSWORD, Answer, Client, PASSWORD, SIGNING_HOST, Server, Session, Signable, timestamp,
};

/// Sends a request as it is, with these three headers.
pub(super) fn send(client: &Client, signable: Signable<'_>, key: &str, signature: &str) -> Answer {
    let client = client
        .with("content-type", "application/json")
        .with("sessionKey", key)
        .with("timestamp", signable.timestamp)
        .with("signature", signature);
    let body = (!signable.body.is_empty()).then_some(signable.body);
    client.send(signable.method, signable.target, body)
}

fn get<'a>(target: &'a str, timestamp: &'a str) -> Signable<'a> {
    Signable { method: "GET", host: SIGNING_HOST, target, timestamp, body: "" }
}

#[test]
fn both_sets_take_signed_requests_of_every_method() {
    let server = Server::start();
    let (_, signed) = server.admin_session();
    let password = json!({"value": {"password": PASSWORD}});
    assert_eq!(signed.put("/api/v1/users/bob", &password).status, 201);
    assert_eq!(signed.get("/api/v1/users/bob").status, 200);
    assert_eq!(signed.get("/users/2").status, 200);
    let rename = json!({"userInfo": {"name": "Bobby ☃"}});
    assert_eq!(signed.patch("/users/2", &rename).error().0, 400);
    let rename = json!({"userInfo": {"name": "Zoë"}});
    assert_eq!(signed.with("if-match", "0").patch("/users/2", &rename).status, 200);
    assert_eq!(signed.delete("/api/v1/users/zo%C3%AB").status, 204);
}

#[test]
fn path_and_query_are_signed_as_they_are_sent() {
    let server = Server::start();
    let (_, signed) = server.admin_session();
    for target in [
        "/users?",
        "/users/1?a=1&b=2",
        "/users/1?b=2&a=1&&=",
        "/users/1?x=%2f%2F+%20&y=a?b=c",
        "/api/v1/users/r%6Fot",
        "/api/v1/users/%72oot?q=%zz",
    ] {
        assert_eq!(signed.get(target).status, 200, "{target}");
    }
}

#[test]
fn tampering_with_any_signed_part_is_refused() {
    let server = Server::start();
    let (session, _) = server.admin_session();
    let (other, _) = server.admin_session();
    let anonymous = server.anonymous();
    let (time, later) = (timestamp(0), timestamp(1));
    let body = json!({"userInfo": {"email": "root@example.com"}}).to_string();
    let forged = body.replace("root", "evil");
    let honest = Signable {
        method: "PATCH",
        host: SIGNING_HOST,
        target: "/users/1?a=b",
        timestamp: &time,
        body: &body,
    };
    let signature = session.signature(honest);
    for (part, sent) in [
        ("path", Signable { target: "/users/2?a=b", ..honest }),
        ("query", Signable { target: "/users/1?a=c", ..honest }),
        ("no query", Signable { target: "/users/1", ..honest }),
        ("method", Signable { method: "GET", ..honest }),
        ("timestamp", Signable { timestamp: &later, ..honest }),
        ("body", Signable { body: &forged, ..honest }),
        ("no body", Signable { body: "", ..honest }),
    ] {
        let answer = send(&anonymous, sent, &session.key, &signature);
        assert_eq!(answer.error(), (401, "unauthenticated".to_owned()), "{part}");
    }
    for (what, key, signature) in [
        ("another session's key", &other.key, signature.clone()),
        ("an unknown key", &"unknown".to_owned(), signature.clone()),
        ("another token", &session.key, other.signature(honest)),
        ("another host", &session.key, session.signature(Signable { host: "x", ..honest })),
        ("a cut signature", &session.key, signature[4..].to_owned()),
        ("an empty signature", &session.key, String::new()),
    ] {
        let answer = send(&anonymous, honest, key, &signature);
        assert_eq!(answer.error(), (401, "unauthenticated".to_owned()), "{what}");
    }
    assert_eq!(send(&anonymous, honest, &session.key, &signature).status, 200);
}

#[test]
fn the_signing_host_is_a_setting() {
    let server = Server::start_with(&["--signing-host=directory.example.com"]);
    let (session, _) = server.admin_session();
    let time = timestamp(0);
    for (host, status) in [("directory.example.com", 200), (SIGNING_HOST, 401)] {
        let signable = Signable { host, ..get("/users", &time) };
        let signature = session.signature(signable);
        let answer = send(&server.anonymous(), signable, &session.key, &signature);
        assert_eq!(answer.status, status, "{host}");
    }
}

#[test]
fn a_timestamp_must_be_of_now_and_the_refusal_says_so() {
    let default = Server::start();
    let narrow = Server::start_with(&["--timestamp-max-age=10", "--timestamp-max-ahead=5"]);
    for (server, times) in [
        (&default, [(-290, 200), (-301, 401), (25, 200), (32, 401)]),
        (&narrow, [(-8, 200), (-11, 401), (3, 200), (7, 401)]),
    ] {
        let (session, _) = server.admin_session();
        for (seconds, status) in times {
            let time = timestamp(seconds);
            let signable = get("/users", &time);
            let signature = session.signature(signable);
            let answer = send(&server.anonymous(), signable, &session.key, &signature);
            assert_eq!(answer.status, status, "{seconds}");
            if status == 401 {
                let detail = answer.json()["detail"].as_str().unwrap().to_owned();
                assert!(detail.contains("timestamp must be"), "{detail}");
            }
        }
    }
}

#[test]
fn a_timestamp_without_a_zone_is_in_utc() {
    let server = Server::start();
    let (session, _) = server.admin_session();
    for (format, status) in [
        ("%Y-%m-%dT%H:%M:%S", 200),
        ("%Y-%m-%dT%H:%M:%S.535123", 200),
        ("%Y-%m-%dT%H:%M:%S.5", 200),
        ("%Y-%m-%dT%H:%M:%S.123456789", 200),
        ("%Y-%m-%d %H:%M:%S", 200),
        ("%Y-%m-%dT%H:%M:%S+00:00", 200),
        ("%Y-%m-%dT%H:%M:%S.", 401),
        ("%Y-%m-%dT%H:%M", 401),
        ("%Y-%m-%d", 401),
    ] {
        let time = jiff::Timestamp::now().strftime(format).to_string();
        let signable = get("/users", &time);
        let signature = session.signature(signable);
        let answer = send(&server.anonymous(), signable, &session.key, &signature);
        assert_eq!(answer.status, status, "{time}: {}", answer.body);
    }
    let earlier = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(301);
    let time = earlier.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let signature = session.signature(get("/users", &time));
    let answer = send(&server.anonymous(), get("/users", &time), &session.key, &signature);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(answer.status == 401 && detail.contains("Without a zone it is UTC"), "{detail}");
}

#[test]
fn incomplete_or_double_credentials_are_refused_with_the_reason() {
    let server = Server::start();
    let (session, signed) = server.admin_session();
    let both = signed.with("authorization", &crate::harness::basic("root", ADMIN_PASSWORD));
    let half = server.anonymous().with("sessionKey", &session.key);
    for (client, reason) in [(both, "not both"), (half, "timestamp and signature")] {
        for path in ["/users", "/api/v1/users"] {
            let answer = client.get(path);
            assert_eq!(answer.status, 401);
            assert!(answer.body.contains(reason), "{}", answer.body);
        }
    }
    assert_eq!(server.admin().with("timestamp", "x").get("/users").status, 200);
    // Where credentials are not required, half of them are not taken for none.
    let half = server.anonymous().with("timestamp", "x").with("signature", "x");
    let info = json!({"name": "bob", "email": "bob@example.com", "plaintextPassword": PASSWORD});
    let body = json!({ "userInfo": info });
    assert_eq!(half.post("/users", &body).status, 401);
    assert_eq!(server.anonymous().with("timestamp", "x").post("/users", &body).status, 201);
}

#[test]
fn a_body_that_is_too_large_to_check_is_413() {
    let server = Server::start();
    let (_, signed) = server.admin_session();
    let body = "x".repeat(65_537);
    for (method, path) in [("GET", "/users"), ("PATCH", "/users/1"), ("DELETE", "/tokens/x")] {
        assert_eq!(signed.send(method, path, Some(&body)).status, 413, "{method} {path}");
    }
    let unknown = Session { key: "unknown".into(), token: "unknown".into() };
    let stranger = server.anonymous().signing(&unknown);
    assert_eq!(stranger.send("PATCH", "/users/1", Some(&body)).status, 401);
}

#[test]
fn a_session_changes_its_password_only_with_the_current_one() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    let (_, signed) = server.session("alice", PASSWORD);
    let new = "another fine password";
    let missing = signed.patch(&path, &json!({"userInfo": {"plaintextPassword": new}}));
    assert_eq!(missing.error(), (400, "invalid-fields".to_owned()));
    assert_eq!(missing.json()["errors"][0]["field"], "userInfo.currentPlaintextPassword");
    let with = |current: &str| {
        let info = json!({"plaintextPassword": new, "currentPlaintextPassword": current});
        signed.patch(&path, &json!({ "userInfo": info }))
    };
    assert_eq!(with("wrong password").error(), (403, "wrong-current-password".to_owned()));
    assert_eq!(alice.get(&path).json()["user"]["version"], 0);
    assert_eq!(with(PASSWORD).status, 200);
    assert_eq!(server.login("alice", new).get(&path).status, 200);
    // An admin may change another user's password without the current one.
    let (_, admin) = server.admin_session();
    let info = json!({"userInfo": {"plaintextPassword": PASSWORD}});
    assert_eq!(admin.patch(&path, &info).status, 200);
    assert_eq!(admin.patch("/users/1", &info).error(), (400, "invalid-fields".to_owned()));
}
