//! Names that look like those of others.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    harness::{Answer, Client, PASSWORD, Server, rollcall},
    import::sql,
};

/// The longest time until rows of an earlier release are filled in.
const PATIENCE: Duration = Duration::from_secs(30);

fn register(client: &Client, name: &str) -> Answer {
    let email = format!("{}@example.com", name.len());
    let info = json!({"name": name, "email": email, "plaintextPassword": PASSWORD});
    client.post("/users", &json!({ "userInfo": info }))
}

fn rename(client: &Client, id: i64, name: &str) -> Answer {
    client.patch(&format!("/users/{id}"), &json!({"userInfo": {"name": name}}))
}

/// Makes a user as the admin does.
fn make(server: &Server, name: &str) -> u16 {
    let name: Vec<_> = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let body = json!({"value": {"password": PASSWORD}});
    server.admin().put(&format!("/api/v1/users/{}", name.concat()), &body).status
}

fn assert_mixed(answer: &Answer) {
    assert_eq!(answer.error(), (400, "invalid-fields".to_owned()));
    let error = &answer.json()["errors"][0];
    assert_eq!(error["field"], "userInfo.name");
    assert!(error["message"].as_str().unwrap().starts_with("must not mix scripts; "), "{answer:?}");
}

fn assert_confusable(answer: &Answer) {
    assert_eq!(answer.error(), (409, "name-confusable".to_owned()));
}

#[test]
fn strangers_get_no_name_that_looks_like_another_users() {
    let server = Server::start();
    assert_eq!(make(&server, "admin"), 201);
    let stranger = server.anonymous();
    for mixed in ["аdmin", "αdmin", "admіn"] {
        assert_mixed(&register(&stranger, mixed));
    }
    assert_confusable(&register(&stranger, "admın"));
    assert_confusable(&register(&stranger, "ADMıN"));
    for name in ["山田taro", "Jürgen", "barn", "bam"] {
        let answer = register(&stranger, name);
        assert_eq!(answer.status, 201, "{answer:?}");
        let id = answer.json()["user"]["id"].as_i64().unwrap();
        server.change(id, &json!({"email": format!("user{id}@example.com")}));
    }
}

#[test]
fn users_can_not_rename_themselves_to_look_like_others() {
    let server = Server::start();
    assert_eq!(make(&server, "admin"), 201);
    let (id, alice) = server.user("alice");
    assert_mixed(&rename(&alice, id, "аlice"));
    assert_confusable(&rename(&alice, id, "admın"));
    assert_eq!(rename(&alice, id, "ALICE").status, 200);
    assert_eq!(rename(&alice, id, "alıce").status, 200);
    assert_eq!(server.login("alıce", PASSWORD).get(&format!("/users/{id}")).status, 200);
}

/// Each name looks like no other in small letters, and like the other user's in capitals.
#[test]
fn another_case_of_a_name_looks_like_no_other_users() {
    let server = Server::start();
    for (victim, name, in_capitals) in
        [("TOM", "том", "ТОМ"), ("KATE", "кате", "КАТЕ"), ("Tony", "τονυ", "ΤΟΝΥ")]
    {
        assert_eq!(make(&server, victim), 201);
        let answer = register(&server.anonymous(), in_capitals);
        assert_confusable(&answer);
        assert_eq!(make(&server, name), 201);
        let user = server.login(name, PASSWORD);
        let id = user.get("/users/me").json()["user"]["id"].as_i64().unwrap();
        assert_confusable(&rename(&user, id, in_capitals));
        assert_eq!(user.get("/users/me").json()["user"]["name"], name);
        // What an admin has decided may be sent along.
        server.change(id, &json!({"name": in_capitals}));
        assert_eq!(rename(&user, id, in_capitals).status, 200);
    }
}

#[test]
fn admins_may_give_any_name_and_its_user_may_send_it_along() {
    let server = Server::start();
    for name in ["admin", "аdmin", "admın"] {
        assert_eq!(make(&server, name), 201, "{name}");
    }
    let (id, _) = server.user("bob");
    server.change(id, &json!({"name": "bоb"}));
    let bob = server.login("bоb", PASSWORD);
    let info = json!({"name": "bоb", "email": "other@example.com"});
    let changed = bob.patch(&format!("/users/{id}"), &json!({ "userInfo": info }));
    assert_eq!(changed.status, 200, "{changed:?}");
}

#[test]
fn the_setting_any_allows_look_alike_names() {
    let server = Server::start_with(&["--names=any"]);
    assert_eq!(make(&server, "admin"), 201);
    for name in ["аdmin", "αdmin", "admın"] {
        let answer = register(&server.anonymous(), name);
        assert_eq!(answer.status, 201, "{answer:?}");
        let id = answer.json()["user"]["id"].as_i64().unwrap();
        server.change(id, &json!({"email": format!("user{id}@example.com")}));
    }
}

#[test]
fn the_command_line_shows_users_whose_names_look_alike() {
    let server = Server::start();
    let list = || {
        let list = ["user", "list", "--confusable", "--bcrypt-cost=4"];
        let output = rollcall(server.folder(), &list).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for name in ["admin", "bam", "barn"] {
        assert_eq!(make(&server, name), 201);
    }
    assert_eq!(list(), "no two names look alike\n");
    assert_eq!(make(&server, "аdmin"), 201);
    let expected = "LOOKS LIKE  ID  NAME   SPELLED        STATUS\n\
        adrnln      2   admin  admin          ENABLED\n\
        adrnln      5   аdmin  \\u{430}dmin   ENABLED\n";
    let squeeze =
        |text: &str| text.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    assert_eq!(squeeze(&list()), squeeze(expected));
}

#[test]
fn rows_of_an_earlier_release_are_filled_in_by_a_start() {
    let mut server = Server::start();
    assert_eq!(make(&server, "admin"), 201);
    let url = server.store_url();
    server.kill();
    let forget = "UPDATE users SET name_skeleton = NULL";
    sql(&url, forget, forget);
    server.start_again(&[]);
    let missing = "SELECT count(*) FROM users WHERE name_skeleton IS NULL";
    let deadline = Instant::now() + PATIENCE;
    while sql(&url, missing, missing).trim() != "0" {
        assert!(Instant::now() < deadline, "it is not filled in");
        thread::sleep(Duration::from_millis(20));
    }
    assert_confusable(&register(&server.anonymous(), "admın"));
}
