//! Reset codes: created by an admin, and redeemed once by a person without a password.

mod command;
mod create;
mod limits;
mod races;
mod redeem;
mod restore;

use serde_json::json;

use crate::harness::{Answer, Client, Server};

/// A password that no user has at first.
const NEW: &str = "another fine password";

/// A new code of the user with this id.
fn create(server: &Server, id: i64) -> String {
    let answer = ask(&server.admin(), id);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["resetCode"]["code"].as_str().unwrap().to_owned()
}

/// The answer to a request for a new code.
fn ask(client: &Client, id: i64) -> Answer {
    client.send("POST", &format!("/users/{id}/reset-codes"), None)
}

/// The answer to a redemption.
fn redeem(server: &Server, code: &str, password: &str) -> Answer {
    let info = json!({"code": code, "plaintextPassword": password});
    server.anonymous().post("/reset-codes", &json!({ "resetCode": info }))
}

/// Checks that a code is refused as any other that sets no password.
fn assert_refused(answer: &Answer) {
    assert_eq!(answer.error(), (404, "not-found".to_owned()));
    let detail = &answer.json()["detail"];
    assert_eq!(detail, "The reset code is unknown, used or expired; ask for a new one");
}
