//! Passwords whose letters other systems send as other code points.

use std::{fs, io::Write};

use serde_json::json;

use crate::{
    harness::{Client, PASSWORD, Process, Server, rollcall},
    import::Place,
};

/// One password as most systems send it (NFC), and as macOS often does (NFD).
const FORMS: [&str; 2] = ["Zürich, déjà vu", "Zu\u{308}rich, de\u{301}ja\u{300} vu"];

/// bcrypt hashes of the two, as another system makes them.
const FOREIGN: [&str; 2] = [
    "$2b$04$CCCCCCCCCCCCCCCCCCCCC.na.Zxja1J6rmcz8uxiAc8Ycqrf5ls2u",
    "$2b$04$CCCCCCCCCCCCCCCCCCCCC.rNti3AzfW9Qy7NjnBK8p068E6w5Qtr.",
];

/// The statuses for both forms, by Basic and by a log-in.
fn statuses(server: &Server, name: &str) -> [(u16, u16); 2] {
    FORMS.map(|password| {
        let basic = server.login(name, password).get(&format!("/api/v1/users/{name}")).status;
        let body = json!({"credentials": {"name": name, "password": password}});
        (basic, server.anonymous().post("/tokens", &body).status)
    })
}

#[test]
fn every_form_of_a_password_logs_in_however_it_was_set() {
    let server = Server::start();
    let admin = server.admin();
    for (number, form) in FORMS.into_iter().enumerate() {
        let register = |name: &str, password: &str| {
            let email = format!("{name}@example.com");
            let info = json!({"name": name, "email": email, "plaintextPassword": password});
            let made = server.anonymous().post("/users", &json!({ "userInfo": info }));
            assert_eq!(made.status, 201, "{made:?}");
            made.json()["user"]["id"].as_i64().unwrap()
        };
        let [registered, put, changed, added, imported] =
            ["registered", "put", "changed", "added", "imported"]
                .map(|kind| format!("{kind}{number}"));
        register(&registered, form);
        let body = json!({"value": {"password": form}});
        assert_eq!(admin.put(&format!("/api/v1/users/{put}"), &body).status, 201);
        server.change(register(&changed, PASSWORD), &json!({"plaintextPassword": form}));
        add(&server, &added, form);
        import(&server, &imported, "plaintextPassword", form);
        for name in [registered, put, changed, added, imported] {
            assert_eq!(statuses(&server, &name), [(200, 201); 2], "{name}");
        }
    }
}

#[test]
fn every_form_is_the_current_password() {
    let server = Server::start();
    for (set, said) in [(0, 1), (1, 0)] {
        let name = format!("alice{set}");
        let (id, _) = server.user(&name);
        server.change(id, &json!({"plaintextPassword": FORMS[set]}));
        let alice = server.login(&name, FORMS[set]);
        let body = json!({"value": {"current_password": FORMS[said], "password": PASSWORD}});
        assert_eq!(alice.patch(&format!("/api/v1/users/{name}"), &body).status, 200);
    }
}

#[test]
fn a_foreign_hash_matches_the_form_it_is_of() {
    let server = Server::start();
    for (name, hash) in ["composed", "decomposed"].into_iter().zip(FOREIGN) {
        import(&server, name, "passwordHash", hash);
    }
    // A composed hash matches every form, a decomposed one only its own. A log-in changes neither.
    for _ in 0..2 {
        assert_eq!(statuses(&server, "composed"), [(200, 201); 2]);
        assert_eq!(statuses(&server, "decomposed"), [(401, 401), (200, 201)]);
    }
}

#[test]
fn length_and_likeness_to_the_name_are_those_of_nfc() {
    let server = Server::start();
    let refusal = |name: &str, password: &str| {
        let path = format!("/api/v1/users/{name}");
        server.admin().put(&path, &json!({"value": {"password": password}})).error()
    };
    let failed = |tag: &str| {
        let key = "Key: 'UserPasswordRequest.Value.Password'";
        (400, format!("{key} Error:Field validation for 'Password' failed on the '{tag}' tag"))
    };
    // Seven letters of fourteen code points.
    assert_eq!(refusal("alice", &"e\u{301}".repeat(7)), failed("min"));
    assert_eq!(refusal("alice", "\u{212a}awasaki"), failed("common"));
    assert_eq!(refusal("j%C3%BCrgen-m%C3%BCller", "ju\u{308}rgen-mu\u{308}ller"), failed("common"));
    let long = "e\u{301}a".repeat(128);
    let made = server.admin().put("/api/v1/users/alice", &json!({"value": {"password": long}}));
    assert_eq!(made.status, 201, "{made:?}");
}

/// Adds a user by the command line, with this line as the standard input.
fn add(server: &Server, name: &str, line: &str) {
    let mut process = Process::start(&mut rollcall(server.folder(), &["user", "add", name]));
    process.stdin().write_all(format!("{line}\n").as_bytes()).unwrap();
    assert!(process.wait().success(), "{}", process.all_said());
}

/// Imports a user with this field.
fn import(server: &Server, name: &str, field: &str, value: &str) {
    let line = json!({"name": name, field: value}).to_string();
    fs::write(server.folder().path().join("users.ndjson"), line).unwrap();
    let mut command = rollcall(server.folder(), &["import", "users.ndjson", "--bcrypt-cost=4"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_password() {
    let server = Server::start();
    add(&server, "alice", &format!("\u{feff}{PASSWORD}"));
    assert_eq!(server.login("alice", PASSWORD).get("/api/v1/users/alice").status, 200);
    // The file of the first admin's password follows the same rule.
    let place = Place::new();
    place.write("password", &format!("\u{feff}{PASSWORD}\r\n"));
    let mut command = place.command(&["serve", "--listen=127.0.0.1:0", "--bcrypt-cost=4"]);
    let first = Process::start(command.env("ROLLCALL_ADMIN_PASSWORD_FILE", "password"));
    let line = first.wait_for("listening on http://");
    let address = line.split_once("http://").unwrap().1;
    let admin = Client::new(address, Some(("admin", PASSWORD)));
    assert_eq!(admin.get("/users").status, 200);
}

#[test]
fn a_byte_order_mark_before_json_is_removed() {
    let server = Server::start();
    let body = |text: &str| format!("\u{feff}{text}");
    let admin = server.admin().with("content-type", "application/json");
    let made = body(&json!({"value": {"password": PASSWORD}}).to_string());
    assert_eq!(admin.send("PUT", "/api/v1/users/alice", Some(&made)).status, 201);
    let login = body(&json!({"credentials": {"name": "alice", "password": PASSWORD}}).to_string());
    let anonymous = server.anonymous().with("content-type", "application/json");
    assert_eq!(anonymous.send("POST", "/tokens", Some(&login)).status, 201);
    // Only one leading mark is removed. Elsewhere it is an ordinary character.
    let inside = json!({"credentials": {"name": "alice", "password": body(PASSWORD)}});
    assert_eq!(anonymous.send("POST", "/tokens", Some(&inside.to_string())).status, 401);
    assert_eq!(anonymous.send("POST", "/tokens", Some(&body(&login))).status, 400);
}
