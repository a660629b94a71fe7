use std::{sync::Barrier, thread};

use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Server};

const ALICE: &str = "/api/v1/users/alice";

/// The tag `"2.0"` as compressing proxies rewrite it.
const THROUGH_PROXIES: [&str; 6] =
    ["W/\"2.0\"", "\"2.0-gzip\"", "\"2.0-br\"", "\"2.0-zstd\"", "\"2.0;gzip\"", "\"2.0--gzip\""];

fn password(text: &str) -> Value {
    json!({"value": {"password": text}})
}

/// The error of an answer whose `If-Match` names no version.
fn malformed() -> (u16, String) {
    let accepted = "If-Match must be an ETag such as \"15.3\", a list of these, or *";
    (412, format!("Version does not match; {accepted}"))
}

/// The error of an answer whose condition did not hold.
fn mismatch() -> (u16, String) {
    (412, "Version does not match".to_owned())
}

#[test]
fn every_answer_that_shows_a_user_has_its_tag() {
    let server = Server::start();
    let admin = server.admin();
    let tag = |answer: crate::harness::Answer| answer.header("etag").to_owned();
    assert_eq!(tag(admin.put(ALICE, &password(PASSWORD))), "\"2.0\"");
    assert_eq!(tag(admin.get(ALICE)), "\"2.0\"");
    assert_eq!(tag(admin.patch(ALICE, &password("another fine one"))), "\"2.1\"");
    server.change(2, &json!({"email": "alice@example.com"}));
    assert_eq!(tag(admin.get(ALICE)), "\"2.2\"");
    assert_eq!(tag(admin.get("/users/2")), "\"2\"");
    for untagged in [admin.get("/api/v1/users"), admin.get("/users"), admin.delete(ALICE)] {
        assert_eq!(tag(untagged), "");
    }
}

#[test]
fn answers_304_while_the_client_has_the_version() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    for tag in ["\"2.0\"", "*", "\"2.7\", W/\"2.0\""].into_iter().chain(THROUGH_PROXIES) {
        for method in ["GET", "HEAD"] {
            let answer = alice.with("if-none-match", tag).send(method, ALICE, None);
            assert_eq!((answer.status, answer.header("etag")), (304, "\"2.0\""), "{tag}");
            assert_eq!(answer.body, "");
        }
    }
    server.change(id, &json!({"email": "other@example.com"}));
    assert_eq!(alice.with("if-none-match", "\"2.0\"").get(ALICE).status, 200);
    // Other users do not learn whether the tag matches.
    server.user("bob");
    let asking = alice.with("if-none-match", "*");
    assert_eq!(asking.get("/api/v1/users/bob").status, 403);
    assert_eq!(server.anonymous().with("if-none-match", "*").get(ALICE).status, 401);
    let admin = server.admin().with("if-none-match", "*");
    assert_eq!(admin.get("/api/v1/users/missing").status, 404);
}

#[test]
fn if_match_guards_a_change_and_a_deletion() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let admin = server.admin();
    let stale = ["\"2.1\"", "\"3.0-gzip\"", "0, \"2.1\""].map(|tag| (tag, mismatch()));
    let no_tags = ["0", "\"0\"", "W/\"0\"", "2.0", "\"2.0", "\"abc\"", "zero", ""];
    for (tag, expected) in stale.into_iter().chain(no_tags.map(|tag| (tag, malformed()))) {
        let stale = admin.with("if-match", tag);
        assert_eq!(stale.patch(ALICE, &password("another fine one")).error(), expected, "{tag}");
        assert_eq!(stale.delete(ALICE).error(), expected, "{tag}");
    }
    assert_eq!(admin.get(&format!("/users/{id}")).json()["user"]["version"], 0);
    assert_eq!(server.login("alice", PASSWORD).get(ALICE).status, 200);
    let fresh = ["\"2.0\"", "*", "7, \"2.0\""].into_iter().chain(THROUGH_PROXIES);
    for (place, tag) in fresh.enumerate() {
        let path = format!("/api/v1/users/user{place}");
        let made = admin.put(&path, &password(PASSWORD));
        let (id, _) = made.header("etag").trim_matches('"').split_once('.').unwrap();
        let tag = tag.replace("2.0", &format!("{id}.0"));
        let changed = admin.with("if-match", &tag).patch(&path, &password("another fine one"));
        assert_eq!(
            (changed.status, changed.header("etag")),
            (200, &*format!("\"{id}.1\"")),
            "{tag}"
        );
        let tag = tag.replace(&format!("{id}.0"), &format!("{id}.1"));
        assert_eq!(admin.with("if-match", &tag).delete(&path).status, 204, "{tag}");
    }
}

