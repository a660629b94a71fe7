//! `GET /users/me`: the user whose credentials a request has.

use serde_json::json;

use crate::harness::{
    Client, PASSWORD, Raw, SIGNING_HOST, Server, Session, Signable, basic, timestamp,
};

const ME: &str = "/users/me";

#[test]
fn a_caller_is_shown_as_under_its_own_id() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    server.change(id, &json!({"roles": [{"name": "auditor"}]}));
    let (_, admin_signed) = server.admin_session();
    for (client, id) in [(alice, id), (signed, id), (server.admin(), 1), (admin_signed, 1)] {
        let by_id = client.get(&format!("/users/{id}"));
        for method in ["GET", "HEAD"] {
            let answer = client.send(method, ME, None);
            let body = if method == "GET" { &*by_id.body } else { "" };
            assert_eq!((answer.status, &*answer.body), (200, body), "{method}");
            for header in ["etag", "content-type", "content-length"] {
                assert_eq!(answer.header(header), by_id.header(header), "{method} {header}");
            }
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
}

/// Both have the version 0, and a browser sends the tag of one with the credentials of the other.
#[test]
fn the_tag_of_another_caller_brings_no_304() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    let (id, bob) = server.user("bob");
    let tag = alice.get(ME).header("etag").to_owned();
    for method in ["GET", "HEAD"] {
        let answer = bob.with("if-none-match", &tag).send(method, ME, None);
        assert_eq!((answer.status, answer.header("etag")), (200, &*tag), "{method}");
    }
    let answer = bob.with("if-none-match", &tag).get(ME);
    assert_eq!(answer.json()["user"]["id"], id);
    // The tag guards a change as that of `GET /users/{userId}` does.
    let change = json!({"userInfo": {"name": "robert"}});
    let changed = bob.with("if-match", &tag).patch(&format!("/users/{id}"), &change);
    assert_eq!(changed.status, 200);
}

#[test]
fn without_right_credentials_the_answer_is_the_challenge() {
    let server = Server::start();
    let (id, disabled) = server.user("alice");
    server.change(id, &json!({"status": "DISABLED"}));
    let wrong = server.login("alice", "wrong password");
    let unknown = server.anonymous().with("if-none-match", "*");
    for client in [server.anonymous(), wrong, disabled, unknown] {
        let answer = client.get(ME);
        assert_eq!(answer.error(), (401, "unauthenticated".to_owned()));
        let challenge = r#"Basic realm="rollcall", charset="UTF-8""#;
        assert_eq!(answer.header("www-authenticate"), challenge);
    }
}

#[test]
fn the_caller_is_only_read_here() {
    let server = Server::start();
    let admin = server.admin();
    let body = json!({"userInfo": {"name": "changed"}}).to_string();
    for method in ["PATCH", "PUT", "POST", "DELETE"] {
        let answer = admin.with("content-type", "application/json").send(method, ME, Some(&body));
        assert_eq!(answer.error(), (405, "method-not-allowed".to_owned()), "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS", "{method}");
    }
    assert_eq!(admin.get(ME).json()["user"]["version"], 0);
}

/// By RFC 3986, 6.2.2.2, a letter that is percent-encoded names the same resource: a word, not an
/// id that could be changed.
#[test]
fn the_encoded_word_is_only_read_too() {
    let server = Server::start();
    let authorization = basic("root", crate::harness::ADMIN_PASSWORD);
    let mut raw = Raw::connect(server.address());
    for path in [ME, "/users/%6de", "/users/%6D%65"] {
        for method in ["PATCH", "DELETE"] {
            let head = format!("host: x\r\nauthorization: {authorization}\r\ncontent-length: 0");
            raw.try_send(&format!("{method} {path} HTTP/1.1\r\n{head}\r\n\r\n")).unwrap();
            let answer = raw.answer();
            assert!(answer.starts_with("HTTP/1.1 405 "), "{method} {path}: {answer}");
            assert!(answer.contains("\r\nallow: GET, HEAD, OPTIONS\r\n"), "{answer}");
        }
        let answer = raw.get(path, &format!("authorization: {authorization}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    }
}

/// Other texts in the place of an id are none, and nothing is below the caller.
#[test]
fn only_the_word_itself_is_the_caller() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    for path in ["/users/ME", "/users/me.", "/users/me%20", "/users/me/sessions"] {
        assert_eq!(alice.get(path).error(), (400, "malformed-request".to_owned()), "{path}");
    }
    for path in ["/users/me/", "/users/me/x", "/users//me"] {
        assert_eq!(alice.get(path).status, 404, "{path}");
    }
    assert_eq!(alice.get("/users/%6De").json()["user"]["name"], "alice");
}

/// The status of `GET /users/me` with a signature over `target`.
fn signed_over(client: &Client, session: &Session, target: &str) -> u16 {
    let (time, host) = (timestamp(0), SIGNING_HOST);
    let signable = Signable { method: "GET", host, target, timestamp: &time, body: "" };
    let client = client.with("sessionKey", &session.key).with("timestamp", &time);
    client.with("signature", &session.signature(signable)).get(ME).status
}

#[test]
fn a_signature_is_over_this_path_and_no_other() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    for (target, expected) in [
        (ME, 200),
        (&*format!("/users/{id}"), 401),
        ("/users", 401),
        ("/auth/verify", 401),
        ("/users/me?limit=1", 401),
    ] {
        assert_eq!(signed_over(&server.anonymous(), &session, target), expected, "{target}");
    }
}

#[test]
fn the_caller_is_served_below_the_base_path_alone() {
    let server = Server::start_with(&["--base-path=/prov"]);
    let authorization = basic("root", crate::harness::ADMIN_PASSWORD);
    let mut raw = Raw::connect(server.address());
    for (path, status) in [("/prov/users/me", "200"), ("/users/me", "404")] {
        let answer = raw.get(path, &format!("authorization: {authorization}\r\n"));
        assert_eq!(&answer[9..12], status, "{answer}");
    }
}

#[test]
fn a_changed_right_shows_in_the_next_answer_of_each_replica() {
    let server = Server::start();
    let replica = server.replica();
    let (id, _) = server.user("alice");
    let me = |password: &str| {
        [&server, &replica].map(|server| {
            let answer = server.login("alice", password).get(ME);
            let roles = (answer.status == 200).then(|| answer.json()["user"]["roles"].clone());
            (answer.status, roles.unwrap_or_default())
        })
    };
    let (new, auditor) = ("another fine password", json!([{"name": "auditor"}]));
    assert_eq!(me(PASSWORD), [(); 2].map(|()| (200, json!([]))));
    server.change(id, &json!({ "roles": auditor }));
    assert_eq!(me(PASSWORD), [(); 2].map(|()| (200, auditor.clone())));
    replica.change(id, &json!({ "plaintextPassword": new }));
    assert_eq!(me(PASSWORD).map(|(status, _)| status), [401; 2]);
    assert_eq!(me(new), [(); 2].map(|()| (200, auditor.clone())));
    server.change(id, &json!({"status": "DISABLED"}));
    assert_eq!(me(new).map(|(status, _)| status), [401; 2]);
}
