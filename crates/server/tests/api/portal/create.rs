use serde_json::{Value, json};

use crate::harness::{PASSWORD, Server};

fn required() -> String {
    failed_on("required")
}

fn failed_on(tag: &str) -> String {
    format!(
        "Key: 'UserPasswordRequest.Value.Password' Error:Field validation for 'Password' failed \
         on the '{tag}' tag"
    )
}

#[test]
fn makes_a_user_who_can_log_in() {
    let server = Server::start();
    let body = json!({"value": {"password": "stringst"}});
    let answer = server.admin().put("/api/v1/users/alice", &body);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body, r#"{"value":{"username":"alice","admin":false}}"#);
    assert_eq!(server.login("alice", "stringst").get("/api/v1/users/alice").status, 200);
    let seen = server.admin().get("/users/2").json();
    assert_eq!(seen["user"]["email"], Value::Null);
    assert_eq!(seen["user"]["roles"], json!([]));
}

#[test]
fn an_absent_null_or_empty_password_is_required() {
    let server = Server::start();
    for body in [
        json!({}),
        json!({"value": null}),
        json!({"value": {}}),
        json!({"value": {"password": null}}),
        json!({"value": {"password": ""}}),
    ] {
        let answer = server.admin().put("/api/v1/users/alice", &body);
        assert_eq!(answer.error(), (400, required()), "{body}");
    }
    let answer = server.admin().send("PUT", "/api/v1/users/alice", None);
    assert_eq!(answer.error(), (400, required()));
}

#[test]
fn a_password_is_rejected_if_too_short_too_long_or_common() {
    let server = Server::start();
    for (password, tag) in [
        ("☃".repeat(7), "min"),
        ("☃".repeat(257), "max"),
        ("password".to_owned(), "common"),
        ("Qwertyuiop".to_owned(), "common"),
        ("**********".to_owned(), "common"),
        ("••••••••".to_owned(), "common"),
        ("aaaaaaaa".to_owned(), "common"),
        ("[REDACTED]".to_owned(), "common"),
        ("undefined".to_owned(), "common"),
        ("Alice-Liddell".to_owned(), "common"),
    ] {
        let body = json!({"value": {"password": password}});
        let answer = server.admin().put("/api/v1/users/alice-liddell", &body);
        assert_eq!(answer.error(), (400, failed_on(tag)), "{password}");
    }
    let body = json!({"value": {"password": "☃⛄".repeat(128)}});
    assert_eq!(server.admin().put("/api/v1/users/alice-liddell", &body).status, 201);
}

#[test]
fn a_name_that_is_taken_in_any_spelling_is_a_conflict() {
    let server = Server::start();
    server.user("alice");
    for name in ["alice", "ALICE", "%EF%BD%81lice"] {
        let body = json!({"value": {"password": PASSWORD}});
        let answer = server.admin().put(&format!("/api/v1/users/{name}"), &body);
        assert_eq!(answer.error(), (409, "Username already existed".to_owned()));
    }
}

#[test]
fn an_invalid_name_is_rejected_with_the_rule() {
    let server = Server::start();
    for (name, expected) in [
        ("a%20b", "Username must not contain a space; accepted are 1 to 64 "),
        ("a%3Ab", "Username must not contain ':'; accepted"),
        ("a%2Fb", "Username must not contain '/'; accepted"),
        ("%E2%80%AEnimda", "Username must not contain U+202E; accepted"),
        ("%00", "Username must not contain U+0000; accepted"),
        (&"x".repeat(65), "Username must be 1 to 64 "),
    ] {
        let body = json!({"value": {"password": PASSWORD}});
        let (status, text) = server.admin().put(&format!("/api/v1/users/{name}"), &body).error();
        assert_eq!(status, 400);
        assert!(text.starts_with(expected), "{text}");
    }
}
