//! `?role=`: the roles of which the user must have one.

use serde_json::json;

use super::VERIFY;
use crate::harness::{PASSWORD, Server};

#[test]
fn one_of_the_roles_is_enough() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    server.change(id, &json!({"roles": [{"name": "auditor"}, {"name": "system:masters"}]}));
    for (query, expected) in [
        ("", 204),
        ("?", 204),
        ("?role=auditor", 204),
        ("?role=system%3Amasters", 204),
        ("?role=writer&role=auditor", 204),
        ("?role=auditor&role=auditor", 204),
        ("?role=writer", 403),
        ("?role=Auditor", 403),
        ("?role=audito", 403),
        ("?role=admin", 403),
        ("?role=writer&role=admin", 403),
    ] {
        for client in [&alice, &signed] {
            for method in ["GET", "HEAD"] {
                let answer = client.send(method, &format!("{VERIFY}{query}"), None);
                assert_eq!(answer.status, expected, "{method} {query}");
                let is_named =
                    answer.headers.keys().any(|name| name.as_str().starts_with("remote"));
                assert_eq!(is_named, expected == 204, "{method} {query}");
            }
        }
    }
    let refusal = alice.get("/auth/verify?role=writer");
    assert_eq!(refusal.error(), (403, "forbidden".to_owned()));
    // An admin has the rights of an admin, and no other role.
    assert_eq!(server.admin().get("/auth/verify?role=auditor").status, 403);
    assert_eq!(server.admin().get("/auth/verify?role=admin").status, 204);
}

/// A misspelt parameter that was ignored would let every user pass.
#[test]
fn any_other_query_is_refused_by_name() {
    let server = Server::start();
    let admin = server.admin();
    for (query, detail) in [
        ("group=admin", "group is unknown; accepted is role, which may be repeated"),
        ("role=admin&Role=x", "Role is unknown; accepted is role, which may be repeated"),
        ("role", "role must be 1 to 64 of "),
        ("role=", "role must be 1 to 64 of "),
        ("role=admin&role=", "role must be 1 to 64 of "),
        ("role=admin,auditor", "role must be 1 to 64 of "),
        ("role=a%0D%0Ab", "role must be 1 to 64 of "),
        ("role=%ff", "role must be 1 to 64 of "),
        ("role=ADMIN", "role must not be `admin` in capital letters"),
    ] {
        let answer = admin.get(&format!("{VERIFY}?{query}"));
        assert_eq!(answer.error(), (400, "malformed-request".to_owned()), "{query}");
        let shown = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(shown.starts_with(detail), "{query}: {shown}");
    }
    let long = format!("{VERIFY}?role={}", "x".repeat(65));
    assert_eq!(admin.get(&long).status, 400);
    // The query tells nothing to a client without credentials.
    assert_eq!(server.anonymous().get("/auth/verify?group=x").status, 401);
}
