use std::{sync::Barrier, thread};

use serde_json::{Value, json};

use crate::harness::{PASSWORD, Server};

/// The detail of a condition that does not hold, in either header.
const MISMATCH: &str = "The user's version does not satisfy If-Match or If-None-Match";

fn info(info: &Value) -> Value {
    json!({ "userInfo": info })
}

#[test]
fn changes_only_the_given_fields() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    let before = alice.get(&path).json();
    let answer = alice.patch(&path, &info(&json!({"email": "new@example.com"})));
    assert_eq!((answer.status, answer.header("etag")), (200, "\"1\""));
    let mut expected = before;
    expected["user"]["email"] = json!("new@example.com");
    expected["user"]["version"] = json!(1);
    assert_eq!(answer.json(), expected);
    assert_eq!(alice.get(&path).json(), expected);
}

#[test]
fn a_change_of_nothing_keeps_the_version() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    for same in [json!({}), json!({"name": "alice"}), json!({"email": "alice@example.com"})] {
        let answer = alice.patch(&path, &info(&same));
        assert_eq!((answer.status, answer.header("etag")), (200, "\"0\""), "{same}");
    }
    let answer = alice.patch(&path, &info(&json!({"name": "ALICE"})));
    assert_eq!((answer.header("etag"), &answer.json()["user"]["name"]), ("\"1\"", &json!("ALICE")));
}

#[test]
fn status_and_roles_from_a_non_admin_are_ignored() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let wish = json!({"roles": [{"name": "admin"}], "status": "DISABLED", "name": "eve"});
    let user = alice.patch(&format!("/users/{id}"), &info(&wish)).json();
    assert_eq!((&user["user"]["roles"], &user["user"]["status"]), (&json!([]), &json!("ENABLED")));
    assert_eq!(user["user"]["name"], "eve");
    assert_eq!(server.login("eve", PASSWORD).get("/users").status, 403);
}

#[test]
fn roles_replace_the_list_and_apply_to_the_next_request() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    server.change(id, &json!({"roles": [{"name": "b"}, {"name": "admin"}, {"name": "b"}]}));
    assert_eq!(alice.get("/users").status, 200);
    let roles = &server.admin().get(&format!("/users/{id}")).json()["user"]["roles"];
    assert_eq!(roles, &json!([{"name": "admin"}, {"name": "b"}]));
    server.change(id, &json!({"roles": []}));
    assert_eq!(alice.get("/users").status, 403);
}

#[test]
fn disabling_and_enabling_apply_to_the_next_request() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    server.change(id, &json!({"status": "DISABLED"}));
    assert_eq!(alice.get(&path).status, 401);
    server.change(id, &json!({"status": "ENABLED"}));
    assert_eq!(alice.get(&path).status, 200);
}

#[test]
fn a_new_password_is_the_only_one_from_then_on() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    let new = "another fine password";
    let wrong = json!({"plaintextPassword": new, "currentPlaintextPassword": "not it"});
    let refused = alice.patch(&path, &info(&wrong));
    assert_eq!(refused.error(), (403, "wrong-current-password".to_owned()));
    let answer = alice.patch(&path, &info(&json!({"plaintextPassword": new})));
    assert_eq!((answer.status, answer.header("etag")), (200, "\"1\""));
    assert_eq!(alice.get(&path).status, 401);
    assert_eq!(server.login("alice", new).get(&path).status, 200);
}

#[test]
fn an_answer_can_be_sent_back_changed() {
    let server = Server::start();
    server.admin().put("/api/v1/users/alice", &json!({"value": {"password": PASSWORD}}));
    let mut body = server.admin().get("/users/2").json();
    body["user"]["name"] = json!("bob");
    body["user"]["id"] = json!(99);
    body["user"]["version"] = json!("ninety-nine");
    body["user"]["createTime"] = json!(null);
    let answer = server.admin().patch("/users/2", &body);
    assert_eq!(answer.status, 200);
    let user = &answer.json()["user"];
    assert_eq!(
        (&user["id"], &user["version"], &user["name"]),
        (&json!(2), &json!(1), &json!("bob"))
    );
    body["user"]["name"] = json!("a/b");
    let wrong = server.admin().patch("/users/2", &body);
    assert_eq!(wrong.json()["errors"][0]["field"], "user.name");
    body["userInfo"] = json!({});
    let both = server.admin().patch("/users/2", &body);
    assert_eq!(both.error(), (400, "malformed-request".to_owned()));
    let expected = "userInfo and user are both present; only one is accepted";
    assert_eq!(both.json()["detail"], expected);
}

