//! Roles as other systems spell them.

use serde_json::json;

use crate::harness::Server;

#[test]
fn roles_of_other_systems_are_kept_compared_and_found_exactly() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (other, _) = server.user("bob");
    let roles = ["Auditor", "ROLE_USER", "auditor", "imaging.reader", "system:masters"];
    let list = roles.map(|name| json!({ "name": name }));
    server.change(id, &json!({ "roles": list }));
    server.change(other, &json!({"roles": [{"name": "role_user"}]}));
    let shown = alice.get(&format!("/users/{id}")).json();
    assert_eq!(shown["user"]["roles"], json!(list));
    for role in roles {
        let page = server.admin().get(&format!("/users?role={role}")).json();
        let users = page["userList"]["users"].as_array().unwrap();
        assert_eq!((users.len(), &users[0]["id"]), (1, &json!(id)), "{role}");
    }
    let page = server.admin().get("/users?role=imaging.Reader").json();
    assert_eq!(page["userList"]["users"], json!([]));
}

#[test]
fn admin_in_another_case_is_refused_with_the_reason() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    for role in ["Admin", "ADMIN", "aDmin"] {
        let change = json!({"userInfo": {"roles": [{"name": "a"}, {"name": role}]}});
        let answer = server.admin().patch(&format!("/users/{id}"), &change);
        let expected = json!([{
            "field": "userInfo.roles[1].name",
            "message": "must not be `admin` in capital letters; the role that manages users is \
                        `admin`"
        }]);
        assert_eq!((answer.status, &answer.json()["errors"]), (400, &expected), "{role}");
        let answer = server.admin().get(&format!("/users?role={role}"));
        assert_eq!(answer.error(), (400, "malformed-request".to_owned()));
    }
    for role in ["ROLE_ADMIN", "admins", "Administrator"] {
        server.change(id, &json!({"roles": [{"name": role}]}));
        assert_eq!(alice.get("/users").status, 403, "{role} manages users");
    }
}
