//! The sessions of a user: listed, ended, and expired.

mod age;
mod command;
mod end;
mod list;

use serde_json::Value;

use crate::harness::Client;

/// The sessions of a user, as `client` sees them.
fn sessions(client: &Client, user: i64) -> Vec<Value> {
    let answer = client.get(&format!("/users/{user}/sessions"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["sessionList"]["sessions"].as_array().unwrap().clone()
}

/// The path of one of them.
fn path_of(user: i64, session: &Value) -> String {
    format!("/users/{user}/sessions/{}", session["id"])
}
