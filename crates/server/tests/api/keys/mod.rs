//! API keys: made, used within their scopes, and ended.

mod audit;
mod command;
mod create;
mod credentials;
mod end;
mod holder;
mod list;
mod members;
mod replicas;
mod scopes;
mod unknown;

use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// Every scope.
pub(crate) const ALL_SCOPES: [&str; 4] = ["verify", "users:read", "users:write", "audit:read"];

/// A key that was made.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) id: i64,
    pub(crate) secret: String,
}

/// The body of a request for a key.
fn key_info(scopes: &[&str]) -> Value {
    json!({"keyInfo": {"name": "a program", "scopes": scopes}})
}

/// Makes a key of a user.
pub(crate) fn make(client: &Client, user: i64, scopes: &[&str]) -> Key {
    let made = client.post(&format!("/users/{user}/keys"), &key_info(scopes));
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    Key { id: made["key"]["id"].as_i64().unwrap(), secret }
}

/// Makes a key with every scope, and a client that sends it as a Bearer token.
fn user_with_key(server: &Server, name: &str) -> (i64, Key, Client) {
    let (id, client) = server.user(name);
    let key = make(&client, id, &ALL_SCOPES);
    let bearer = server.anonymous().bearer(&key.secret);
    (id, key, bearer)
}

/// The keys of a user, as `client` sees them.
fn keys(client: &Client, user: i64) -> Vec<Value> {
    let answer = client.get(&format!("/users/{user}/keys"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["keyList"]["keys"].as_array().unwrap().clone()
}
