//! Names that mean another user's path to a client that does not encode them: no new user gets one,
//! and users of earlier releases keep theirs.

use serde_json::{Value, json};

use crate::{
    harness::{Answer, Client, PASSWORD, Process, Server, rollcall},
    import::{HASHES, Place},
};

/// The password behind [`HASHES`].
const STORED_PASSWORD: &str = "U*U";

/// Each refused character in a name, and the name as a path has it.
const NAMES: [(&str, &str); 4] = [
    ("victim?", "victim%3F"),
    ("victim#1", "victim%231"),
    ("vict%69m", "vict%2569m"),
    ("vic\\tim", "vic%5Ctim"),
];

fn register(client: &Client, name: &str) -> Answer {
    let info = json!({"name": name, "email": "a@example.com", "plaintextPassword": PASSWORD});
    client.post("/users", &json!({ "userInfo": info }))
}

fn rename(client: &Client, id: i64, name: &str) -> Answer {
    client.patch(&format!("/users/{id}"), &json!({"userInfo": {"name": name}}))
}

/// The message about the refused character of a name.
fn refusal(name: &str) -> String {
    let character = name.chars().find(|character| "?#%\\".contains(*character)).unwrap();
    format!(
        "must not contain '{character}'; accepted are 1 to 64 letters, digits and punctuation \
         marks without spaces and : / ? # % \\"
    )
}

fn assert_refused(answer: &Answer, name: &str) {
    assert_eq!(answer.error(), (400, "invalid-fields".to_owned()), "{name}");
    let expected = json!([{"field": "userInfo.name", "message": refusal(name)}]);
    assert_eq!(answer.json()["errors"], expected);
}

fn line(name: &str, credential: &str) -> String {
    let mut user = json!({"name": name, "createTime": "2017-05-08T17:44:19Z"});
    user[if credential.starts_with('$') { "passwordHash" } else { "plaintextPassword" }] =
        json!(credential);
    format!("{user}\n")
}

/// A store with users whose names were accepted by an earlier release.
fn stored() -> Place {
    let place = Place::new();
    let lines = NAMES.map(|(name, _)| line(name, HASHES[0])).concat();
    place.write("users.ndjson", &lines);
    assert_eq!(place.succeed(&["import", "users.ndjson"]), "imported 4 users\n");
    place
}

#[test]
fn no_new_user_gets_an_unsafe_name_over_http() {
    for arguments in [&[][..], &["--names=any"]] {
        let server = Server::start_with(arguments);
        let (id, alice) = server.user("alice");
        for (name, path) in NAMES {
            for client in [&server.anonymous(), &alice, &server.admin()] {
                assert_refused(&register(client, name), name);
            }
            assert_refused(&rename(&alice, id, name), name);
            assert_refused(&rename(&server.admin(), id, name), name);
            let body = json!({"value": {"password": PASSWORD}});
            let answer = server.admin().put(&format!("/api/v1/users/{path}"), &body);
            assert_eq!(answer.error(), (400, format!("Username {}", refusal(name))));
        }
    }
}

#[test]
fn no_new_user_gets_an_unsafe_name_on_the_command_line() {
    let place = stored();
    let before = place.users();
    for name in ["new?", "new#", "new%41", "new\\"] {
        let said = place.fail(1, &["user", "add", name, "--bcrypt-cost=4"]);
        assert_eq!(said, format!("error: the name {}\n", refusal(name)));
        place.write("new.ndjson", &line(name, PASSWORD));
        for arguments in [&["import", "new.ndjson"][..], &["import", "new.ndjson", "--dry-run"]] {
            let said = place.fail(1, arguments);
            let expected =
                format!("line 1: name {}; only users with a passwordHash", refusal(name));
            assert!(said.contains(&expected), "{said}");
        }
    }
    assert_eq!(place.users(), before);
}

#[test]
fn a_user_with_an_unsafe_name_logs_in_and_is_read() {
    let place = stored();
    let server = place.server();
    for (number, (name, path)) in NAMES.into_iter().enumerate() {
        let id = number + 1;
        let client = server.login(name, STORED_PASSWORD);
        let (session, signed) = server.session(name, STORED_PASSWORD);
        assert!(!session.key.is_empty());
        for client in [&client, &signed, &server.admin()] {
            let shown = client.get(&format!("/api/v1/users/{path}")).json();
            assert_eq!(shown, json!({"username": name, "admin": false}));
            assert_eq!(client.get(&format!("/users/{id}")).json()["user"]["name"], name);
        }
        for filter in ["name", "namePrefix"] {
            let page = server.admin().get(&format!("/users?{filter}={path}")).json();
            assert_eq!(page["userList"]["users"][0]["id"], id, "{page}");
        }
    }
}

