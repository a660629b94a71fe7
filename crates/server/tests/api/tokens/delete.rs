use crate::harness::{PASSWORD, Server};

#[test]
fn a_session_can_end_itself_and_others_of_its_user() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    let (one, signed_by_one) = server.session("alice", PASSWORD);
    let (other, signed_by_other) = server.session("alice", PASSWORD);
    let ended = signed_by_one.delete(&format!("/tokens/{}", one.key));
    assert_eq!((ended.status, ended.body.as_str()), (204, ""));
    assert_eq!(signed_by_one.get(&path).error(), (401, "unauthenticated".to_owned()));
    assert_eq!(signed_by_other.get(&path).status, 200);
    assert_eq!(alice.delete(&format!("/tokens/{}", other.key)).status, 204);
    assert_eq!(signed_by_other.get(&path).status, 401);
}

#[test]
fn only_admins_can_end_or_detect_sessions_of_others() {
    let server = Server::start();
    server.user("alice");
    let (_, bob) = server.user("bob");
    let (session, signed) = server.session("alice", PASSWORD);
    let path = format!("/tokens/{}", session.key);
    let refusals = [&path, "/tokens/nothing", "/tokens/%00%20%C3%A9"].map(|path| bob.delete(path));
    for refusal in &refusals {
        assert_eq!((refusal.status, &refusal.body), (403, &refusals[0].body));
    }
    assert_eq!(server.anonymous().delete(&path).status, 401);
    assert_eq!(signed.get("/users/2").status, 200);
    let (_, admin) = server.admin_session();
    assert_eq!(admin.delete(&path).status, 204);
    assert_eq!(signed.get("/users/2").status, 401);
    let again = admin.delete(&path);
    assert_eq!(again.error(), (404, "not-found".to_owned()));
    assert_eq!(again.json()["detail"], "There is no such session");
}
