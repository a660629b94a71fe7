//! Requests that are refused, with secrets where they do not belong.

use std::{collections::BTreeSet, thread};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    bodies::wrong_bodies,
    operations::{Operation, new_name},
    secrets::percent,
    stage::{Request, Stage, Who},
};
use crate::harness::{Session, basic};

/// Headers that may carry a secret by mistake.
const HEADERS: [&str; 12] = [
    "x-request-id",
    "cookie",
    "user-agent",
    "referer",
    "origin",
    "x-forwarded-for",
    "forwarded",
    "accept",
    "accept-language",
    "x-requested-with",
    "if-match",
    "if-none-match",
];

/// Sends every kind of rejected request to an operation, and returns the statuses.
pub(super) fn send(stage: &Stage, operation: &Operation) -> BTreeSet<u16> {
    let secret = &stage.secrets.password("a password in the wrong place");
    let session = &stage.session("root", &stage.admin_password);
    let (request, _) = &operation.request(stage);
    let ordinary = new_name();
    let key = stage.key(stage.user(&ordinary)).1;
    let admin = [stage.admin(), Who::Signed(session)];
    let mut statuses = BTreeSet::new();
    for request in [
        misplaced(operation, request, secret),
        wrong_bodies(request, secret),
        conflicts(stage, operation, request),
    ]
    .concat()
    {
        statuses.extend(admin.map(|who| stage.send(&request, who).0));
    }
    for who in [
        Who::Anonymous,
        Who::Basic("root", secret),
        Who::Basic(secret, secret),
        Who::Basic(&ordinary, &stage.password),
        Who::Basic(secret, &key),
        Who::Bearer(&key),
        Who::Bearer(secret),
        Who::Signed(&Session { key: secret.clone(), token: secret.clone() }),
        Who::Signed(&Session { key: session.key.clone(), token: secret.clone() }),
    ] {
        statuses.insert(stage.send(request, who).0);
    }
    for request in wrong_credentials(request, secret) {
        statuses.insert(stage.send(&request, Who::Anonymous).0);
    }
    statuses.insert(too_large(stage, request, secret, admin[1]));
    statuses.extend(guesses(stage, operation, request, secret));
    malformed(stage, request, secret);
    statuses
}

/// The secret in the path, in the query, in headers, and behind another method.
fn misplaced(operation: &Operation, request: &Request, secret: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    let with_target = |target: String| Request { target, ..request.clone() };
    for encoded in [percent(secret, false, ""), percent(secret, true, "+&;:")] {
        // A user created with this name would make the secret public.
        if operation.id != "createPortalUser" {
            requests.extend(operation.target_with(&encoded).map(with_target));
        }
        requests.push(with_target(format!("{}/{encoded}", request.target)));
        requests.push(with_target(format!("/{encoded}")));
        requests.push(with_target(format!("/api/v1/{encoded}")));
        let query = operation.parameters.get("query").into_iter().flatten();
        for name in query.map(String::as_str).chain(["password"]) {
            requests.push(with_target(format!("{}?{name}={encoded}", request.target)));
        }
    }
    requests.extend(HEADERS.map(|name| request.with(name, secret)));
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        if !operation.methods.iter().any(|own| own == method) {
            let body = Some(json!({"password": secret}).to_string());
            requests.push(Request { method: method.to_owned(), body, ..request.clone() });
        }
    }
    requests
}

/// Requests that conflict with the state of the store.
fn conflicts(stage: &Stage, operation: &Operation, request: &Request) -> Vec<Request> {
    let with_target = |target: &str| Request { target: target.to_owned(), ..request.clone() };
    match &*operation.id {
        "createPortalUser" | "deletePortalUser" => vec![
            with_target("/api/v1/users/root").with("if-match", "\"99\""),
            with_target("/api/v1/users/root"),
            with_target("/api/v1/users/absent"),
        ],
        "verifyCredentials" => vec![with_target("/auth/verify?role=absent")],
        "getPortalUser" | "getCurrentUser" => vec![request.with("if-none-match", "*")],
        "updatePortalUserPassword" => {
            let mut body: Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
            // The former password is wrong by now, and that error wins over the condition.
            body["value"].as_object_mut().unwrap().remove("current_password");
            vec![request.with("if-match", "\"99\"").with_body(&body.to_string())]
        }
        "createUser" => {
            let body: Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
            let mut taken = body.clone();
            taken["userInfo"]["name"] = json!("root");
            vec![request.with_body(&taken.to_string())]
        }
        "updateUser" => vec![
            request.with("if-match", "\"99\""),
            request.with_body(&json!({"userInfo": {"name": "root"}}).to_string()),
            with_target("/users/999999"),
        ],
        "getUser" => vec![request.with("if-none-match", "*"), with_target("/users/999999")],
        "listSessions" | "deleteSessions" => vec![with_target("/users/999999/sessions")],
        "createResetCode" => {
            let disable = json!({"userInfo": {"status": "DISABLED"}});
            let user = request.target.trim_end_matches("/reset-codes");
            vec![
                with_target("/users/999999/reset-codes"),
                Request::new("PATCH", user, Some(&disable)),
                request.clone(),
            ]
        }
        "redeemResetCode" => vec![request.clone()],
        "deleteSession" => vec![with_target("/users/1/sessions/999999")],
        "listApiKeys" => vec![with_target("/users/999999/keys")],
        "createApiKey" => {
            let name = new_name();
            let id = stage.user(&name);
            let info = json!({"userInfo": {"status": "DISABLED"}});
            let disable = Request::new("PATCH", &format!("/users/{id}"), Some(&info));
            assert_eq!(stage.send(&disable, stage.admin()).0, 200);
            vec![with_target(&format!("/users/{id}/keys")), with_target("/users/999999/keys")]
        }
        "deleteApiKey" => vec![with_target("/users/1/keys/999999")],
        _ => Vec::new(),
    }
}

