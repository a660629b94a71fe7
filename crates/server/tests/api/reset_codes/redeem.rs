//! `POST /reset-codes`.

use serde_json::json;

use super::{NEW, assert_refused, create, redeem};
use crate::harness::{PASSWORD, Server, rollcall};

#[test]
fn a_code_sets_the_password_once_and_ends_sessions() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    let path = format!("/users/{id}");
    let code = create(&server, id);
    assert_eq!((alice.get(&path).status, signed.get(&path).status), (200, 200));
    let answer = redeem(&server, &code, NEW);
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!((alice.get(&path).status, signed.get(&path).status), (401, 401));
    assert_eq!(server.login("alice", NEW).get(&path).json()["user"]["version"], 1);
    assert_refused(&redeem(&server, &code, "a third password"));
    let log = server.admin().get("/audit?limit=1").json();
    let entry = &log["auditLog"]["entries"][0];
    assert_eq!((&entry["actor"], &entry["actorId"]), (&json!("RESET_CODE"), &json!(id)));
    assert_eq!(
        (&entry["action"], &entry["address"]),
        (&json!("USER_CHANGED"), &json!("127.0.0.1"))
    );
    let changes = json!([
        {"field": "password", "before": null, "after": null},
        {"field": "sessions", "before": "1", "after": "0"},
    ]);
    assert_eq!(entry["changes"], changes);
    assert!(!log.to_string().contains(&code));
    let listed = rollcall(server.folder(), &["audit", "list", "--limit=1"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains(&format!("alice ({id}) by reset code  USER_CHANGED")), "{listed}");
}

#[test]
fn a_code_is_accepted_as_people_type_it() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    for typed in [
        |code: &str| code.to_lowercase(),
        |code: &str| code.replace('-', ""),
        |code: &str| format!(" {} ", code.replace('-', " ")),
        |code: &str| code.replace('0', "o").replace('1', "L"),
    ] {
        let code = create(&server, id);
        assert_eq!(redeem(&server, &typed(&code), NEW).status, 204, "{}", typed(&code));
    }
}

#[test]
fn each_way_of_ending_a_code_has_the_same_answer() {
    let server = Server::start_with(&["--reset-code-age=1"]);
    let expired = create(&server, server.user("expired").0);
    let server = server.replica();
    let new = |name: &str| {
        let (id, _) = server.user(name);
        (id, create(&server, id))
    };
    let (id, replaced) = new("replaced");
    create(&server, id);
    let (id, password_changed) = new("changed");
    server.change(id, &json!({"plaintextPassword": "a third password"}));
    let (id, disabled) = new("disabled");
    server.change(id, &json!({"status": "DISABLED"}));
    let (id, enabled_again) = new("enabled");
    server.change(id, &json!({"status": "DISABLED"}));
    server.change(id, &json!({"status": "ENABLED"}));
    let (_, deleted) = new("deleted");
    assert_eq!(server.admin().delete("/api/v1/users/deleted").status, 204);
    let (_, used) = new("used");
    assert_eq!(redeem(&server, &used, NEW).status, 204);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let unknown = "7K3M-Q0ZT-V9XD-2HWB-E5RJ-8NCP-Y1GA".to_owned();
    for code in [
        expired,
        replaced,
        password_changed,
        disabled,
        enabled_again,
        deleted,
        used,
        unknown,
        "no code".to_owned(),
        "\u{0}".to_owned(),
        "☃".repeat(5000),
    ] {
        assert_refused(&redeem(&server, &code, NEW));
    }
}

#[test]
fn a_refused_password_does_not_use_the_code_up() {
    let server = Server::start();
    let (id, _) = server.user("alice-in-wonderland");
    let code = create(&server, id);
    for (password, message) in [
        ("short", "must have at least 8 characters"),
        ("password", "must not be one of the most common passwords"),
        ("********", "must not be a placeholder such as ********"),
        ("Alice-in-Wonderland", "must not be the user's name"),
    ] {
        let answer = redeem(&server, &code, password);
        assert_eq!(answer.error(), (400, "invalid-fields".to_owned()));
        let error = json!([{"field": "resetCode.plaintextPassword", "message": message}]);
        assert_eq!(answer.json()["errors"], error);
    }
    let required = |field| json!({"field": format!("resetCode.{field}"), "message": "is required"});
    for body in [json!({}), json!({"resetCode": {"code": "", "plaintextPassword": null}})] {
        let answer = server.anonymous().post("/reset-codes", &body);
        let errors = json!([required("code"), required("plaintextPassword")]);
        assert_eq!((answer.status, &answer.json()["errors"]), (400, &errors));
    }
    assert_eq!(redeem(&server, &code, NEW).status, 204);
}

#[test]
fn credentials_are_neither_required_nor_looked_at() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let code = create(&server, id);
    let body = json!({"resetCode": {"code": code, "plaintextPassword": NEW}});
    let with_wrong = server.login("root", "not the password");
    assert_eq!(with_wrong.post("/reset-codes", &body).status, 204);
    assert_eq!(server.login("alice", NEW).get(&format!("/users/{id}")).status, 200);
}
