//! Users that exist already.

use serde_json::json;

use super::{HASHES, Place, lines, sql};
use crate::harness::PASSWORD;

#[test]
fn repeating_an_import_changes_nothing() {
    let place = Place::new();
    let passwords = format!(
        "{{\"name\":\"Alice\",\"plaintextPassword\":\"{PASSWORD}\"}}\n\
         {{\"name\":\"bob\",\"plaintextPassword\":\"{PASSWORD}2\"}}\n"
    );
    place.write("users.ndjson", &format!("{passwords}{}", lines(1..=700)));
    assert_eq!(place.succeed(&["import", "users.ndjson"]), "imported 702 users\n");
    let before = place.users();
    for arguments in [&[][..], &["--skip-errors"]] {
        let said = place.succeed(&[&["import", "users.ndjson"], arguments].concat());
        assert_eq!(said, "imported 0 users, 702 unchanged\n");
    }
    assert_eq!(place.users(), before);
    // New users are added to the existing ones.
    place.write("users.ndjson", &format!("{}{passwords}", lines(650..=750)));
    let said = place.succeed(&["import", "users.ndjson"]);
    assert_eq!(said, "imported 50 users, 53 unchanged\n");
}

#[test]
fn an_existing_user_with_other_values_is_kept_and_reported() {
    let place = Place::new();
    let server = place.server();
    for name in ["alice", "bob"] {
        server.user(name);
    }
    server.change(2, &json!({"status": "DISABLED", "roles": [{"name": "auditor"}]}));
    let user = |name: &str, rest: &str| format!("{{\"name\":\"{name}\",{rest}}}\n");
    let text = [
        user(
            "alice",
            &format!("\"email\":\"alice@example.com\",\"plaintextPassword\":\"{PASSWORD}\""),
        ),
        user(
            "BOB",
            &format!("\"createTime\":\"2017-05-08T17:44:19Z\",\"passwordHash\":\"{}\"", HASHES[0]),
        ),
        user("bob", "\"email\":\"bob@example.com\",\"plaintextPassword\":\"another one of mine\""),
        user(
            "carol",
            "\"email\":\"BOB@example.com\",\"plaintextPassword\":\"another one of mine\"",
        ),
        user("dave", "\"plaintextPassword\":\"another one of mine\""),
    ];
    place.write("users.ndjson", &text.concat());
    let before = place.users();
    let expected = "line 1: the name is taken by a user with another status, roles\n\
        line 2: the name is taken by a user with another name, email, createTime, password\n\
        line 3: the name is taken by a user with another password\n\
        line 4: the email is taken\n";
    let said = place.fail(1, &["import", "users.ndjson", "--dry-run"]);
    assert!(said.contains(expected), "{said}");
    assert!(
        said.ends_with("error: nothing would be imported, because of 4 rejected lines\n"),
        "{said}"
    );
    assert!(place.fail(1, &["import", "users.ndjson"]).contains(expected));
    assert_eq!(place.users(), before);
    let output = place.command(&["import", "users.ndjson", "--skip-errors"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "imported 1 user, skipped 4 lines\n");
    assert!(String::from_utf8(output.stderr).unwrap().contains(expected));
    let after = place.users();
    assert!(after.starts_with(&before) && after.lines().count() == 4, "{after}");
    assert_eq!(server.login("dave", "another one of mine").get("/users").status, 403);
}

#[test]
fn duplicate_lines_are_an_error_even_for_existing_users() {
    let place = Place::new();
    place.write("users.ndjson", &lines(1..=3));
    place.succeed(&["import", "users.ndjson"]);
    place.write("users.ndjson", &format!("{}{}", lines(3..=3), lines(1..=3)));
    for arguments in [&[][..], &["--dry-run"]] {
        let said = place.fail(1, &[&["import", "users.ndjson"], arguments].concat());
        assert!(said.contains("line 4: the name is that of line 1 too\n"), "{said}");
        assert_eq!(said.matches("line ").count(), 2, "{said}");
    }
}

#[test]
fn a_dry_run_writes_nothing_and_makes_nothing() {
    let place = Place::new();
    place.write(
        "users.ndjson",
        &format!("{{\"name\":\"a\",\"plaintextPassword\":\"{PASSWORD}\"}}\n{}", lines(1..=600)),
    );
    assert_eq!(place.succeed(&["import", "users.ndjson", "--dry-run"]), "would import 601 users\n");
    assert!(!place.0.path().join("data").exists());
    let server = place.server();
    server.user("user7");
    let said = place.fail(1, &["import", "users.ndjson", "--dry-run"]);
    assert!(
        said.contains("line 8: the name is taken by a user with another createTime, password\n"),
        "{said}"
    );
    let count = "SELECT count(*) FROM users";
    assert_eq!(sql(&place.url(), count, count), "2\n");
    // It has used no ids, either.
    assert_eq!(server.user("next").0, 3);
}
