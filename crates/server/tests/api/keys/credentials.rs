//! Where a key is accepted, and where it is a wrong password.

use serde_json::json;

use super::{make, user_with_key};
use crate::harness::{Client, PASSWORD, Server, basic};

fn with(server: &Server, authorization: &str) -> Client {
    server.anonymous().with("authorization", authorization)
}

#[test]
fn a_key_is_accepted_as_bearer_and_as_the_password_of_its_user() {
    let server = Server::start();
    let (id, key, _) = user_with_key(&server, "alice");
    server.user("bob");
    let path = format!("/users/{id}");
    let secret = &key.secret;
    for authorization in [
        format!("Bearer {secret}"),
        format!("bearer  {secret}"),
        basic("alice", secret),
        basic("ALICE", secret),
    ] {
        let client = with(&server, &authorization);
        assert_eq!(client.get(&path).status, 200, "{authorization}");
        assert_eq!(client.send("HEAD", "/users/me", None).status, 200);
        assert_eq!(client.get("/auth/verify").header("remote-user"), "alice");
        let own = client.get("/api/v1/users/alice").json();
        assert_eq!(own, json!({"username": "alice", "admin": false}));
    }
    for name in ["bob", "root", "absent", ""] {
        let refused = with(&server, &basic(name, secret)).get(&path);
        assert_eq!(refused.error(), (401, "unauthenticated".to_owned()), "{name}");
        assert_eq!(refused.body, server.anonymous().get(&path).body);
    }
}

#[test]
fn a_mistyped_key_is_refused_for_its_form() {
    let server = Server::start();
    let (id, key, _) = user_with_key(&server, "alice");
    let (start, end) = key.secret.split_at(20);
    for token in ["", "abc", start, &format!("{start}0{}", &end[1..]), &format!("{start} {end}")] {
        let refused = with(&server, &format!("Bearer {token}")).get(&format!("/users/{id}"));
        assert_eq!(refused.error(), (401, "unauthenticated".to_owned()), "{token}");
        assert!(refused.body.contains("Bearer with a complete API key"), "{token}");
    }
    let both = with(&server, &format!("Bearer {}", key.secret)).with("sessionkey", "any");
    assert!(both.get("/users/me").body.contains("not both"));
}

#[test]
fn a_key_in_a_body_is_a_wrong_password() {
    let server = Server::start();
    let (id, key, _) = user_with_key(&server, "alice");
    let (_, session) = server.session("alice", PASSWORD);
    let secret = &key.secret;
    let login = json!({"credentials": {"name": "alice", "password": secret}});
    let refused = server.anonymous().post("/tokens", &login);
    assert_eq!(refused.error(), (401, "unauthenticated".to_owned()));
    let new = "another fine password";
    let info = json!({"plaintextPassword": new, "currentPlaintextPassword": secret});
    let refused = session.patch(&format!("/users/{id}"), &json!({ "userInfo": info }));
    assert_eq!(refused.error(), (403, "wrong-current-password".to_owned()));
    let value = json!({"value": {"current_password": secret, "password": new}});
    let refused = session.patch("/api/v1/users/alice", &value);
    assert_eq!(refused.error(), (403, "Current password does not match".to_owned()));
    let mut body = super::key_info(&["verify"]);
    body["keyInfo"]["currentPlaintextPassword"] = secret.as_str().into();
    let refused = session.post(&format!("/users/{id}/keys"), &body);
    assert_eq!(refused.error(), (403, "wrong-current-password".to_owned()));
    // Each was counted as a guess: the tenth is the last.
    for _ in 0..6 {
        assert_eq!(server.anonymous().post("/tokens", &login).status, 401);
    }
    assert_eq!(server.anonymous().post("/tokens", &login).status, 429);
}

#[test]
fn a_key_is_no_new_password() {
    let server = Server::start();
    let (id, key, _) = user_with_key(&server, "alice");
    let secret = key.secret.as_str();
    let info = json!({"name": "eve", "email": "eve@example.com", "plaintextPassword": secret});
    let registration = server.anonymous().post("/users", &json!({ "userInfo": info }));
    let change = json!({"userInfo": {"plaintextPassword": secret}});
    let change = server.admin().patch(&format!("/users/{id}"), &change);
    for refused in [registration, change] {
        let expected =
            json!([{"field": "userInfo.plaintextPassword", "message": "must not be an API key"}]);
        assert_eq!((refused.status, &refused.json()["errors"]), (400, &expected));
    }
    let put = server.admin().put("/api/v1/users/eve", &json!({"value": {"password": secret}}));
    assert!(put.status == 400 && put.body.contains("'common' tag"), "{put:?}");
}

#[test]
fn a_registration_with_a_key_is_refused() {
    let server = Server::start();
    let (_, _, bearer) = user_with_key(&server, "alice");
    let info = json!({"name": "eve", "email": "e@example.com", "plaintextPassword": PASSWORD});
    let refused = bearer.post("/users", &json!({ "userInfo": info }));
    assert_eq!(refused.error(), (403, "insufficient-scope".to_owned()));
    assert_eq!(server.login("eve", PASSWORD).get("/users/me").status, 401);
}

#[test]
fn a_key_lasts_while_its_user_is_renamed() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let key = make(&alice, id, &["verify"]);
    server.change(id, &json!({"name": "anna"}));
    let bearer = server.anonymous().bearer(&key.secret);
    assert_eq!(bearer.get("/auth/verify").header("remote-user"), "anna");
    assert_eq!(server.login("alice", &key.secret).get("/auth/verify").status, 401);
    assert_eq!(server.login("anna", &key.secret).get("/auth/verify").status, 204);
}
