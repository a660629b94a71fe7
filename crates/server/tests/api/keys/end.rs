//! How keys end.

use serde_json::json;

use super::{ALL_SCOPES, keys, make, user_with_key};
use crate::harness::{PASSWORD, Server};

#[test]
fn an_ended_key_is_refused_and_the_others_go_on() {
    let server = Server::start();
    let (id, key, bearer) = user_with_key(&server, "alice");
    let alice = server.login("alice", PASSWORD);
    let other = server.anonymous().bearer(&make(&alice, id, &["verify"]).secret);
    let path = format!("/users/{id}/keys/{}", key.id);
    assert_eq!(bearer.get("/users/me").status, 200);
    // Not by a key, not even by itself.
    assert_eq!(bearer.delete(&path).error(), (403, "insufficient-scope".to_owned()));
    let ended = alice.delete(&path);
    assert_eq!((ended.status, ended.body.as_str()), (204, ""));
    assert_eq!(bearer.get("/users/me").status, 401);
    assert_eq!(server.login("alice", &key.secret).get("/users/me").status, 401);
    assert_eq!(other.get("/users/me").status, 200);
    assert_eq!(alice.delete(&path).error(), (404, "not-found".to_owned()));
    // By a session, and by an admin, too.
    let (_, session) = server.session("alice", PASSWORD);
    for client in [session, server.admin()] {
        let key = make(&alice, id, &ALL_SCOPES);
        assert_eq!(client.delete(&format!("/users/{id}/keys/{}", key.id)).status, 204);
        assert_eq!(server.anonymous().bearer(&key.secret).get("/users/me").status, 401);
    }
}

#[test]
fn a_new_password_disabling_and_deletion_end_every_key() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let kept = server.anonymous().bearer(&make(&server.admin(), 1, &ALL_SCOPES).secret);
    let mut password = PASSWORD.to_owned();
    let path = format!("/users/{id}");
    for round in 0..3 {
        let alice = alice.login("alice", &password);
        let ended = [(); 2].map(|()| {
            let key = make(&alice, id, &ALL_SCOPES);
            server.anonymous().bearer(&key.secret)
        });
        assert!(ended.iter().all(|bearer| bearer.get("/users/me").status == 200));
        match round {
            0 => {
                password = "another fine password".to_owned();
                let info = json!({"plaintextPassword": password});
                assert_eq!(alice.patch(&path, &json!({ "userInfo": info })).status, 200);
            }
            1 => {
                let value = json!({"current_password": password, "password": "and a third one"});
                let changed = alice.patch("/api/v1/users/alice", &json!({ "value": value }));
                assert_eq!(changed.status, 200);
                password = "and a third one".to_owned();
            }
            _ => server.change(id, &json!({"status": "DISABLED"})),
        }
        assert!(ended.iter().all(|bearer| bearer.get("/users/me").status == 401));
        // Enabling the user brings none of them back.
        server.change(id, &json!({"status": "ENABLED"}));
        assert!(ended.iter().all(|bearer| bearer.get("/users/me").status == 401));
        assert_eq!(keys(&server.admin(), id).len(), 0);
    }
    let last = server.anonymous().bearer(&make(&server.admin(), id, &ALL_SCOPES).secret);
    assert_eq!(server.admin().delete("/api/v1/users/alice").status, 204);
    assert_eq!(last.get("/users/me").status, 401);
    assert_eq!(kept.get("/users/me").status, 200);
}

#[test]
fn other_changes_and_log_outs_leave_keys() {
    let server = Server::start();
    let (id, _, bearer) = user_with_key(&server, "alice");
    server.change(id, &json!({"name": "anna", "email": "anna@example.com", "status": "ENABLED"}));
    server.change(id, &json!({"roles": [{"name": "auditor"}]}));
    let (session, _) = server.session("anna", PASSWORD);
    assert_eq!(server.admin().delete(&format!("/tokens/{}", session.key)).status, 204);
    assert_eq!(server.admin().delete(&format!("/users/{id}/sessions")).status, 204);
    assert_eq!(bearer.get("/auth/verify").header("remote-groups"), "auditor");
}