/// Invalid credentials in headers.
fn wrong_credentials(request: &Request, secret: &str) -> Vec<Request> {
    let encoded = BASE64_STANDARD.encode(secret);
    let mut requests: Vec<_> = [
        secret.to_owned(),
        format!("Basic {secret}"),
        format!("Basic {encoded}"),
        format!("basic  {encoded}"),
        format!("Bearer {secret}"),
        format!("Bearer {encoded}"),
        format!("Digest username=\"root\", response=\"{encoded}\""),
        format!("{encoded} Basic"),
    ]
    .iter()
    .map(|value| request.with("authorization", value))
    .collect();
    let proper = basic("root", secret);
    requests.push(request.with("authorization", &proper).with("authorization", &proper));
    requests.push(request.with("authorization", &proper).with("sessionkey", secret));
    requests.push(request.with("proxy-authorization", &proper));
    let signed = |time: &str| {
        request.with("sessionkey", secret).with("timestamp", time).with("signature", secret)
    };
    requests.extend([
        signed(secret),
        signed("2017-05-04T16:24:00.535Z"),
        request.with("signature", secret),
    ]);
    requests
}

/// A body that is declared to be larger than the limit.
fn too_large(stage: &Stage, request: &Request, secret: &str, who: Who<'_>) -> u16 {
    stage.send_raw(&announced(stage, request, secret, who, 100_000)).0
}

/// Sends an incomplete body to each operation, to all at the same time, and returns the statuses.
pub(super) fn send_slowly(stage: &Stage, operations: &[Operation]) -> Vec<u16> {
    let secret = &stage.secrets.password("a password that does not come to its end");
    let session = &stage.session("root", &stage.admin_password);
    let send = &|operation: &Operation| {
        let (request, _) = operation.request(stage);
        let length = secret.len() + 10;
        stage.send_raw(&announced(stage, &request, secret, Who::Signed(session), length)).0
    };
    thread::scope(|scope| {
        let threads: Vec<_> =
            operations.iter().map(|operation| scope.spawn(move || send(operation))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The request with the secret as its body, declared with this length.
fn announced(
    stage: &Stage,
    request: &Request,
    secret: &str,
    who: Who<'_>,
    length: usize,
) -> Vec<u8> {
    let request = Request { headers: Vec::new(), ..request.with_body(secret) };
    let request = request.with("content-type", "application/json");
    let text = String::from_utf8(request.text(who, &stage.secrets)).unwrap();
    let own = format!("content-length: {}\r\n", secret.len());
    text.replace(&own, &format!("content-length: {length}\r\n")).into_bytes()
}

/// Wrong passwords until the limit.
fn guesses(stage: &Stage, operation: &Operation, request: &Request, secret: &str) -> BTreeSet<u16> {
    let name = new_name();
    stage.user(&name);
    let mut statuses = BTreeSet::new();
    let credentials = json!({"credentials": {"name": name, "password": secret}});
    let code = json!({"resetCode": {"code": secret, "plaintextPassword": secret}});
    for _ in 0..50 {
        let status = if operation.id == "createSessionToken" {
            stage.send(&request.with_body(&credentials.to_string()), Who::Anonymous).0
        } else if operation.id == "redeemResetCode" {
            stage.send(&request.with_body(&code.to_string()), Who::Anonymous).0
        } else {
            stage.send(request, Who::Basic(&name, secret)).0
        };
        statuses.insert(status);
        if status == 429 {
            break;
        }
    }
    statuses
}

/// Sends text that is not valid HTTP.
fn malformed(stage: &Stage, request: &Request, secret: &str) {
    let Request { method, target, .. } = request;
    let token = BASE64_STANDARD.encode(secret);
    for text in [
        format!("{method} {target} HTTP/1.1\r\nauthorization {token}\r\n\r\n"),
        format!("{method} {target} {token}\r\nhost: x\r\n\r\n"),
        format!(
            "{method} {target} HTTP/1.1\r\nhost: x\r\n{token}: Basic {token}\r\n\
             connection: close\r\n\r\n"
        ),
        format!("{method} {target} HTTP/1.1\r\nhost: x\r\nauthorization: \0{token}\r\n\r\n"),
        format!("{method} {target} HTTP/1.1\r\nhost: x\r\ncontent-length: {token}\r\n\r\n"),
        format!("{token}\r\n\r\n"),
    ] {
        stage.send_raw(text.as_bytes());
    }
}
