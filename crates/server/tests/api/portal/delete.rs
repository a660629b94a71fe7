use serde_json::json;

use crate::harness::{PASSWORD, Server};

#[test]
fn removes_a_user_for_good() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let answer = server.admin().delete("/api/v1/users/ALICE");
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert_eq!(alice.get("/api/v1/users/alice").status, 401);
    assert_eq!(server.admin().get("/api/v1/users/alice").status, 404);
    assert_eq!(server.admin().get(&format!("/users/{id}")).status, 404);
    assert_eq!(server.admin().delete("/api/v1/users/alice").status, 404);
    let (new_id, _) = server.user("alice");
    assert!(new_id > id, "an id is never used twice");
}

#[test]
fn keeps_the_last_enabled_admin() {
    let server = Server::start();
    let (status, text) = server.admin().delete("/api/v1/users/root").error();
    assert_eq!(status, 409);
    assert!(text.contains("last enabled admin"), "{text}");
    let (id, alice) = server.user("alice");
    server.change(id, &json!({"roles": [{"name": "admin"}], "status": "DISABLED"}));
    assert_eq!(server.admin().delete("/api/v1/users/root").status, 409);
    server.change(id, &json!({"status": "ENABLED"}));
    assert_eq!(alice.delete("/api/v1/users/root").status, 204);
    assert_eq!(server.login("alice", PASSWORD).get("/api/v1/users").status, 200);
}
