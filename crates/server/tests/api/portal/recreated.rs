//! Tags of a deleted user, sent for a new user of the same name.

use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Server};

const ALICE: &str = "/api/v1/users/alice";

fn password(text: &str) -> Value {
    json!({"value": {"password": text}})
}

/// The tag of the user at `path`, as an admin reads it.
fn tag(admin: &Client, path: &str) -> String {
    let answer = admin.get(path);
    assert_eq!(answer.status, 200);
    answer.header("etag").to_owned()
}

/// A tag as it was sent, as proxies rewrite it, and as a client could guess it from the version
/// of a user alone.
fn spellings(tag: &str, version: &str) -> Vec<String> {
    let text = tag.trim_matches('"');
    let mut spellings = vec![tag.to_owned(), format!("W/{tag}"), format!("\"99.0\", {tag}")];
    let suffixes = ["-gzip", "-br", "-zstd", "--gzip", ";gzip"];
    spellings.extend(suffixes.map(|suffix| format!("\"{text}{suffix}\"")));
    let bare = ["0", "\"0\"", "W/\"0\"", "\"0-gzip\"", "9, 0", "\"9\", \"0\""];
    spellings.extend(bare.map(|text| text.replace('0', version)));
    spellings
}

/// Tries each spelling of the tag `old` on the user at `path`, who is another one.
fn reaches_no_other(admin: &Client, path: &str, old: &str) {
    let own = tag(admin, path);
    let (_, version) = own.trim_matches('"').split_once('.').unwrap();
    for tag in spellings(old, version) {
        let stale = admin.with("if-match", &tag);
        let mut text = "Version does not match".to_owned();
        if !tag.contains('.') {
            text += "; If-Match must be an ETag such as \"15.3\", a list of these, or *";
        }
        let mismatch = (412, text);
        assert_eq!(stale.patch(path, &password("another fine one")).error(), mismatch, "{tag}");
        assert_eq!(stale.delete(path).error(), mismatch, "{tag}");
        let known = admin.with("if-none-match", &tag);
        for method in ["GET", "HEAD"] {
            assert_eq!(known.send(method, path, None).status, 200, "{method} {tag}");
        }
        let taken = (409, "Username already existed".to_owned());
        assert_eq!(known.put(path, &password(PASSWORD)).error(), taken, "{tag}");
    }
}

#[test]
fn a_deleted_users_tag_reaches_no_later_user_of_the_name() {
    let server = Server::start();
    let admin = server.admin();
    assert_eq!(admin.put(ALICE, &password(PASSWORD)).status, 201);
    let old = tag(&admin, ALICE);
    assert_eq!(admin.with("if-match", &old).delete(ALICE).status, 204);
    assert_eq!(admin.put(ALICE, &password(PASSWORD)).status, 201);
    reaches_no_other(&admin, ALICE, &old);
    assert_eq!(server.login("alice", PASSWORD).get(ALICE).status, 200);
    let new = tag(&admin, ALICE);
    assert_ne!(new, old);
    assert_eq!(admin.with("if-none-match", &new).get(ALICE).status, 304);
    let changed = admin.with("if-match", &new).patch(ALICE, &password("another fine one"));
    assert_eq!(changed.status, 200);
    assert_eq!(admin.with("if-match", changed.header("etag")).delete(ALICE).status, 204);
}

#[test]
fn users_who_swap_names_keep_their_tags_apart() {
    let server = Server::start();
    let [(alice, _), (bob, _)] = ["alice", "bob"].map(|name| server.user(name));
    let names = [(alice, "carol"), (bob, "alice"), (alice, "bob"), (bob, "Alice")];
    let admin = server.admin();
    let old = [tag(&admin, ALICE), tag(&admin, "/api/v1/users/bob")];
    for (id, name) in names {
        server.change(id, &json!({"name": name}));
    }
    let [of_bob, of_alice] = [tag(&admin, ALICE), tag(&admin, "/api/v1/users/bob")];
    for (path, stale) in [(ALICE, &old[0]), (ALICE, &old[1]), (ALICE, &of_alice)] {
        reaches_no_other(&admin, path, stale);
    }
    // Each user has its own tag under its new name.
    for (path, own) in [(ALICE, &of_bob), ("/api/v1/users/bob", &of_alice)] {
        let fresh = admin.with("if-match", own);
        assert_eq!(fresh.patch(path, &password("another fine one")).status, 200, "{path}");
    }
}

#[test]
fn each_set_takes_its_own_tags_alone() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let admin = server.admin();
    let (by_id, by_name) = (format!("/users/{id}"), tag(&admin, ALICE));
    assert_eq!((tag(&admin, &by_id), &by_name), ("\"0\"".to_owned(), &format!("\"{id}.0\"")));
    let rename = json!({"userInfo": {"name": "carol"}});
    assert_eq!(admin.with("if-match", &by_name).patch(&by_id, &rename).status, 412);
    assert_eq!(admin.with("if-none-match", &by_name).get(&by_id).status, 200);
    let own = tag(&admin, &by_id);
    assert_eq!(admin.with("if-match", &own).patch(ALICE, &password(PASSWORD)).status, 412);
    assert_eq!(admin.with("if-match", &own).patch(&by_id, &rename).status, 200);
}