#[test]
fn invalid_values_are_named_with_the_accepted_ones() {
    let server = Server::start();
    for (wish, expected) in [
        (json!({"name": ""}), "must be 1 to 64 letters"),
        (json!({"email": "nowhere"}), "must be an email address"),
        (json!({"plaintextPassword": "short"}), "at least 8 characters"),
        (json!({"plaintextPassword": "password123"}), r#"one of the most common passwords"}"#),
        (json!({"plaintextPassword": "********"}), r#"be a placeholder such as ********"}"#),
        (
            json!({"name": "longname", "plaintextPassword": "LongName"}),
            r#"must not be the user's name"}"#,
        ),
        (json!({"status": "enabled"}), "expected `ENABLED` or `DISABLED`"),
        (json!({"name": "a b"}), "must not contain a space; accepted are 1 to 64 letters"),
        (json!({"roles": [{"name": "1st"}]}), "1 to 64 of A-Z, a-z"),
        (json!({"roles": [{"name": "ADMIN"}]}), "must not be `admin` in capital letters"),
        (json!({"roles": [{"name": null}]}), "userInfo.roles[0].name is required"),
        (json!({"roles": [{"name": "b"}, {"name": "a b"}]}), "userInfo.roles[1].name"),
        (
            json!({"roles": ["admin"]}),
            r#"userInfo.roles[0]: expected an object such as {\"name\": \"admin\"}"#,
        ),
        (json!({"rolls": []}), "is unknown; expected"),
    ] {
        let answer = server.admin().patch("/users/1", &info(&wish));
        assert_eq!(answer.status, 400, "{wish}");
        assert!(answer.body.contains(expected), "{wish}: {}", answer.body);
    }
    for body in [json!({}), json!({"userInfo": null}), json!({"userInfo": null, "user": null})] {
        let answer = server.admin().patch("/users/1", &body);
        let expected = "userInfo is required; user is accepted instead";
        assert_eq!(answer.json()["detail"], expected);
    }
}

#[test]
fn a_taken_name_or_address_is_a_conflict() {
    let server = Server::start();
    server.user("alice");
    let (id, bob) = server.user("bob");
    let wish = |wish| bob.patch(&format!("/users/{id}"), &info(&wish)).error();
    assert_eq!(wish(json!({"name": "ALICE"})), (409, "name-taken".to_owned()));
    assert_eq!(wish(json!({"email": "Alice@example.com"})), (409, "email-taken".to_owned()));
}

#[test]
fn if_match_lets_only_the_expected_version_be_changed() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    let accepted =
        "If-Match must be an ETag such as \"3\", a version such as 3, a list of these, or *";
    let stale = ["1", "\"1\"", "W/\"1\"", "\"1-gzip\""];
    let no_tags = ["\"0", "zero", "", "0-gzip", "\"abc\""];
    let stale = stale.iter().map(|tag| (tag, MISMATCH));
    for (tag, detail) in stale.chain(no_tags.iter().map(|tag| (tag, accepted))) {
        let answer = alice.with("if-match", tag).patch(&path, &info(&json!({"name": "eve"})));
        assert_eq!(answer.error(), (412, "version-mismatch".to_owned()), "{tag}");
        assert_eq!(answer.json()["detail"], detail, "{tag}");
    }
    assert_eq!(alice.get(&path).json()["user"]["version"], 0);
    let tags = ["0", "\"1\"", "7, \"2\"", "*", "W/\"4\"", "\"5-gzip\"", "\"6;gzip\"", "\"7--br\""];
    for (version, tag) in tags.into_iter().enumerate() {
        let wish = info(&json!({"email": format!("alice{version}@example.com")}));
        let answer = alice.with("if-match", tag).patch(&path, &wish);
        assert_eq!((answer.status, answer.header("etag")), (200, &*format!("\"{}\"", version + 1)));
    }
}

#[test]
fn if_none_match_keeps_the_versions_it_names() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    for (tag, status) in [("*", 412), ("\"0\"", 412), ("W/\"0-gzip\"", 412), ("\"7\"", 200)] {
        let wish = info(&json!({"email": "other@example.com"}));
        let answer = alice.with("if-none-match", tag).patch(&path, &wish);
        assert_eq!(answer.status, status, "{tag}");
        if status == 412 {
            assert_eq!(answer.json()["detail"], MISMATCH);
        }
    }
}

#[test]
fn other_refusals_win_over_412() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let stale = |client: &crate::harness::Client, path: &str, wish| {
        client.with("if-match", "99").patch(path, &info(&wish)).status
    };
    let own = format!("/users/{id}");
    assert_eq!(stale(&server.anonymous(), &own, json!({})), 401);
    assert_eq!(stale(&alice, "/users/1", json!({})), 403);
    assert_eq!(stale(&server.admin(), "/users/99", json!({})), 404);
    assert_eq!(stale(&alice, &own, json!({"name": "a b"})), 400);
    assert_eq!(stale(&alice, &own, json!({"plaintextPassword": "ALICE"})), 400);
    assert_eq!(stale(&alice, &own, json!({})), 412);
    // 412 wins over the refusal to demote the last admin.
    assert_eq!(stale(&server.admin(), "/users/1", json!({"roles": []})), 412);
}

#[test]
fn of_racing_writers_with_the_same_tag_exactly_one_wins() {
    const WRITERS: usize = 12;
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    let barrier = Barrier::new(WRITERS);
    let statuses: Vec<_> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (alice, path, barrier) = (&alice, &path, &barrier);
                scope.spawn(move || {
                    let wish = info(&json!({"email": format!("alice{writer}@example.com")}));
                    barrier.wait();
                    alice.with("if-match", "\"0\"").patch(path, &wish).status
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), WRITERS - 1);
    assert_eq!(alice.get(&path).json()["user"]["version"], 1);
}

#[test]
fn the_last_enabled_admin_is_neither_demoted_nor_disabled() {
    let server = Server::start();
    for wish in [json!({"roles": []}), json!({"status": "DISABLED"})] {
        let answer = server.admin().patch("/users/1", &info(&wish));
        assert_eq!(answer.error(), (409, "last-admin".to_owned()), "{wish}");
    }
    assert_eq!(server.admin().get("/users").status, 200);
}
