use serde_json::{Value, json};

use crate::harness::{ADMIN_PASSWORD, PASSWORD, Server};

const NEW: &str = "another fine password";

fn change(current: Option<&str>, new: &str) -> Value {
    match current {
        Some(current) => json!({"value": {"current_password": current, "password": new}}),
        None => json!({"value": {"password": new}}),
    }
}

#[test]
fn a_user_changes_its_own_password_with_the_current_one() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let answer = alice.patch("/api/v1/users/alice", &change(Some(PASSWORD), NEW));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, r#"{"value":{"username":"alice","admin":false}}"#);
    assert_eq!(alice.get("/api/v1/users/alice").status, 401);
    let seen = server.login("alice", NEW).get(&format!("/users/{id}"));
    assert_eq!(seen.json()["user"]["version"], 1);
}

#[test]
fn ones_own_password_does_not_change_without_the_current_one() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    let (status, text) = alice.patch("/api/v1/users/ALICE", &change(None, NEW)).error();
    let required = "Key: 'UserPasswordRequest.Value.CurrentPassword' Error:Field validation for \
                    'CurrentPassword' failed on the 'required' tag";
    assert_eq!((status, &*text), (400, required));
    let (_, text) = alice.patch("/api/v1/users/alice", &change(Some(""), "short")).error();
    let too_short = "Key: 'UserPasswordRequest.Value.Password' Error:Field validation for \
                     'Password' failed on the 'min' tag";
    assert_eq!(text, format!("{required}\n{too_short}"));
    let wrong = alice.patch("/api/v1/users/alice", &change(Some("not it"), NEW));
    assert_eq!(wrong.error(), (403, "Current password does not match".to_owned()));
    let admin = server.admin();
    assert_eq!(admin.patch("/api/v1/users/root", &change(None, NEW)).status, 400);
    let own = admin.patch("/api/v1/users/root", &change(Some(ADMIN_PASSWORD), NEW));
    assert_eq!(own.status, 200);
    assert_eq!(alice.get("/api/v1/users/alice").status, 200);
}

#[test]
fn an_admin_changes_the_password_of_another_without_the_old() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    let wrong = server.admin().patch("/api/v1/users/alice", &change(Some("not it"), NEW));
    assert_eq!(wrong.status, 403);
    assert_eq!(server.admin().patch("/api/v1/users/alice", &change(None, NEW)).status, 200);
    assert_eq!(alice.get("/api/v1/users/alice").status, 401);
    assert_eq!(server.login("alice", NEW).get("/api/v1/users/alice").status, 200);
}

#[test]
fn a_new_password_keeps_the_rules() {
    let server = Server::start();
    server.user("alice-liddell");
    for (new, tag) in [("short", "min"), ("12345678", "common"), ("ALICE-liddell", "common")] {
        let answer = server.admin().patch("/api/v1/users/alice-liddell", &change(None, new));
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains(&format!("'{tag}' tag")), "{}", answer.body);
    }
    let (status, _) = server.admin().patch("/api/v1/users/absent", &change(None, NEW)).error();
    assert_eq!(status, 404);
}

#[test]
fn no_byte_of_a_long_password_is_ignored() {
    let server = Server::start();
    server.user("alice");
    let long = format!("{}a", "x".repeat(72));
    assert_eq!(server.admin().patch("/api/v1/users/alice", &change(None, &long)).status, 200);
    assert_eq!(server.login("alice", &long).get("/api/v1/users/alice").status, 200);
    for other in [&long[..72], &long.replace('a', "b"), &format!("{long}\0")] {
        assert_eq!(server.login("alice", other).get("/api/v1/users/alice").status, 401);
    }
}
