//! `GET /audit`: permissions and pages.

use serde_json::{Value, json};

use super::log;
use crate::harness::{Client, Server};

/// The numbers of the entries on a page, and the path of the next one.
fn page(client: &Client, path: &str) -> (Vec<i64>, Option<String>) {
    let answer = client.get(path);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let log = &answer.json()["auditLog"];
    let number = |entry: &Value| entry["number"].as_i64().unwrap();
    let link = answer.header("link");
    let next = link.strip_prefix('<').and_then(|query| query.strip_suffix(">; rel=\"next\""));
    assert_eq!(next.is_some(), log.get("nextPageToken").is_some());
    (
        log["entries"].as_array().unwrap().iter().map(number).collect(),
        next.map(|query| format!("/audit{query}")),
    )
}

#[test]
fn only_admins_may_read_the_audit_log() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    assert_eq!(server.anonymous().get("/audit").error(), (401, "unauthenticated".to_owned()));
    assert_eq!(alice.get("/audit").error(), (403, "forbidden".to_owned()));
    // A caller without the right to read the log gets no details about the query.
    assert_eq!(alice.get("/audit?limit=0").status, 403);
    let (_, signed) = server.admin_session();
    let answer = signed.get("/audit");
    assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-cache"));
    assert_eq!(server.admin().post("/audit", &json!({})).status, 405);
}

#[test]
fn pages_follow_each_other_whatever_is_added_meanwhile() {
    let server = Server::start();
    let admin = server.admin();
    for name in ["alice", "bob", "carol", "dora"] {
        server.user(name);
    }
    let (first, next) = page(&admin, "/audit?limit=2");
    assert_eq!(first, [5, 4]);
    server.user("eve");
    let (second, next) = page(&admin, &next.unwrap());
    let (third, end) = page(&admin, &next.unwrap());
    assert_eq!((second, third, end), (vec![3, 2], vec![1], None));
    assert_eq!(page(&admin, "/audit").0, [6, 5, 4, 3, 2, 1]);
}

#[test]
fn entries_are_filtered_by_user_and_kind() {
    let server = Server::start();
    let admin = server.admin();
    let (id, _) = server.user("alice");
    server.user("bob");
    server.change(id, &json!({"name": "Al"}));
    server.change(id, &json!({"status": "DISABLED"}));
    for (query, expected) in [
        (format!("userId={id}"), vec![5, 4, 2]),
        (format!("userId={id}&action=USER_CHANGED"), vec![5, 4]),
        ("action=USER_CREATED".to_owned(), vec![3, 2, 1]),
        ("action=USER_DELETED".to_owned(), vec![]),
        ("userId=99".to_owned(), vec![]),
    ] {
        assert_eq!(page(&admin, &format!("/audit?{query}")).0, expected, "{query}");
    }
    let (_, next) = page(&admin, &format!("/audit?limit=1&userId={id}"));
    assert_eq!(page(&admin, &next.unwrap()).0, [4]);
}

#[test]
fn entries_are_filtered_by_actor_and_time() {
    let server = Server::start();
    let admin = server.admin();
    let (id, alice) = server.user("alice");
    let change = |email: &str| {
        let body = json!({"userInfo": {"email": email}});
        assert_eq!(alice.patch(&format!("/users/{id}"), &body).status, 200);
    };
    change("one@example.com");
    server.change(id, &json!({"name": "Al"}));
    let times: Vec<_> = log(&server).iter().rev().map(|entry| entry["time"].clone()).collect();
    let [second, third] = [&times[1], &times[2]].map(|time| time.as_str().unwrap());
    let time: jiff::Timestamp = third.parse().unwrap();
    let east = time.display_with_offset(jiff::tz::offset(2)).to_string().replace('+', "%2B");
    for (query, expected) in [
        (format!("actorId={id}"), vec![3]),
        ("actorId=1".to_owned(), vec![4]),
        (format!("actorId=1&userId={id}"), vec![4]),
        (format!("actorId={id}&action=USER_CREATED"), vec![]),
        (format!("since={third}"), vec![4, 3]),
        (format!("since={}", third.trim_end_matches('Z')), vec![4, 3]),
        (format!("since={east}"), vec![4, 3]),
        (format!("until={third}"), vec![2, 1]),
        (format!("since={second}&until={third}"), vec![2]),
        (format!("since={second}&actorId=1&userId={id}&action=USER_CHANGED"), vec![4]),
        (format!("since={third}&until={second}"), vec![]),
    ] {
        assert_eq!(page(&admin, &format!("/audit?{query}")).0, expected, "{query}");
    }
    let (_, next) = page(&admin, &format!("/audit?limit=1&since={second}"));
    let (second_page, next) = page(&admin, &next.unwrap());
    let (third_page, end) = page(&admin, &next.unwrap());
    assert_eq!((second_page, third_page, end), (vec![3], vec![2], None));
}

#[test]
fn an_invalid_parameter_is_rejected_with_the_accepted_values() {
    let server = Server::start();
    let admin = server.admin();
    server.user("alice");
    let answer = admin.get("/audit?limit=1&action=USER_CREATED").json();
    let token = answer["auditLog"]["nextPageToken"].as_str().unwrap().to_owned();
    for (query, expected) in [
        ("limit=0".to_owned(), "limit must be a whole number from 1 to 1000"),
        ("limit=1001".to_owned(), "limit must be a whole number from 1 to 1000"),
        ("userId=0".to_owned(), "userId must be a whole number from 1 to 9007199254740991"),
        (
            "userId=9007199254740992".to_owned(),
            "userId must be a whole number from 1 to 9007199254740991",
        ),
        ("userId=alice".to_owned(), "userId must be a whole number"),
        ("action=user_created".to_owned(), "action must be one of USER_CREATED, USER_CHANGED"),
        ("actorId=0".to_owned(), "actorId must be a whole number from 1 to 9007199254740991"),
        (
            "since=yesterday".to_owned(),
            "since must be a time in ISO 8601, such as 2026-11-28T16:24:00Z; without a zone",
        ),
        ("since=2026-11-28".to_owned(), "since must be a time in ISO 8601, such as 2026-11-28T"),
        ("until=2026-11-28T25:00:00Z".to_owned(), "until must be a time in ISO 8601, such as 20"),
        ("until=".to_owned(), "until must be a time in ISO 8601, such as 2026-11-28T16:24:00Z"),
        ("limit=1&limit=2".to_owned(), "limit must occur once"),
        ("pageToken=x".to_owned(), "pageToken must be the nextPageToken"),
        (format!("pageToken={token}"), "pageToken must be the nextPageToken"),
        (format!("pageToken={token}&action=USER_DELETED"), "pageToken must be the nextPageToken"),
        (
            format!("pageToken={token}&action=USER_CREATED&actorId=1"),
            "pageToken must be the nextPageToken",
        ),
        (
            format!("pageToken={token}&action=USER_CREATED&since=2026-11-28T16:24:00Z"),
            "pageToken must be the nextPageToken",
        ),
    ] {
        let answer = admin.get(&format!("/audit?{query}"));
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(answer.status == 400 && detail.starts_with(expected), "{query}: {detail}");
    }
}