#[test]
fn a_user_with_an_unsafe_name_is_changed_and_deleted() {
    let place = stored();
    let server = place.server();
    let (name, path) = NAMES[0];
    let own = |password| server.login(name, password);
    let mut answer = own(STORED_PASSWORD).get("/users/1").json();
    answer["user"]["email"] = json!("victim@example.com");
    for client in [&own(STORED_PASSWORD), &server.admin()] {
        assert_eq!(client.patch("/users/1", &answer).status, 200);
    }
    assert_eq!(rename(&own(STORED_PASSWORD), 1, "VICTIM?").status, 200);
    assert_refused(&rename(&own(STORED_PASSWORD), 1, "victim?2"), "victim?2");
    let change = json!({"value": {"current_password": STORED_PASSWORD, "password": PASSWORD}});
    let changed = own(STORED_PASSWORD).patch(&format!("/api/v1/users/{path}"), &change);
    assert_eq!(changed.json(), json!({"value": {"username": "VICTIM?", "admin": false}}));
    assert_eq!(rename(&own(PASSWORD), 1, "victim").status, 200);
    assert_eq!(server.login("victim", PASSWORD).get("/users/1").status, 200);
    assert_refused(&rename(&server.admin(), 1, name), name);
    for (name, path) in &NAMES[1..] {
        assert_eq!(server.admin().delete(&format!("/api/v1/users/{path}")).status, 204, "{name}");
    }
}

#[test]
fn the_command_line_manages_users_with_unsafe_names() {
    let place = stored();
    let server = place.server();
    for (command, status) in [("disable", 401), ("enable", 200)] {
        for (name, path) in NAMES {
            let arguments = ["user", command, name, "--bcrypt-cost=4"];
            let output = rollcall(&place.0, &arguments).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            let client = server.login(name, STORED_PASSWORD);
            assert_eq!(client.get(&format!("/api/v1/users/{path}")).status, status, "{name}");
        }
    }
    drop(server);
    let arguments = ["--admin-name=victim?", "--listen=127.0.0.1:0", "--bcrypt-cost=4"];
    let started = Process::start(&mut rollcall(&place.0, &arguments));
    started.wait_for("listening on http");
}

#[test]
fn an_export_keeps_unsafe_names() {
    let (place, other) = (stored(), Place::new());
    let exported = place.users();
    assert_eq!(exported.lines().count(), NAMES.len());
    other.write("users.ndjson", &exported);
    let output = other.command(&["import", "users.ndjson"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let note = "names of 4 users contain ? # % or \\, first in line 1; rename them";
    assert!(said.contains(note), "{said}");
    assert_eq!(other.users(), exported);
    // Existing users are not subject to the rule.
    let again = NAMES.map(|(name, _)| line(name, PASSWORD)).concat();
    other.write("again.ndjson", &again);
    let said = other.fail(1, &["import", "again.ndjson"]);
    assert!(said.contains("line 1: the name is taken by a user with another password"), "{said}");
    assert!(!said.contains("must not contain"), "{said}");
}

#[test]
fn a_copy_and_a_restored_backup_keep_unsafe_names() {
    let place = Place::new();
    let lines = NAMES.map(|(name, _)| line(name, HASHES[0])).concat();
    place.write("users.ndjson", &lines);
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = crate::harness::rollcall_on_sqlite(&place.0, arguments);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["import", "users.ndjson", "--bcrypt-cost=4"], &[]);
    let expected = run(&["export", "--with-hashes"], &[]);
    run(&["backup", "backup.db"], &[]);
    run(&["restore", "backup.db", "--overwrite"], &[]);
    assert_eq!(run(&["export", "--with-hashes"], &[]), expected);
    let to = place.url().replace("data/rollcall.db", "copy.db");
    let from = "sqlite://data/rollcall.db";
    run(&["copy"], &[("ROLLCALL_COPY_FROM", from), ("ROLLCALL_COPY_TO", &to)]);
    let copied = run(&["export", "--with-hashes"], &[("ROLLCALL_DATABASE_URL", &to)]);
    assert_eq!(copied, expected);
}

#[test]
fn a_name_that_an_admin_is_to_get_is_refused_at_the_start() {
    let place = Place::new();
    let arguments = ["--admin-name=admin?", "--listen=127.0.0.1:0", "--bcrypt-cost=4"];
    let mut command = rollcall(&place.0, &arguments);
    let output = command.env("ROLLCALL_ADMIN_PASSWORD", PASSWORD).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = format!("--admin-name (ROLLCALL_ADMIN_NAME) {}", refusal("admin?"));
    assert!(said.contains(&expected), "{said}");
}

#[test]
fn the_document_says_which_names_new_users_may_have() {
    let document: Value =
        serde_json::from_str(include_str!("../../../../openapi/openapi.json")).unwrap();
    let schemas = &document["components"]["schemas"];
    let path = &document["paths"]["/api/v1/users/{user}"];
    let is_valid = |schema: &Value, name: &str| {
        jsonschema::validator_for(schema).unwrap().is_valid(&json!(name))
    };
    for (name, _) in NAMES {
        for (schema, expected) in [
            (&schemas["UserRegistrationInfo"]["properties"]["name"], false),
            (&path["put"]["parameters"][0]["schema"], false),
            (&path["get"]["parameters"][0]["schema"], true),
            (&schemas["UserChangeInfo"]["properties"]["name"], true),
        ] {
            assert_eq!(is_valid(schema, name), expected, "{name} by {schema}");
            assert!(is_valid(schema, "victim"));
        }
    }
}
