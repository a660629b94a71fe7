//! A lost right is lost with the next request, on every replica.

use serde_json::json;

use super::VERIFY;
use crate::harness::{ADMIN_PASSWORD, Client, PASSWORD, Server};

const ROUNDS: usize = 10;

#[test]
fn every_loss_is_seen_by_the_next_check_of_each_replica() {
    let first = Server::start();
    let servers = [&first.replica(), &first.replica(), &first];
    let new = "another fine password";
    for round in 0..ROUNDS {
        let name = format!("user{round}");
        let (id, _) = first.user(&name);
        let (session, _) = first.session(&name, PASSWORD);
        let admin = servers[round % 3].admin();
        let change = |info| {
            let changed = admin.patch(&format!("/users/{id}"), &json!({ "userInfo": info }));
            assert_eq!(changed.status, 200, "{changed:?}");
        };
        let statuses = |client: &dyn Fn(&Server) -> Client, path: &str| {
            servers.map(|server| client(server).get(path).status)
        };
        let with = |password: &'static str| {
            let name = name.clone();
            move |server: &Server| server.login(&name, password)
        };
        let signed = |server: &Server| server.anonymous().signing(&session);
        let auditors = "/auth/verify?role=auditor";
        change(json!({"roles": [{"name": "auditor"}]}));
        assert_eq!(statuses(&with(PASSWORD), auditors), [204; 3]);
        assert_eq!(statuses(&signed, auditors), [204; 3]);
        change(json!({"roles": []}));
        assert_eq!(statuses(&with(PASSWORD), auditors), [403; 3]);
        assert_eq!(statuses(&signed, auditors), [403; 3]);
        assert_eq!(statuses(&with(PASSWORD), VERIFY), [204; 3]);
        change(json!({ "plaintextPassword": new }));
        assert_eq!(statuses(&with(PASSWORD), VERIFY), [401; 3]);
        assert_eq!(statuses(&signed, VERIFY), [401; 3]);
        assert_eq!(statuses(&with(new), VERIFY), [204; 3]);
        change(json!({"status": "DISABLED"}));
        assert_eq!(statuses(&with(new), VERIFY), [401; 3]);
        change(json!({"status": "ENABLED"}));
        assert_eq!(statuses(&with(new), VERIFY), [204; 3]);
        assert_eq!(admin.delete(&format!("/api/v1/users/{name}")).status, 204);
        assert_eq!(statuses(&with(new), VERIFY), [401; 3]);
    }
    assert_eq!(first.login("root", ADMIN_PASSWORD).get(VERIFY).status, 204);
}

#[test]
fn a_renamed_user_is_shown_by_the_new_name() {
    let server = Server::start();
    let replica = server.replica();
    let (id, _) = server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    assert_eq!(super::remote(&signed)[0], "alice");
    replica.change(id, &json!({"name": "alicia", "email": "other@example.com"}));
    let expected = ["alicia", &id.to_string(), "other@example.com", ""];
    assert_eq!(super::remote(&signed), expected);
    assert_eq!(server.login("alice", PASSWORD).get(VERIFY).status, 401);
}
