//! What each scope permits, cell by cell, over HTTP.

use serde_json::json;

use super::{ALL_SCOPES, key_info, make};
use crate::harness::{Answer, Client, PASSWORD, Server};

/// A user, and another one whom it acts on.
#[derive(Clone, Copy)]
struct Target {
    id: i64,
    name: &'static str,
}

/// Every operation that takes credentials.
const OPERATIONS: [&str; 20] = [
    "listPortalUsers",
    "getPortalUser",
    "createPortalUser",
    "updatePortalUserPassword",
    "deletePortalUser",
    "listUsers",
    "listUsersInPages",
    "createUser",
    "getCurrentUser",
    "getUser",
    "updateUser",
    "deleteSessionToken",
    "listSessions",
    "deleteSessions",
    "deleteSession",
    "createApiKey",
    "listApiKeys",
    "deleteApiKey",
    "verifyCredentials",
    "listAuditEntries",
];

fn call(client: &Client, operation: &str, Target { id, name }: Target) -> Answer {
    let (by_id, by_name) = (format!("/users/{id}"), format!("/api/v1/users/{name}"));
    let value = json!({"value": {"current_password": PASSWORD, "password": "another fine one"}});
    match operation {
        "listPortalUsers" => client.get("/api/v1/users"),
        "getPortalUser" => client.get(&by_name),
        "createPortalUser" => client.put(&format!("{by_name}-made"), &value),
        "updatePortalUserPassword" => client.patch(&by_name, &value),
        "deletePortalUser" => client.delete(&by_name),
        "listUsers" => client.get("/users"),
        "listUsersInPages" => client.get("/users?limit=1"),
        "createUser" => {
            let info =
                json!({"name": "eve", "email": "e@example.com", "plaintextPassword": PASSWORD});
            client.post("/users", &json!({ "userInfo": info }))
        }
        "getCurrentUser" => client.get("/users/me"),
        "getUser" => client.get(&by_id),
        "updateUser" => client.patch(&by_id, &json!({"userInfo": {"name": name}})),
        "deleteSessionToken" => client.delete("/tokens/any"),
        "listSessions" => client.get(&format!("{by_id}/sessions")),
        "deleteSessions" => client.delete(&format!("{by_id}/sessions")),
        "deleteSession" => client.delete(&format!("{by_id}/sessions/7")),
        "createApiKey" => client.post(&format!("{by_id}/keys"), &key_info(&["verify"])),
        "listApiKeys" => client.get(&format!("{by_id}/keys")),
        "deleteApiKey" => client.delete(&format!("{by_id}/keys/7")),
        "verifyCredentials" => client.get("/auth/verify"),
        "listAuditEntries" => client.get("/audit"),
        other => panic!("{other} is no operation"),
    }
}

/// The status if the user is asked itself, by scope, and what the user's rights add: the status of
/// an admin's key.
fn expected(operation: &str) -> ([bool; 4], u16, u16) {
    match operation {
        "listPortalUsers" | "listUsers" | "listUsersInPages" => {
            ([false, true, false, false], 403, 200)
        }
        "getPortalUser" | "getUser" => ([false, true, false, false], 200, 200),
        "getCurrentUser" => ([true, true, false, false], 200, 200),
        "updateUser" => ([false, false, true, false], 200, 200),
        "verifyCredentials" => ([true, false, false, false], 204, 204),
        "listAuditEntries" => ([false, false, false, true], 403, 200),
        _ => ([false; 4], 403, 403),
    }
}

#[test]
fn every_cell_of_the_scopes_is_enforced() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let target = Target { id, name: "alice" };
    let keyed = |client: &Client, user: i64, scopes: &[&str]| {
        server.anonymous().bearer(&make(client, user, scopes).secret)
    };
    for (place, scope) in ALL_SCOPES.iter().enumerate() {
        let [own, admins] = [keyed(&alice, id, &[scope]), keyed(&server.admin(), 1, &[scope])];
        for operation in OPERATIONS {
            let (permits, by_user, by_admin) = expected(operation);
            for (client, status) in [(&own, by_user), (&admins, by_admin)] {
                let answer = call(client, operation, target);
                let status = if permits[place] { status } else { 403 };
                assert_eq!(answer.status, status, "{operation} with {scope}: {answer:?}");
                let is_named = answer.body.contains("API key");
                assert_eq!(is_named, !permits[place], "{operation} with {scope}: {answer:?}");
            }
        }
    }
}

#[test]
fn a_key_with_every_scope_does_no_more_than_its_user() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    server.user("bob");
    let key = make(&alice, id, &ALL_SCOPES);
    let bearer = server.anonymous().bearer(&key.secret);
    for operation in OPERATIONS {
        let answers = [3, 99].map(|id| {
            let name = if id == 3 { "bob" } else { "absent" };
            call(&bearer, operation, Target { id, name })
        });
        if !["getCurrentUser", "verifyCredentials"].contains(&operation) {
            assert_eq!(answers.each_ref().map(|answer| answer.status), [403; 2], "{operation}");
        }
        assert_eq!(answers[0].body, answers[1].body, "{operation}");
    }
    // A right that the user loses, the key loses too.
    server.change(id, &json!({"roles": [{"name": "admin"}]}));
    assert_eq!(bearer.get("/users").status, 200);
    server.change(id, &json!({"roles": []}));
    assert_eq!(bearer.get("/users").status, 403);
}

#[test]
fn a_missing_scope_is_named() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let verify = server.anonymous().bearer(&make(&alice, id, &["verify"]).secret);
    let write = server.anonymous().bearer(&make(&alice, id, &["users:write"]).secret);
    let never = "API keys cannot do this; accepted are a name and password, or a session";
    for (answer, detail) in [
        (verify.get("/users/2"), "The API key requires the scope users:read"),
        (verify.get("/audit"), "The API key requires the scope audit:read"),
        (write.get("/auth/verify"), "The API key requires the scope verify"),
        (write.get("/users/me"), "The API key requires the scope users:read or verify"),
        (verify.get("/users/2/sessions"), never),
    ] {
        assert_eq!(answer.error(), (403, "insufficient-scope".to_owned()));
        assert_eq!(answer.json()["detail"], detail);
    }
    let portal = verify.get("/api/v1/users/alice");
    assert_eq!(portal.error(), (403, "The API key requires the scope users:read".to_owned()));
}
