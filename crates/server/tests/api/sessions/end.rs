use serde_json::{Value, json};

use super::{path_of, sessions};
use crate::harness::{Client, PASSWORD, Server};

/// The newest entries of the audit log.
fn entries(admin: &Client, count: usize) -> Vec<Value> {
    let log = admin.get(&format!("/audit?limit={count}")).json();
    log["auditLog"]["entries"].as_array().unwrap().clone()
}

#[test]
fn one_session_ends_and_the_others_go_on() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (_, signed_by_one) = server.session("alice", PASSWORD);
    let (_, signed_by_other) = server.session("alice", PASSWORD);
    let mut list = sessions(&signed_by_one, id).into_iter();
    let other = list.find(|session| session["current"] == false).unwrap();
    let ended = signed_by_one.delete(&path_of(id, &other));
    assert_eq!((ended.status, ended.body.as_str()), (204, ""));
    assert_eq!(signed_by_other.get("/users/2").status, 401);
    assert_eq!(signed_by_one.get("/users/2").status, 200);
    let again = alice.delete(&path_of(id, &other));
    assert_eq!(again.error(), (404, "not-found".to_owned()));
    assert_eq!(again.json()["detail"], "There is no such session");
    let own = sessions(&signed_by_one, id).remove(0);
    assert_eq!(own["current"], true);
    assert_eq!(signed_by_one.delete(&path_of(id, &own)).status, 204);
    assert_eq!(signed_by_one.get("/users/2").status, 401);
}

#[test]
fn anothers_session_does_not_end_under_ones_own_path() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (other, _) = server.user("bob");
    let (_, signed) = server.session("bob", PASSWORD);
    let session = sessions(&server.admin(), other).remove(0);
    assert_eq!(alice.delete(&path_of(id, &session)).status, 404);
    assert_eq!(alice.delete(&path_of(other, &session)).status, 403);
    assert_eq!(signed.get("/users/3").status, 200);
    assert_eq!(server.admin().delete(&path_of(other, &session)).status, 204);
    assert_eq!(signed.get("/users/3").status, 401);
}

#[test]
fn all_sessions_of_one_user_end_at_once() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    server.user("bob");
    let all = [(); 3].map(|()| server.session("alice", PASSWORD).1);
    let (_, bob) = server.session("bob", PASSWORD);
    let path = format!("/users/{id}/sessions");
    let ended = all[0].delete(&path);
    assert_eq!((ended.status, ended.body.as_str()), (204, ""));
    assert!(all.iter().all(|signed| signed.get("/users/2").status == 401));
    assert!(sessions(&alice, id).is_empty());
    assert_eq!(bob.get("/users/3").status, 200);
    let (_, signed) = server.session("alice", PASSWORD);
    let (_, admin) = server.admin_session();
    assert_eq!(admin.delete(&path).status, 204);
    assert_eq!(signed.get("/users/2").status, 401);
    assert_eq!(admin.get("/users/2").status, 200);
    // A user without sessions has none to end.
    assert_eq!(admin.delete(&path).status, 204);
}

#[test]
fn every_ending_is_in_the_audit_log_with_the_keys() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let admin = server.admin().with("x-request-id", "the-end");
    let keys = [(); 3].map(|()| server.session("alice", PASSWORD).0.key);
    let last_used_first = sessions(&admin, id);
    assert_eq!(admin.delete(&path_of(id, &last_used_first[0])).status, 204);
    assert_eq!(admin.delete(&path_of(id, &last_used_first[0])).status, 404);
    assert_eq!(admin.delete(&format!("/users/{id}/sessions")).status, 204);
    assert_eq!(admin.delete(&format!("/users/{id}/sessions")).status, 204);
    let [all, one, begun] = <[Value; 3]>::try_from(entries(&admin, 3)).unwrap();
    assert_eq!(begun["action"], "SESSION_BEGUN");
    let mut ended = Vec::new();
    for (entry, count) in [(&one, 1), (&all, 2)] {
        assert_eq!((&entry["action"], &entry["userId"]), (&json!("SESSION_ENDED"), &json!(id)));
        assert_eq!((&entry["actorName"], &entry["actor"]), (&json!("root"), &json!("PASSWORD")));
        assert_eq!(
            (&entry["clientRequestId"], &entry["address"]),
            (&json!("the-end"), &json!("127.0.0.1"))
        );
        let changes = entry["changes"].as_array().unwrap();
        assert_eq!(changes.len(), count);
        for change in changes {
            assert_eq!((&change["field"], &change["after"]), (&json!("session"), &Value::Null));
            ended.push(change["before"].as_str().unwrap().to_owned());
        }
    }
    ended.sort_unstable();
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    assert_eq!(ended, keys);
}

#[test]
fn a_session_ended_by_one_process_is_over_on_another() {
    let server = Server::start();
    let replica = server.replica();
    let (session, _) = server.admin_session();
    let at_replica = replica.anonymous().signing(&session);
    assert_eq!(at_replica.get("/users").status, 200);
    let own = sessions(&at_replica, 1).remove(0);
    assert_eq!(server.admin().delete(&path_of(1, &own)).status, 204);
    assert_eq!(at_replica.get("/users").status, 401);
}