#[test]
fn if_none_match_makes_only_users_that_do_not_exist() {
    let server = Server::start();
    let admin = server.admin();
    let star = admin.with("if-none-match", "*");
    assert_eq!(star.put(ALICE, &password(PASSWORD)).status, 201);
    let exists = || (412, "Username already existed".to_owned());
    for path in [ALICE, "/api/v1/users/ALICE"] {
        assert_eq!(star.put(path, &password(PASSWORD)).error(), exists());
    }
    let own = admin.with("if-none-match", "\"2.0\"");
    assert_eq!(own.put(ALICE, &password(PASSWORD)).error(), exists());
    let taken = (409, "Username already existed".to_owned());
    let other = admin.with("if-none-match", "\"2.7\"");
    for client in [admin.clone(), other, admin.with("if-match", "\"2.0\"")] {
        assert_eq!(client.put(ALICE, &password(PASSWORD)).error(), taken);
    }
    // A client that sends a version expects the user to exist.
    let update = admin.with("if-match", "*");
    assert_eq!(update.put("/api/v1/users/bob", &password(PASSWORD)).error(), mismatch());
    assert_eq!(admin.get("/api/v1/users/bob").status, 404);
    assert_eq!(star.patch(ALICE, &password("another fine one")).error(), mismatch());
    assert_eq!(star.delete(ALICE).error(), mismatch());
}

#[test]
fn other_refusals_win_and_only_the_last_admins_does_not() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    let stale = |client: &Client| client.with("if-match", "99");
    let change = password("another fine one");
    let own = json!({"value": {"current_password": "wrong", "password": "another fine one"}});
    let admin = stale(&server.admin());
    for (path, status) in [(ALICE, 401), ("/api/v1/users/missing", 401)] {
        assert_eq!(stale(&server.anonymous()).patch(path, &change).status, status);
        assert_eq!(stale(&server.anonymous()).delete(path).status, status);
    }
    assert_eq!(stale(&alice).delete(ALICE).status, 403);
    assert_eq!(stale(&alice).patch("/api/v1/users/root", &change).status, 403);
    assert_eq!(stale(&alice).patch(ALICE, &own).status, 403);
    assert_eq!(admin.delete("/api/v1/users/missing").status, 404);
    assert_eq!(admin.patch("/api/v1/users/missing", &change).status, 404);
    assert_eq!(admin.patch(ALICE, &password("short")).status, 400);
    let star = server.admin().with("if-none-match", "*");
    assert_eq!(star.put(ALICE, &password("short")).status, 400);
    assert_eq!(admin.delete("/api/v1/users/root").error(), malformed());
    assert_eq!(server.admin().with("if-match", "\"1.0\"").delete("/api/v1/users/root").status, 409);
}

#[test]
fn of_racing_deletions_and_changes_exactly_one_wins() {
    const WRITERS: usize = 12;
    let server = Server::start();
    let admin = server.admin();
    assert_eq!(admin.put(ALICE, &password(PASSWORD)).status, 201);
    let barrier = Barrier::new(WRITERS);
    let statuses: Vec<_> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (client, barrier) = (admin.with("if-match", "\"2.0\""), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    if writer % 3 == 0 {
                        client.patch(ALICE, &password(&format!("fine one {writer}"))).status
                    } else {
                        client.delete(ALICE).status
                    }
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let won = statuses.iter().filter(|status| matches!(status, 200 | 204)).count();
    let lost = statuses.iter().filter(|status| matches!(status, 404 | 412)).count();
    assert_eq!((won, lost), (1, WRITERS - 1), "{statuses:?}");
}
