//! `POST /users/{userId}/reset-codes`.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{NEW, ask, create, redeem};
use crate::harness::{PASSWORD, Server};

#[test]
fn an_admin_gets_a_code_that_ends_in_an_hour() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let before = Timestamp::now() - SignedDuration::from_secs(1);
    let answer = ask(&server.admin(), id);
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"));
    let body = answer.json();
    let code = body["resetCode"]["code"].as_str().unwrap();
    assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4; 7]);
    let expires: Timestamp = body["resetCode"]["expireTime"].as_str().unwrap().parse().unwrap();
    let hour = SignedDuration::from_hours(1);
    assert!(before + hour <= expires && expires <= Timestamp::now() + hour);
    let log = server.admin().get("/audit?limit=1").json();
    let entry = &log["auditLog"]["entries"][0];
    assert_eq!((&entry["action"], &entry["userId"]), (&json!("RESET_CODE_CREATED"), &json!(id)));
    assert_eq!((&entry["actorName"], &entry["changes"]), (&json!("root"), &json!([])));
    // A code does not change the user or its credentials.
    let user = server.login("alice", PASSWORD).get(&format!("/users/{id}"));
    assert_eq!((user.status, &user.json()["user"]["version"]), (200, &json!(0)));
}

#[test]
fn only_admins_create_codes_and_no_session_for_itself() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    assert_eq!(ask(&server.anonymous(), id).status, 401);
    for client in [alice, signed] {
        assert_eq!([ask(&client, id).status, ask(&client, 99).status], [403; 2]);
    }
    let (_, signed) = server.admin_session();
    assert_eq!(ask(&signed, id).status, 201);
    assert_eq!(ask(&signed, 99).error(), (404, "not-found".to_owned()));
    // A change of the own password over a session requires the current one, too.
    let own = ask(&signed, 1);
    assert_eq!(own.error(), (403, "forbidden".to_owned()));
    assert!(own.json()["detail"].as_str().unwrap().contains("HTTP Basic"));
    assert_eq!(ask(&server.admin(), 1).status, 201);
    let invalid = server.admin().send("POST", "/users/alice/reset-codes", None);
    assert_eq!(invalid.error(), (400, "malformed-request".to_owned()));
}

#[test]
fn a_disabled_user_gets_no_code() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    server.change(id, &json!({"status": "DISABLED"}));
    let refused = ask(&server.admin(), id);
    assert_eq!(refused.error(), (409, "user-disabled".to_owned()));
    server.change(id, &json!({"status": "ENABLED"}));
    let code = create(&server, id);
    assert_eq!(redeem(&server, &code, NEW).status, 204);
}
