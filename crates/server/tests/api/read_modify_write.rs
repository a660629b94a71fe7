//! An answer can be changed and sent back. Members that a write does not change are ignored.

use serde_json::{Value, json};

use crate::harness::{Answer, PASSWORD, Server};

/// Values of every kind, for members that are ignored.
fn anything() -> [Value; 6] {
    [json!(null), json!(99), json!("x"), json!(true), json!([1, "a"]), json!({"a": {"b": []}})]
}

#[test]
fn a_user_that_was_read_is_sent_back_in_either_envelope() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let path = format!("/users/{id}");
    server.change(id, &json!({"roles": [{"name": "auditor"}]}));
    for (version, envelope) in [(2, "user"), (3, "userInfo")] {
        let mut user = server.admin().get(&path).json()["user"].take();
        user["email"] = json!(format!("{envelope}@example.com"));
        let answer = server.admin().patch(&path, &json!({ envelope: user }));
        user["version"] = json!(version);
        assert_eq!((answer.status, answer.json()), (200, json!({ "user": user })));
    }
}

#[test]
fn the_directory_set_ignores_what_it_shows_and_does_not_change() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let path = format!("/users/{id}");
    let before = server.admin().get(&path).json();
    for member in ["id", "version", "createTime"] {
        for value in anything() {
            for envelope in ["user", "userInfo"] {
                let body = json!({envelope: {member: value}});
                let answer = server.admin().patch(&path, &body);
                assert_eq!((answer.status, answer.json()), (200, before.clone()), "{body}");
            }
        }
    }
    for (number, value) in anything().into_iter().enumerate() {
        let (name, email) = (format!("bob{number}"), format!("bob{number}@example.com"));
        let info = json!({
            "name": name, "email": email, "plaintextPassword": PASSWORD,
            "id": value, "version": value, "createTime": value, "status": value, "roles": value,
        });
        let answer = server.anonymous().post("/users", &json!({ "userInfo": info }));
        assert_eq!(answer.status, 201, "{answer:?}");
        assert_eq!(answer.json()["user"]["roles"], json!([]));
    }
}

#[test]
fn the_portal_set_ignores_what_it_shows_beside_the_password() {
    let server = Server::start();
    let mut shown = server.admin().get("/api/v1/users/root").json();
    shown["value"] = json!({"username": "eve", "admin": true, "password": PASSWORD});
    let made = server.admin().put("/api/v1/users/alice", &shown);
    assert_eq!(made.json(), json!({"value": {"username": "alice", "admin": false}}));
    let change = |value: &Value, is_inside: bool| {
        let mut body = json!({"value": {"password": PASSWORD}});
        let holder = if is_inside { &mut body["value"] } else { &mut body };
        holder["username"] = value.clone();
        holder["admin"] = value.clone();
        server.admin().patch("/api/v1/users/alice", &body)
    };
    for value in anything() {
        for is_inside in [true, false] {
            let answer = change(&value, is_inside);
            assert_eq!((answer.status, answer.json()), (200, made.json()), "{value}");
        }
    }
}

#[test]
fn an_ignored_member_may_be_any_number() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let path = format!("/users/{id}");
    let admin = server.admin().with("content-type", "application/json");
    let digits = "9".repeat(400);
    for (place, number) in ["1e400", "-1E+9999999999", "1.5e400", &*digits].into_iter().enumerate()
    {
        let body = format!(r#"{{"user":{{"version":{number},"id":[{number}]}}}}"#);
        assert_eq!(admin.send("PATCH", &path, Some(&body)).status, 200, "{number}");
        let body = format!(
            r#"{{"userInfo":{{"status":{number},"name":"1e400{place}","email":"a{place}@b.example",
            "plaintextPassword":"{PASSWORD}"}}}}"#
        );
        let made = admin.send("POST", "/users", Some(&body));
        let name = &made.json()["user"]["name"];
        assert_eq!((made.status, name), (201, &json!(format!("1e400{place}"))), "{number}");
        let body = format!(r#"{{"admin":{number},"value":{{"password":"{PASSWORD}"}}}}"#);
        let portal = "/api/v1/users/alice";
        assert_eq!(admin.send("PATCH", portal, Some(&body)).status, 200, "{number}");
        let made = admin.send("PUT", &format!("/api/v1/users/u{place}"), Some(&body));
        assert_eq!(made.status, 201, "{number}");
    }
    // Null is recognized beside such a number.
    let body = r#"{"user":{"version":1e400,"email":null}}"#;
    let merge = server.admin().with("content-type", "application/merge-patch+json");
    let cleared = merge.send("PATCH", &path, Some(body));
    assert_eq!((cleared.status, &cleared.json()["user"]["email"]), (200, &Value::Null));
    // A member that counts must have its type, and malformed numbers are not JSON.
    for (number, expected) in [
        ("1e400", "userInfo.name: expected a string"),
        ("1e400.", "the body is not valid JSON at line 1 column "),
        ("01e400", "the body is not valid JSON at line 1 column "),
    ] {
        let body = format!(r#"{{"userInfo":{{"name":{number}}}}}"#);
        let refused = admin.send("PATCH", &path, Some(&body));
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(refused.status == 400 && detail.starts_with(expected), "{number}: {detail}");
    }
}

#[test]
fn every_other_member_is_refused_by_its_name() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let refused = |answer: Answer, member: &str| {
        assert_eq!(answer.status, 400, "{member}: {answer:?}");
        assert!(answer.body.contains(&format!("{member} is unknown; expected")), "{answer:?}");
    };
    let admin = server.admin();
    for (envelope, member) in [("user", "admin"), ("userInfo", "username"), ("user", "rolls")] {
        let answer = admin.patch(&format!("/users/{id}"), &json!({envelope: {member: 1}}));
        refused(answer, &format!("{envelope}.{member}"));
    }
    refused(admin.patch(&format!("/users/{id}"), &json!({"user": {}, "id": 1})), "id");
    for member in ["id", "name", "roles"] {
        let body = json!({"value": {"password": PASSWORD, member: 1}});
        refused(admin.put("/api/v1/users/bob", &body), &format!("value.{member}"));
        refused(admin.patch("/api/v1/users/alice", &body), &format!("value.{member}"));
        let body = json!({"value": {"password": PASSWORD}, member: 1});
        refused(admin.patch("/api/v1/users/alice", &body), member);
    }
    let body = json!({"credentials": {"name": "alice", "password": PASSWORD, "admin": true}});
    refused(server.anonymous().post("/tokens", &body), "credentials.admin");
}
