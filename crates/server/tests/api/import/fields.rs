//! The fields of a user in a file, and their values after the import.

use super::{HASHES, Place, lines, sql};
use crate::harness::PASSWORD;

#[test]
fn every_field_of_an_object_arrives() {
    let place = Place::new();
    let long = "🦀🐙".repeat(20);
    place.write(
        "users.ndjson",
        &format!(
            "\u{feff}{{\"name\":\"Älice\",\"email\":\"A@example.com\",\"status\":\"ENABLED\",\
             \"roles\":[\"auditor\",{{\"name\":\"admin\"}}],\
             \"createTime\":\"2017-05-08T17:44:19Z\",\
             \"passwordHash\":\"{}\"}}\r\n\n\
             {{\"passwordHash\":\"{}\",\"name\":\"bob\",\"email\":null,\"roles\":null}}\n\
             {{\"name\":\"carol\",\"plaintextPassword\":\"{PASSWORD}\",\"status\":\"DISABLED\"}}\n\
             {{\"name\":\"dave\",\"plaintextPassword\":\"{long}\"}}",
            HASHES[0], HASHES[1]
        ),
    );
    assert_eq!(place.succeed(&["import", "users.ndjson"]), "imported 4 users\n");
    let server = place.server();
    let alice = server.login("älice", "U*U");
    let expected = serde_json::json!({"user": {
        "id": 1, "version": 0, "createTime": "2017-05-08T17:44:19Z", "name": "Älice",
        "email": "A@example.com", "status": "ENABLED",
        "roles": [{"name": "admin"}, {"name": "auditor"}],
    }});
    assert_eq!(alice.get("/users/1").json(), expected);
    assert_eq!(server.login("bob", "U*U").get("/users/2").status, 200);
    assert_eq!(alice.get("/users/3").json()["user"]["status"], "DISABLED");
    assert_eq!(server.login("dave", &long).get("/users/4").status, 200);
    assert_eq!(server.login("dave", &long[4..]).get("/users/4").status, 401);
    let enable = serde_json::json!({"userInfo": {"status": "ENABLED"}});
    assert_eq!(alice.patch("/users/3", &enable).status, 200);
    assert_eq!(server.login("carol", PASSWORD).get("/users/3").status, 200);
}

#[test]
fn every_column_of_a_record_arrives() {
    let place = Place::new();
    let text = format!(
        "\u{feff}roles,name,email,passwordHash,plaintextPassword,status,createTime\r\n\
         admin;auditor,=1+1,a@example.com,{},,DISABLED,2017-05-08T17:44:19Z\r\n\r\n\
         ,\"q\"\"uote\",,,\"two\nlines, \"\"quoted\"\"\",,\r\n",
        HASHES[0]
    );
    let output = place.feed(&["import", "-", "--format", "csv"], &text);
    assert!(output.status.success(), "{output:?}");
    let csv = place.succeed(&["export", "--format", "csv"]);
    let lines: Vec<_> = csv.lines().collect();
    let header = r#""name","email","status","roles","createTime","guarded""#;
    let first = r#""'=1+1","a@example.com","DISABLED","admin;auditor","2017-05-08T17:44:19Z","""#;
    assert_eq!(lines[..2], [header, first]);
    assert!(lines[2].starts_with(r#""q""uote","","ENABLED","","20"#), "{csv}");
    let server = place.server();
    assert_eq!(server.login("q\"uote", "two\nlines, \"quoted\"").get("/users/2").status, 200);
}

#[test]
fn ids_follow_line_order_and_continue_for_later_users() {
    let place = Place::new();
    place.write("users.jsonl", &lines(1..=1234));
    assert_eq!(place.succeed(&["import", "users.jsonl"]), "imported 1234 users\n");
    assert_eq!(place.users(), lines(1..=1234));
    let query = "SELECT count(*) FROM users WHERE name = 'user' || id AND version = 0";
    assert_eq!(sql(&place.url(), query, query), "1234\n");
    if place.url().starts_with("postgres") {
        // Otherwise the database would still plan for empty tables.
        let known = "SELECT reltuples FROM pg_class WHERE relname = 'users'";
        assert_eq!(sql(&place.url(), "", known), "1234\n");
    }
    let server = place.server();
    // The first admin came with the server.
    assert_eq!(server.user("next").0, 1236);
}

#[test]
fn a_running_server_accepts_imported_users_at_once() {
    let place = Place::new();
    let server = place.server();
    assert_eq!(server.login("user1", "U*U").get("/users/2").status, 401);
    place.write("users.ndjson", &lines(1..=3));
    place.succeed(&["import", "users.ndjson"]);
    assert_eq!(server.login("user1", "U*U").get("/users/2").status, 200);
    assert_eq!(server.user("next").0, 5);
}
