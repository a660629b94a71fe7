//! Making keys.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{key_info, keys, make};
use crate::harness::{ADMIN_PASSWORD, PASSWORD, Server};

#[test]
fn a_key_is_shown_once_with_its_secret() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}/keys");
    let body = json!({"keyInfo": {
        "name": "nightly backup", "scopes": ["users:read", "verify", "verify"],
        "expireTime": "2100-01-31T01:00:00.75+01:00",
    }});
    let made = alice.post(&path, &body);
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
    let key = &made.json()["key"];
    assert_eq!(made.header("location"), format!("keys/{}", key["id"]));
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let members: Vec<_> = key.as_object().unwrap().keys().collect();
    let expected = ["id", "name", "prefix", "scopes", "createTime", "expireTime", "lastUseTime"];
    assert_eq!(members, expected);
    assert_eq!(key["name"], "nightly backup");
    assert_eq!(key["scopes"], json!(["verify", "users:read"]));
    // Not before the time that was asked for.
    assert_eq!(key["expireTime"], "2100-01-31T00:00:01Z");
    assert_eq!(key["lastUseTime"], Value::Null);
    let prefix = key["prefix"].as_str().unwrap();
    assert!(secret.starts_with(prefix) && secret.len() == 53 && prefix.len() == 12);
    let created: Timestamp = key["createTime"].as_str().unwrap().parse().unwrap();
    assert!(created <= Timestamp::now());
    let list = alice.get(&path);
    assert_eq!(list.json()["keyList"]["keys"], json!([key]));
    assert!(!list.body.contains(&secret[prefix.len()..]));
}

#[test]
fn a_session_makes_keys_only_with_the_current_password() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let (_, alice) = server.session("alice", PASSWORD);
    let (_, admin) = server.admin_session();
    let path = format!("/users/{id}/keys");
    let with = |password: &str| {
        let mut body = key_info(&["verify"]);
        body["keyInfo"]["currentPlaintextPassword"] = password.into();
        body
    };
    for (client, own, others) in
        [(&alice, PASSWORD, ADMIN_PASSWORD), (&admin, ADMIN_PASSWORD, PASSWORD)]
    {
        let missing = client.post(&path, &key_info(&["verify"]));
        assert_eq!(missing.error(), (400, "invalid-fields".to_owned()));
        let field = &missing.json()["errors"][0];
        let expected = json!({
            "field": "keyInfo.currentPlaintextPassword", "message": "is required"
        });
        assert_eq!(*field, expected);
        for wrong in [others, "not it"] {
            let refused = client.post(&path, &with(wrong));
            assert_eq!(refused.error(), (403, "wrong-current-password".to_owned()));
        }
        assert_eq!(client.post(&path, &with(own)).status, 201);
    }
    // Basic has just proved the password; one in the body is checked all the same.
    let alice = server.login("alice", PASSWORD);
    assert_eq!(alice.post(&path, &key_info(&["verify"])).status, 201);
    assert_eq!(alice.post(&path, &with("not it")).status, 403);
    assert_eq!(keys(&alice, id).len(), 3);
}

#[test]
fn every_invalid_field_of_a_key_is_named() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let time = "must be a time in ISO 8601, such as 2026-11-28T16:24:00Z; without a zone it is \
        UTC, and the last one is 9999-12-30T22:00:00Z";
    let name = "must be 1 to 64 characters, none of them invisible but the space";
    for (info, field, message) in [
        (json!({"scopes": ["verify"]}), "name", "is required"),
        (json!({"name": "", "scopes": ["verify"]}), "name", "is required"),
        (json!({"name": "x".repeat(65), "scopes": ["verify"]}), "name", name),
        (json!({"name": "a\nb", "scopes": ["verify"]}), "name", name),
        (json!({"name": "a"}), "scopes", "is required"),
        (json!({"name": "a", "scopes": null}), "scopes", "is required"),
        (json!({"name": "a", "scopes": []}), "scopes", "must be at least one scope"),
        (json!({"name": "a", "scopes": ["verify"], "expireTime": "soon"}), "expireTime", time),
        // An unset variable of a script must not make a key that never expires.
        (json!({"name": "a", "scopes": ["verify"], "expireTime": ""}), "expireTime", time),
        (
            json!({"name": "a", "scopes": ["verify"], "expireTime": "2020-01-01T00:00:00Z"}),
            "expireTime",
            "must be in the future",
        ),
    ] {
        let refused = alice.post(&format!("/users/{id}/keys"), &json!({ "keyInfo": info }));
        assert_eq!(refused.error(), (400, "invalid-fields".to_owned()), "{info}");
        let expected = json!([{"field": format!("keyInfo.{field}"), "message": message}]);
        assert_eq!(refused.json()["errors"], expected, "{info}");
    }
    for body in [json!({"keyInfo": {"name": "a", "scopes": ["users"]}}), json!({"key": {}})] {
        let refused = alice.post(&format!("/users/{id}/keys"), &body);
        assert_eq!(refused.error(), (400, "malformed-request".to_owned()), "{body}");
    }
    assert_eq!(keys(&alice, id).len(), 0);
}

#[test]
fn a_user_has_a_hundred_keys_at_most() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let admin = server.admin();
    for _ in 0..100 {
        make(&admin, id, &["verify"]);
    }
    let path = format!("/users/{id}/keys");
    let refused = admin.post(&path, &key_info(&["verify"]));
    assert_eq!(refused.error(), (409, "too-many-keys".to_owned()));
    let list = keys(&admin, id);
    assert_eq!(list.len(), 100);
    assert_eq!(admin.delete(&format!("{path}/{}", list[0]["id"])).status, 204);
    make(&admin, id, &["verify"]);
}

#[test]
fn a_disabled_user_and_an_absent_one_get_no_key() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    server.change(id, &json!({"status": "DISABLED"}));
    let refusal = |user: i64| {
        server.admin().post(&format!("/users/{user}/keys"), &key_info(&["verify"])).error()
    };
    assert_eq!(refusal(id), (409, "user-disabled".to_owned()));
    assert_eq!(refusal(99), (404, "not-found".to_owned()));
}

#[test]
fn a_users_keys_share_the_budget_of_changes() {
    let server = Server::start_with(&["--changes-per-user=2"]);
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}/keys");
    let statuses = [(); 5].map(|()| alice.post(&path, &key_info(&["verify"])).status);
    assert_eq!(statuses, [201, 201, 201, 201, 429]);
}
