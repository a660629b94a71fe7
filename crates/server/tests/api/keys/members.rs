//! The members of a user that a key with `users:write` changes.

use serde_json::json;

use super::make;
use crate::harness::{PASSWORD, Server};

#[test]
fn a_key_changes_name_address_and_status_alone() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let keys = [make(&alice, id, &["users:write"]), make(&server.admin(), 1, &["users:write"])];
    let [own, admins] = keys.map(|key| server.anonymous().bearer(&key.secret));
    let path = format!("/users/{id}");
    let renamed = json!({"userInfo": {"name": "anna", "email": "anna@example.com"}});
    assert_eq!(own.patch(&path, &renamed).status, 200);
    // From a user who is no admin a status is ignored, as without a key.
    let ignored = own.patch(&path, &json!({"userInfo": {"status": "DISABLED"}}));
    assert_eq!(ignored.json()["user"]["status"], "ENABLED");
    for (info, member) in [
        (json!({"plaintextPassword": "another fine password"}), "plaintextPassword"),
        (
            json!({"plaintextPassword": "another fine password",
                "currentPlaintextPassword": PASSWORD}),
            "currentPlaintextPassword",
        ),
        (json!({"currentPlaintextPassword": PASSWORD}), "currentPlaintextPassword"),
        (json!({"name": "eve", "roles": [{"name": "admin"}]}), "roles"),
        (json!({"roles": []}), "roles"),
    ] {
        for client in [&own, &admins] {
            for envelope in ["userInfo", "user"] {
                let refused = client.patch(&path, &json!({ envelope: info }));
                assert_eq!(refused.error(), (403, "insufficient-scope".to_owned()), "{info}");
                let expected =
                    format!("API keys cannot change {member}; accepted are name, email and status");
                assert_eq!(refused.json()["detail"], expected.as_str());
            }
        }
    }
    let user = server.login("anna", PASSWORD).get(&path).json()["user"].clone();
    assert_eq!((&user["name"], &user["version"]), (&json!("anna"), &json!(1)));
    let disabled = admins.patch(&path, &json!({"user": {"status": "DISABLED"}}));
    assert_eq!(disabled.json()["user"]["status"], "DISABLED");
    assert_eq!(own.get(&path).status, 401);
}

#[test]
fn a_key_changes_no_password_in_the_portal_set() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let keys = [make(&alice, id, &["users:write"]), make(&server.admin(), 1, &["users:write"])];
    for key in keys {
        let value = json!({"current_password": PASSWORD, "password": "another fine password"});
        let client = server.anonymous().bearer(&key.secret);
        let refused = client.patch("/api/v1/users/alice", &json!({ "value": value }));
        let expected = "API keys cannot do this; accepted are a name and password, or a session";
        assert_eq!((refused.status, refused.json()), (403, json!(expected)));
    }
    assert_eq!(server.login("alice", PASSWORD).get("/users/me").json()["user"]["version"], 0);
}

#[test]
fn a_key_changes_no_admin_not_even_its_own_user() {
    let server = Server::start();
    let (id, _) = server.user("second");
    server.change(id, &json!({"roles": [{"name": "admin"}]}));
    let key = make(&server.admin(), 1, &["users:write"]);
    let bearer = server.anonymous().bearer(&key.secret);
    for user in [1, id] {
        let change = json!({"userInfo": {"email": "new@example.com"}});
        let refused = bearer.patch(&format!("/users/{user}"), &change);
        assert_eq!(refused.error(), (403, "insufficient-scope".to_owned()));
        let expected = "API keys cannot change users with the role admin";
        assert_eq!(refused.json()["detail"], expected);
    }
    let absent = bearer.patch("/users/99", &json!({"userInfo": {}}));
    assert_eq!(absent.error(), (404, "not-found".to_owned()));
}

#[test]
fn a_key_honours_conditions() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let bearer =
        server.anonymous().bearer(&make(&alice, id, &["users:write", "users:read"]).secret);
    let path = format!("/users/{id}");
    let read = bearer.get(&path);
    assert_eq!(bearer.with("if-none-match", read.header("etag")).get(&path).status, 304);
    let change = json!({"userInfo": {"email": "new@example.com"}});
    assert_eq!(bearer.with("if-match", "\"9\"").patch(&path, &change).status, 412);
    let changed = bearer.with("if-match", read.header("etag")).patch(&path, &change);
    assert_eq!(changed.status, 200);
}
