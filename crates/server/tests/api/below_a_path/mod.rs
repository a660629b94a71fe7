//! Everything below a path: behind proxies that remove a prefix, and with `--base-path`.

mod base_path;
mod references;
mod refusals;
mod signing;

use serde_json::{Value, json};

use crate::harness::{ADMIN_PASSWORD, Client, Raw, Server, Session};

/// Every path and method of the document.
fn operations() -> Vec<(String, String)> {
    let document = include_str!("../../../../../openapi/openapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(|method| (path.replace(['{', '}'], ""), method.to_uppercase()))
    });
    operations.collect()
}

/// The paths beside the document.
const OTHERS: [&str; 8] = [
    "/",
    "/swagger-ui",
    "/swagger-ui/",
    "/openapi.json",
    "/openapi.yaml",
    "/signing-test-vectors.json",
    "/health/live",
    "/health/ready",
];

/// The head of the answer to a request without credentials. Skips the check of the document.
fn head(server: &Server, method: &str, path: &str) -> String {
    let mut raw = Raw::connect(server.address());
    raw.try_send(&format!("{method} {path} HTTP/1.1\r\nhost: x\r\n\r\n")).unwrap();
    raw.answer()
}

/// The first admin, whose requests are below this path.
fn admin(server: &Server, base: &str) -> Client {
    server.admin().below(base)
}

/// A session of the first admin.
fn session(server: &Server, base: &str) -> Session {
    let credentials = json!({"name": "root", "password": ADMIN_PASSWORD});
    let client = server.anonymous().below(base);
    let answer = client.post("/tokens", &json!({ "credentials": credentials }));
    assert_eq!(answer.status, 201, "{answer:?}");
    Session::of(&answer.json())
}
