//! Pages of users, on both sets.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, PASSWORD, Server};

/// The users of an answer of either set by their names, and the token of the next page.
fn page(answer: &Answer) -> (Vec<String>, Option<String>) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    let (list, users, name) = match body.get("userList") {
        Some(list) => (list.clone(), list["users"].clone(), "name"),
        None => (body.clone(), body["value"].clone(), "username"),
    };
    let name = |user: &Value| user[name].as_str().unwrap().to_owned();
    let token = list.get("nextPageToken").map(|token| token.as_str().unwrap().to_owned());
    (users.as_array().unwrap().iter().map(name).collect(), token)
}

/// Follows the `Link` of each page to the end.
fn follow(client: &Client, path: &str) -> Vec<String> {
    let (mut names, mut next) = (Vec::new(), path.to_owned());
    loop {
        let answer = client.get(&next);
        let (users, token) = page(&answer);
        names.extend(users);
        let link = answer.header("link");
        assert_eq!(link.is_empty(), token.is_none());
        let Some(token) = token else { return names };
        let query = link.strip_prefix('<').and_then(|query| query.strip_suffix(">; rel=\"next\""));
        next = format!("{}{}", path.split('?').next().unwrap(), query.unwrap());
        assert!(next.contains(&format!("pageToken={token}")), "{link}");
    }
}

fn filled() -> Server {
    let server = Server::start();
    for name in ["dora", "Carl", "bob"] {
        server.user(name);
    }
    // The portal set has no addresses, so the name may be beyond ASCII.
    server.admin().put("/api/v1/users/%C3%84nne", &json!({"value": {"password": PASSWORD}}));
    server.user("alice");
    server.change(4, &json!({"status": "DISABLED"}));
    server.change(2, &json!({"roles": [{"name": "staff"}]}));
    server
}

#[test]
fn pages_follow_each_other_on_both_sets_in_every_order() {
    let server = filled();
    let admin = server.admin();
    let by_id = ["root", "dora", "Carl", "bob", "Änne", "alice"];
    let by_name = ["alice", "bob", "Carl", "dora", "root", "Änne"];
    for limit in [1, 4, 5, 6, 1000] {
        for (query, expected) in [("", by_id), ("&sort=name", by_name), ("&sort=createTime", by_id)]
        {
            assert_eq!(follow(&admin, &format!("/users?limit={limit}{query}")), expected);
        }
        for (query, expected) in [("", by_name), ("&sort=name", by_name), ("&sort=id", by_id)] {
            assert_eq!(follow(&admin, &format!("/api/v1/users?limit={limit}{query}")), expected);
        }
    }
}

#[test]
fn filters_return_users_that_match_all_of_them() {
    let server = filled();
    let admin = server.admin();
    for (query, expected) in [
        ("name=BOB", vec!["bob"]),
        ("name=absent", vec![]),
        ("email=Carl%40EXAMPLE.com", vec!["Carl"]),
        ("namePrefix=%C3%A4", vec!["Änne"]),
        ("namePrefix=A&limit=1", vec!["alice"]),
        ("status=DISABLED", vec!["bob"]),
        ("status=ENABLED&sort=id&limit=2", vec!["root", "dora", "Carl", "Änne", "alice"]),
        ("role=staff", vec!["dora"]),
        ("role=staff&status=DISABLED", vec![]),
    ] {
        let names = follow(&admin, &format!("/users?{query}"));
        assert_eq!(names, expected, "{query}");
        let mut names = follow(&admin, &format!("/api/v1/users?{query}"));
        names.sort();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(names, expected, "{query}");
    }
}

#[test]
fn a_page_has_the_form_of_the_list() {
    let server = filled();
    let admin = server.admin();
    let whole = admin.get("/users").body;
    assert_eq!(admin.get("/users?limit=6").body, whole);
    assert_eq!(admin.get("/users?").body, whole);
    let cut = admin.get("/users?limit=1").body;
    assert!(cut.starts_with(&whole[..60]) && cut.contains("}],\"nextPageToken\":\""), "{cut}");
    let whole = admin.get("/api/v1/users").body;
    assert_eq!(admin.get("/api/v1/users?sort=name").body, whole);
    assert!(admin.get("/api/v1/users?limit=1").body.contains("}],\"nextPageToken\":\""));
}

