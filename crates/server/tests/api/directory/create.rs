use serde_json::{Value, json};

use crate::harness::{PASSWORD, Server};

fn registration(name: &str, email: &str, password: &str) -> Value {
    json!({"userInfo": {"name": name, "email": email, "plaintextPassword": password}})
}

#[test]
fn registers_anyone_as_the_source_document_shows() {
    let server = Server::start();
    let answer = server.anonymous().post(
        "/users",
        &registration("new-user", "new-user-email@example.com", "newUserPassw0rd!"),
    );
    assert_eq!((answer.status, answer.header("etag")), (201, "\"0\""));
    assert_eq!(answer.header("location"), "users/2");
    let user = &answer.json()["user"];
    assert_eq!((&user["id"], &user["version"]), (&json!(2), &json!(0)));
    assert_eq!(user["email"], "new-user-email@example.com");
    assert_eq!((&user["status"], &user["roles"]), (&json!("ENABLED"), &json!([])));
    let new_user = server.login("new-user", "newUserPassw0rd!");
    assert_eq!(new_user.get("/users/2").json(), answer.json());
}

#[test]
fn credentials_are_checked_while_registration_is_open() {
    let server = Server::start();
    server.user("alice");
    let body = registration("bob", "bob@example.com", PASSWORD);
    for name in ["alice", "absent"] {
        assert_eq!(server.login(name, "wrong").post("/users", &body).status, 401);
    }
    assert_eq!(server.login("alice", PASSWORD).post("/users", &body).status, 201);
    let entry = &server.admin().get("/audit?limit=1").json()["auditLog"]["entries"][0];
    assert_eq!((&entry["userName"], &entry["actorName"]), (&json!("bob"), &json!("alice")));
}

#[test]
fn empty_credentials_count_as_none() {
    let server = Server::start();
    let empty = server.login("", "");
    let body = registration("bob", "bob@example.com", PASSWORD);
    assert_eq!(empty.post("/users", &body).status, 201);
    assert_eq!(empty.get("/users/1").status, 401);
    let body = registration("carol", "carol@example.com", PASSWORD);
    assert_eq!(server.login("", "wrong").post("/users", &body).status, 401);
}

#[test]
fn admins_register_more_than_strangers_may() {
    let server = Server::start_with(&["--registrations-per-address=1"]);
    for number in 0..5 {
        let name = format!("user{number}");
        let body = registration(&name, &format!("{name}@example.com"), PASSWORD);
        assert_eq!(server.admin().post("/users", &body).status, 201);
    }
}

#[test]
fn registers_only_for_admins_when_set() {
    let server = Server::start_with(&["--registration=admin"]);
    let body = registration("alice", "alice@example.com", PASSWORD);
    assert_eq!(server.anonymous().post("/users", &body).status, 401);
    assert_eq!(server.login("root", "wrong").post("/users", &body).status, 401);
    assert_eq!(server.admin().post("/users", &body).status, 201);
    let body = registration("bob", "bob@example.com", PASSWORD);
    assert_eq!(server.login("alice", PASSWORD).post("/users", &body).status, 403);
}

#[test]
fn names_every_field_that_is_wrong() {
    let server = Server::start();
    let fields = |body: &Value| {
        let answer = server.anonymous().post("/users", body);
        assert_eq!(answer.error(), (400, "invalid-fields".to_owned()), "{body}");
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        assert!(errors.iter().all(|error| !error["message"].as_str().unwrap().is_empty()));
        let mut fields: Vec<_> =
            errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect();
        fields.sort();
        fields
    };
    let all = ["userInfo.email", "userInfo.name", "userInfo.plaintextPassword"];
    assert_eq!(fields(&json!({})), all);
    assert_eq!(fields(&json!({"userInfo": null})), all);
    assert_eq!(fields(&registration("", "", "")), all);
    assert_eq!(fields(&registration("a b", "nowhere", "short")), all);
    assert_eq!(fields(&registration("alice", "a@b", "password")), all[2..]);
    assert_eq!(fields(&registration("alice-liddell", "a@b", "ALICE-liddell")), all[2..]);
}

#[test]
fn registration_cannot_set_a_role_or_a_status() {
    let server = Server::start();
    let mut body = registration("alice", "alice@example.com", PASSWORD);
    for (field, value) in [
        ("roles", json!([{"name": "admin"}])),
        ("status", json!("DISABLED")),
        ("id", json!(77)),
        ("version", json!(7)),
        ("createTime", json!("1999-01-01T00:00:00Z")),
    ] {
        body["userInfo"][field] = value;
    }
    let answer = server.anonymous().post("/users", &body);
    assert_eq!(answer.status, 201, "{answer:?}");
    let user = &answer.json()["user"];
    assert_eq!((&user["roles"], &user["status"]), (&json!([]), &json!("ENABLED")));
    assert_eq!((&user["id"], &user["version"]), (&json!(2), &json!(0)));
    assert!(user["createTime"].as_str().unwrap() > "2026");
    for field in ["admin", "username", "passwordHash", "currentPlaintextPassword"] {
        let mut body = registration("bob", "bob@example.com", PASSWORD);
        body["userInfo"][field] = json!([]);
        let answer = server.anonymous().post("/users", &body);
        assert_eq!(answer.error(), (400, "malformed-request".to_owned()));
        assert!(answer.body.contains(&format!("userInfo.{field} is unknown")), "{answer:?}");
    }
}

#[test]
fn tells_a_taken_name_from_a_taken_address() {
    let server = Server::start();
    server.user("alice");
    let again = |name, email| {
        server.anonymous().post("/users", &registration(name, email, PASSWORD)).error()
    };
    assert_eq!(again("Alice", "other@example.com"), (409, "name-taken".to_owned()));
    assert_eq!(again("bob", "ALICE@example.com"), (409, "email-taken".to_owned()));
}
