use serde_json::json;

use crate::harness::Server;

#[test]
fn lists_every_user_by_name() {
    let server = Server::start();
    server.user("zoe");
    server.user("Adam");
    let answer = server.admin().get("/api/v1/users");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(
        answer.body,
        concat!(
            r#"{"value":[{"username":"Adam","admin":false},{"username":"root","admin":true},"#,
            r#"{"username":"zoe","admin":false}]}"#
        )
    );
}

#[test]
fn shows_who_is_an_admin_by_role() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    server.change(id, &json!({"roles": [{"name": "admin"}, {"name": "other"}]}));
    let list = server.admin().get("/api/v1/users").json();
    assert_eq!(list["value"][0], json!({"username": "alice", "admin": true}));
    server.change(id, &json!({"roles": [{"name": "other"}]}));
    let list = server.admin().get("/api/v1/users").json();
    assert_eq!(list["value"][0], json!({"username": "alice", "admin": false}));
}