#[test]
fn invalid_parameters_are_named_with_the_accepted_values() {
    let server = filled();
    let admin = server.admin();
    let (_, token) = page(&admin.get("/users?limit=2&sort=name"));
    let token = token.unwrap();
    for (query, expected) in [
        ("limit=0".to_owned(), "limit must be a whole number from 1 to 1000"),
        ("limit=1001".to_owned(), "limit must be a whole number from 1 to 1000"),
        ("limit=ten".to_owned(), "limit must be a whole number from 1 to 1000"),
        ("limit=".to_owned(), "limit must be a whole number from 1 to 1000"),
        ("limit=1&limit=2".to_owned(), "limit must occur once"),
        ("limit=%20expected%20hunter22".to_owned(), "limit must be a whole number from 1 to 1000"),
        ("status=ENABLED&status=ENABLED".to_owned(), "status must occur once"),
        ("sort=age".to_owned(), "sort must be one of id, name, createTime"),
        ("status=enabled".to_owned(), "status must be ENABLED or DISABLED"),
        ("status=expected%20hunter22".to_owned(), "status must be ENABLED or DISABLED"),
        ("role=Admin".to_owned(), "role must not be `admin` in capital letters"),
        ("role=1st".to_owned(), "role must be 1 to 64 of A-Z, a-z"),
        ("name=two+words".to_owned(), "name must not contain a space; accepted are"),
        ("email=absent".to_owned(), "email must be an email address"),
        ("namePrefix=".to_owned(), "namePrefix must be the beginning of a username"),
        ("namePrefix=a%2Fb".to_owned(), "namePrefix must be the beginning of a username"),
        ("name=".to_owned(), "name must be 1 to 64 letters"),
        ("name=%FF".to_owned(), "name must not contain U+FFFD; accepted are"),
        ("pageToken=".to_owned(), "pageToken must be the nextPageToken"),
        ("pageToken=abc".to_owned(), "pageToken must be the nextPageToken"),
        (format!("pageToken={token}"), "pageToken must be the nextPageToken"),
        (format!("pageToken={token}&sort=name&role=staff"), "pageToken must be the nextPageToken"),
        (format!("pageToken={token}%3D&sort=name"), "pageToken must be the nextPageToken"),
    ] {
        let refused = admin.get(&format!("/users?{query}"));
        assert_eq!(refused.status, 400, "{query}");
        assert_eq!(refused.json()["type"], "urn:rollcall:problem:malformed-request");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with(expected), "{query}: {detail}");
        assert!(!detail.contains("hunter22"), "{query}: {detail}");
        // The default order of the portal set is by name.
        if query != format!("pageToken={token}") {
            let refused = admin.get(&format!("/api/v1/users?{query}"));
            assert_eq!((refused.status, refused.json()), (400, json!(detail)), "{query}");
        }
    }
    // The limit may change between pages, and both sets accept the same token.
    for path in ["/users", "/api/v1/users"] {
        let answer = admin.get(&format!("{path}?limit=9&sort=name&pageToken={token}"));
        assert_eq!(page(&answer).0, ["Carl", "dora", "root", "Änne"]);
    }
}

#[test]
fn an_unknown_parameter_is_refused_by_name() {
    let server = filled();
    let admin = server.admin();
    let of_users = "limit, pageToken, name, email, namePrefix, status, role, sort";
    for (path, accepted) in [
        ("/users", of_users),
        ("/api/v1/users", of_users),
        ("/audit", "limit, pageToken, userId, actorId, action, since, until"),
    ] {
        for (query, named) in [
            ("pageTokn=x", "pageTokn"),
            ("limit=1&state=DISABLED", "state"),
            ("Limit=1", "Limit"),
            ("a_b", "a_b"),
            ("limit%20=1", "a parameter of the query"),
            ("=1", "a parameter of the query"),
            ("hunter22=1", "a parameter of the query"),
            ("limit=1&limit.x=1", "a parameter of the query"),
        ] {
            let target = format!("{path}?{query}");
            let refused = admin.get(&target);
            let expected = format!("{named} is unknown; accepted are {accepted}");
            let body = refused.json();
            let detail = if body.is_string() { &body } else { &body["detail"] };
            assert_eq!((refused.status, detail), (400, &json!(expected)), "{target}");
            assert_eq!(admin.send("HEAD", &target, None).status, 400, "{target}");
        }
    }
    // The caller is checked first.
    assert_eq!(server.login("alice", PASSWORD).get("/users?pageTokn=x").status, 403);
}

#[test]
fn a_forged_page_token_is_refused_or_returns_a_page() {
    let server = filled();
    let admin = server.admin();
    let (_, token) = page(&admin.get("/users?limit=2&sort=name"));
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(token.unwrap()).unwrap();
    bytes.truncate(6);
    for (place, status) in [("a\0b", 400), ("\u{7f}", 400), ("b", 200), ("", 200)] {
        let forged = BASE64_URL_SAFE_NO_PAD.encode([&bytes, place.as_bytes()].concat());
        let answer = admin.get(&format!("/users?sort=name&pageToken={forged}"));
        assert_eq!(answer.status, status, "{place:?}");
    }
}

#[test]
fn a_prefix_may_end_where_no_name_could() {
    let server = filled();
    for name in ["%D7%90-%D7%91", "col%C2%B7lab"] {
        let body = json!({"value": {"password": PASSWORD}});
        assert_eq!(server.admin().put(&format!("/api/v1/users/{name}"), &body).status, 201);
    }
    for (prefix, name) in [("%D7%90-", "א-ב"), ("COL%C2%B7", "col·lab")] {
        let answer = server.admin().get(&format!("/users?namePrefix={prefix}"));
        assert_eq!(page(&answer).0, [name]);
    }
}

#[test]
fn pages_are_for_admins_and_may_be_signed() {
    let server = filled();
    let (_, alice) = server.user("eve");
    assert_eq!(alice.get("/users?limit=x").status, 403);
    assert_eq!(server.anonymous().get("/api/v1/users?limit=1").status, 401);
    let (_, signing) = server.admin_session();
    assert_eq!(page(&signing.get("/users?namePrefix=b&limit=1")).0, ["bob"]);
}
