//! Rights revoked while a request waits: no operation writes anything.

mod hashing;
mod metered;
mod transaction;

use rollcall_domain::{
    AuditStore, Email, HashCost, NewUser, Password, PasswordHash, Roles, SessionStore, User,
    UserRef, UserStore, Username, audit::ActorContext,
};
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Server};

const DOCUMENT: &str = include_str!("../../../../../openapi/openapi.json");

/// An operation that writes: its id, its method and its path.
struct Write {
    id: String,
    method: String,
    path: String,
}

/// The caller, and the target user with the key and the id of its session and the id of its API
/// key.
struct Parties {
    caller: User,
    target: User,
    target_session: String,
    target_session_id: i64,
    target_key: i64,
}

/// Every operation of the document that writes.
fn writes() -> Vec<Write> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut writes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().filter(|id| {
                // It has no caller: the code itself is checked in the transaction.
                method != "get" && *id != "redeemResetCode"
            });
            if let Some(id) = id {
                let (id, method, path) = (id.to_owned(), method.to_uppercase(), path.clone());
                writes.push(Write { id, method, path });
            }
        }
    }
    assert!(writes.len() >= 7);
    writes
}

impl Write {
    /// The path and the body of a request that succeeds for an admin.
    fn request(&self, parties: &Parties) -> (String, Option<Value>) {
        let Parties { caller, target, target_session, target_session_id, target_key } = parties;
        let by_name = format!("/api/v1/users/{}", target.name);
        let new = "another fine password";
        match &*self.id {
            "createPortalUser" => {
                (format!("{by_name}-made"), Some(json!({"value": {"password": new}})))
            }
            "updatePortalUserPassword" => (by_name, Some(json!({"value": {"password": new}}))),
            "deletePortalUser" => (by_name, None),
            "createUser" => {
                let name = format!("{}-registered", target.name);
                let email = format!("{name}@example.com");
                let info = json!({"name": name, "email": email, "plaintextPassword": new});
                (self.path.clone(), Some(json!({ "userInfo": info })))
            }
            "updateUser" => {
                let info = json!({"plaintextPassword": new, "roles": [{"name": "admin"}]});
                (format!("/users/{}", target.id), Some(json!({ "userInfo": info })))
            }
            "createSessionToken" => {
                let credentials = json!({"name": caller.name.as_str(), "password": PASSWORD});
                (self.path.clone(), Some(json!({ "credentials": credentials })))
            }
            "deleteSessionToken" => (format!("/tokens/{target_session}"), None),
            "deleteSessions" => (format!("/users/{}/sessions", target.id), None),
            "deleteSession" => (format!("/users/{}/sessions/{target_session_id}", target.id), None),
            "createApiKey" => {
                let info = json!({"name": "a program", "scopes": ["verify"],
                    "currentPlaintextPassword": PASSWORD});
                (format!("/users/{}/keys", target.id), Some(json!({ "keyInfo": info })))
            }
            "deleteApiKey" => (format!("/users/{}/keys/{target_key}", target.id), None),
            "createResetCode" => (format!("/users/{}/reset-codes", target.id), None),
            other => panic!("{other} is new: say here what an admin sends"),
        }
    }

    /// Sends that request, and returns the status of the answer.
    fn send(&self, client: &Client, parties: &Parties) -> u16 {
        let (path, body) = self.request(parties);
        client.attempt(&self.method, &path, body.as_ref()).unwrap().status
    }
}

/// A new admin and a new user, each with a session.
fn parties(server: &Server, number: usize) -> Parties {
    let caller = make(server, &format!("caller{number}"), Roles::admin());
    let target = make(server, &format!("target{number}"), Roles::default());
    let (session, _) = server.session(target.name.as_str(), PASSWORD);
    let sessions = server.store().sessions_of(&UserRef::Id(target.id)).unwrap().unwrap();
    let own = server.login(target.name.as_str(), PASSWORD);
    let target_key = crate::keys::make(&own, target.id.0, &["verify"]).id;
    let target_session_id = sessions[0].id.0;
    Parties { caller, target, target_session: session.key, target_session_id, target_key }
}

/// Makes a user with the password [`PASSWORD`].
fn make(server: &Server, name: &str, roles: Roles) -> User {
    let password = Password::parse(PASSWORD).unwrap();
    let hash = PasswordHash::new(&password, HashCost::new(4).unwrap()).unwrap();
    let email = Email::parse(&format!("{name}@example.com")).ok();
    let user = NewUser { email, roles, ..NewUser::named(Username::parse(name).unwrap(), hash) };
    server.store().insert(&user, &ActorContext::OPERATOR).unwrap()
}

/// The number of the newest entry of the audit log.
fn newest_entry(server: &Server) -> i64 {
    server.store().verify(None).unwrap().unwrap().number
}
