//! Null in a body: an absent member in JSON, a removal in a merge patch.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, PASSWORD, Server};

const MERGE_PATCH: &str = "application/merge-patch+json";

fn merge_patch(client: &Client, path: &str, body: &Value) -> Answer {
    client.with("content-type", MERGE_PATCH).send("PATCH", path, Some(&body.to_string()))
}

/// An admin with an address and a second role, at version 1.
fn auditor(server: &Server) -> (String, Value) {
    let (id, _) = server.user("alice");
    server.change(id, &json!({"roles": [{"name": "admin"}, {"name": "auditor"}]}));
    let path = format!("/users/{id}");
    let user = server.admin().get(&path).json();
    assert_eq!(user["user"]["version"], 1);
    (path, user)
}

#[test]
fn a_change_of_nothing_but_nulls_changes_nothing() {
    let server = Server::start();
    let (path, user) = auditor(&server);
    let all = json!({
        "name": null, "email": null, "plaintextPassword": null, "currentPlaintextPassword": null,
        "status": null, "roles": null, "id": null, "version": null, "createTime": null,
    });
    for body in [
        json!({"userInfo": all}),
        json!({"user": all}),
        json!({"userInfo": all, "user": null}),
        json!({"userInfo": null, "user": all}),
    ] {
        let answer = server.admin().patch(&path, &body);
        assert_eq!((answer.status, answer.json()), (200, user.clone()), "{body}");
    }
}

#[test]
fn nulls_of_default_clients_remove_nothing() {
    let server = Server::start();
    let (path, mut user) = auditor(&server);
    // C# and Dart clients with default options write a change of the status like this.
    let change = json!({"userInfo": {"status": "DISABLED", "email": null, "roles": null}});
    let answer = server.admin().patch(&path, &change);
    user["user"]["status"] = json!("DISABLED");
    user["user"]["version"] = json!(2);
    assert_eq!(answer.json(), user);
}

#[test]
fn the_empty_text_removes_an_address() {
    let server = Server::start();
    let (path, mut user) = auditor(&server);
    user["user"]["email"] = Value::Null;
    user["user"]["version"] = json!(2);
    for _ in 0..2 {
        let answer = server.admin().patch(&path, &json!({"userInfo": {"email": ""}}));
        assert_eq!((answer.status, answer.json()), (200, user.clone()));
    }
}

#[test]
fn null_removes_an_address_only_in_a_merge_patch() {
    let server = Server::start();
    let (path, mut user) = auditor(&server);
    user["user"]["version"] = json!(2);
    user["user"]["status"] = json!("DISABLED");
    user["user"]["email"] = Value::Null;
    let change = json!({"userInfo": {"status": "DISABLED", "email": null}});
    let answer = merge_patch(&server.admin(), &path, &change);
    assert_eq!((answer.status, answer.json()), (200, user.clone()));
    user["user"]["version"] = json!("ignored");
    let answer = merge_patch(&server.admin(), &path, &user);
    assert_eq!((answer.status, answer.header("etag")), (200, "\"2\""), "{answer:?}");
}

#[test]
fn null_elsewhere_in_a_merge_patch_is_refused() {
    let server = Server::start();
    let (path, user) = auditor(&server);
    for member in ["name", "plaintextPassword", "currentPlaintextPassword", "status", "roles"] {
        for envelope in ["userInfo", "user"] {
            let change = json!({envelope: {member: null, "email": "new@example.com"}});
            let answer = merge_patch(&server.admin(), &path, &change);
            assert_eq!(answer.error(), (400, "malformed-request".to_owned()));
            let expected = format!(
                "{envelope}.{member} must not be null in {MERGE_PATCH}; send a value or leave it \
                 out"
            );
            assert_eq!(answer.json()["detail"], expected);
        }
    }
    let change = json!({"userInfo": {"name": "bob"}, "user": null});
    let answer = merge_patch(&server.admin(), &path, &change);
    assert!(answer.body.contains("user must not be null"), "{answer:?}");
    assert_eq!(server.admin().get(&path).json(), user);
}

#[test]
fn the_portal_set_takes_merge_patches_too() {
    let server = Server::start();
    server.user("alice");
    let path = "/api/v1/users/alice";
    let change = json!({"value": {"password": "another fine password", "admin": null}});
    let answer = merge_patch(&server.admin(), path, &change);
    assert_eq!(answer.json(), json!({"value": {"username": "alice", "admin": false}}));
    let alice = server.login("alice", "another fine password");
    assert_eq!(alice.get(path).status, 200);
    let change = json!({"value": {"current_password": null, "password": PASSWORD}});
    let (status, text) = merge_patch(&server.admin(), path, &change).error();
    assert_eq!(status, 400);
    assert!(text.starts_with("value.current_password must not be null in "), "{text}");
    // In JSON it counts as absent, which is allowed for an admin.
    assert_eq!(server.admin().patch(path, &change).status, 200);
}

#[test]
fn only_changes_may_be_merge_patches() {
    let server = Server::start();
    let client = server.admin().with("content-type", MERGE_PATCH);
    for (method, path) in [("POST", "/users"), ("PUT", "/api/v1/users/bob"), ("POST", "/tokens")] {
        let answer = client.send(method, path, Some("{}"));
        assert_eq!(answer.status, 415, "{method} {path}");
        assert!(answer.body.contains("for PATCH application/merge-patch+json"), "{answer:?}");
    }
}

#[test]
fn a_required_member_that_is_null_fails_as_an_absent_one() {
    let server = Server::start();
    let members = ["email", "name", "plaintextPassword"];
    let absent = server.anonymous().post("/users", &json!({"userInfo": {}}));
    for info in [json!(null), json!({"name": null, "email": null, "plaintextPassword": null})] {
        let answer = server.anonymous().post("/users", &json!({ "userInfo": info }));
        assert_eq!((answer.status, answer.json()), (400, absent.json()));
    }
    let fields = members
        .map(|member| json!({"field": format!("userInfo.{member}"), "message": "is required"}));
    assert_eq!(absent.json()["errors"], json!(fields));
    for credentials in [json!(null), json!({"name": null, "password": null})] {
        let answer = server.anonymous().post("/tokens", &json!({ "credentials": credentials }));
        let fields = ["name", "password"].map(
            |member| json!({"field": format!("credentials.{member}"), "message": "is required"}),
        );
        assert_eq!((answer.status, &answer.json()["errors"]), (400, &json!(fields)));
    }
}
