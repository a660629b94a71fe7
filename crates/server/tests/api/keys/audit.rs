//! Keys in the audit log.

use serde_json::{Value, json};

use super::{ALL_SCOPES, make};
use crate::harness::{PASSWORD, Server};

/// The newest entries of the audit log, the oldest of them first.
fn entries(server: &Server, count: usize) -> Vec<Value> {
    let log = server.admin().get(&format!("/audit?limit={count}")).json();
    let mut entries = log["auditLog"]["entries"].as_array().unwrap().clone();
    entries.reverse();
    entries
}

#[test]
fn what_keys_do_and_what_becomes_of_them_is_recorded() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let key = make(&alice, id, &ALL_SCOPES);
    let bearer = server.anonymous().bearer(&key.secret);
    let change = json!({"userInfo": {"email": "new@example.com"}});
    assert_eq!(bearer.patch(&format!("/users/{id}"), &change).status, 200);
    assert_eq!(bearer.get("/users/me").status, 200);
    let other = make(&alice, id, &["verify"]);
    let path = format!("/users/{id}/keys/{}", other.id);
    assert_eq!(server.admin().delete(&path).status, 204);
    let change = json!({"userInfo": {"plaintextPassword": "another fine password"}});
    assert_eq!(alice.patch(&format!("/users/{id}"), &change).status, 200);
    let entries = entries(&server, 5);
    let shown = |entry: &Value| {
        ["actor", "actorName", "actorKeyId", "action", "userName"]
            .map(|member| entry[member].clone())
    };
    let made = |scopes: &str, id: i64| {
        json!([
            {"field": "key", "before": null, "after": id.to_string()},
            {"field": "scopes", "before": null, "after": scopes},
        ])
    };
    let expected = [
        (
            json!(["PASSWORD", "alice", null, "KEY_CREATED", "alice"]),
            made("verify,users:read,users:write,audit:read", key.id),
        ),
        (
            json!(["KEY", "alice", key.id, "USER_CHANGED", "alice"]),
            json!([{"field": "email", "before": "alice@example.com", "after": "new@example.com"}]),
        ),
        (json!(["PASSWORD", "alice", null, "KEY_CREATED", "alice"]), made("verify", other.id)),
        (
            json!(["PASSWORD", "root", null, "KEY_ENDED", "alice"]),
            json!([{"field": "key", "before": other.id.to_string(), "after": null}]),
        ),
        (
            json!(["PASSWORD", "alice", null, "USER_CHANGED", "alice"]),
            json!([
                {"field": "password", "before": null, "after": null},
                {"field": "keys", "before": "1", "after": "0"},
            ]),
        ),
    ];
    for (entry, (who, changes)) in entries.iter().zip(expected) {
        assert_eq!((json!(shown(entry)), &entry["changes"]), (who, &changes));
        assert_eq!(entry["address"], "127.0.0.1");
    }
    let text = server.admin().get("/audit").body;
    assert!(!text.contains("rck_") && !text.contains(PASSWORD));
}
