//! The operations of the document, and for each a request with secrets in its proper places.

use std::{
    collections::BTreeMap,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use super::stage::{Request, Stage};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../../openapi/openapi.json")).unwrap()
});

/// An operation of the document.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    /// The methods of its path.
    pub(super) methods: Vec<String>,
    /// Its documented statuses.
    pub(super) statuses: Vec<u16>,
    /// The names of its parameters, by location.
    pub(super) parameters: BTreeMap<String, Vec<String>>,
}

/// All operations of the document.
pub(super) fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        let item = item.as_object().unwrap();
        let of_methods = item.iter().filter(|(_, operation)| operation["operationId"].is_string());
        let methods: Vec<_> = of_methods.clone().map(|(method, _)| method.to_uppercase()).collect();
        for (method, operation) in of_methods {
            let mut parameters = BTreeMap::<_, Vec<_>>::new();
            let shared = item.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let own = operation["parameters"].as_array().into_iter().flatten();
            for parameter in shared.chain(own) {
                let text = |name: &str| parameter[name].as_str().unwrap().to_owned();
                parameters.entry(text("in")).or_default().push(text("name"));
            }
            let statuses = operation["responses"].as_object().unwrap().keys();
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                methods: methods.clone(),
                statuses: statuses.map(|status| status.parse().unwrap()).collect(),
                parameters,
            });
        }
    }
    assert!(!operations.is_empty());
    operations
}

/// An unused name.
pub(super) fn new_name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("user{}", COUNT.fetch_add(1, Ordering::SeqCst))
}

/// The path of a new session of a user.
fn one_session(stage: &Stage, user: i64, name: &str) -> String {
    stage.session(name, &stage.password);
    let list = Request::new("GET", &format!("/users/{user}/sessions"), None);
    let list: Value = serde_json::from_str(&stage.send(&list, stage.admin()).1).unwrap();
    format!("/users/{user}/sessions/{}", list["sessionList"]["sessions"][0]["id"])
}

impl Operation {
    /// A request that succeeds for an admin, and its status.
    pub(super) fn request(&self, stage: &Stage) -> (Request, u16) {
        let name = new_name();
        let here = |status| (self.path.clone(), None, status);
        let known = || (stage.user(&name), &*stage.password);
        let by_name = format!("/api/v1/users/{name}");
        let new = || stage.secrets.password("a new password");
        let (target, body, status) = match &*self.id {
            "listPortalUsers" | "listUsers" | "listAuditEntries" | "getCurrentUser" => here(200),
            "verifyCredentials" => (format!("{}?role=admin", self.path), None, 204),
            "getPortalUser" => ("/api/v1/users/root".to_owned(), None, 200),
            "getUser" => ("/users/1".to_owned(), None, 200),
            "createPortalUser" => (by_name, Some(json!({"value": {"password": new()}})), 201),
            "deletePortalUser" => {
                known();
                (by_name, None, 204)
            }
            "updatePortalUserPassword" => {
                let value = json!({"current_password": known().1, "password": new()});
                (by_name, Some(json!({ "value": value })), 200)
            }
            "createUser" => {
                let email = format!("{name}@example.com");
                let info = json!({"name": name, "email": email, "plaintextPassword": new()});
                ("/users".to_owned(), Some(json!({ "userInfo": info })), 201)
            }
            "updateUser" => {
                let info = json!({"status": "DISABLED", "plaintextPassword": new()});
                (format!("/users/{}", known().0), Some(json!({ "userInfo": info })), 200)
            }
            "createSessionToken" => {
                let credentials = json!({"name": "root", "password": stage.admin_password});
                (self.path.clone(), Some(json!({ "credentials": credentials })), 201)
            }
            "listSessions" | "listApiKeys" => (self.path.replace("{userId}", "1"), None, 200),
            "deleteSessions" => (format!("/users/{}/sessions", known().0), None, 204),
            "deleteSession" => {
                let user = known().0;
                (one_session(stage, user, &name), None, 204)
            }
            "createApiKey" => {
                let info = json!({"name": "a program", "scopes": ["verify", "users:read"],
                    "currentPlaintextPassword": stage.admin_password});
                (format!("/users/{}/keys", known().0), Some(json!({ "keyInfo": info })), 201)
            }
            "deleteApiKey" => {
                let user = known().0;
                (format!("/users/{user}/keys/{}", stage.key(user).0), None, 204)
            }
            "deleteSessionToken" => {
                let session = stage.session("root", &stage.admin_password);
                (format!("/tokens/{}", session.key), None, 204)
            }
            "createResetCode" => (format!("/users/{}/reset-codes", known().0), None, 201),
            "redeemResetCode" => {
                let code = stage.reset_code(known().0);
                let info = json!({"code": code, "plaintextPassword": new()});
                (self.path.clone(), Some(json!({ "resetCode": info })), 204)
            }
            other => panic!("{other} is new: say here how secrets go through it"),
        };
        (Request::new(&self.method, &target, body.as_ref()), status)
    }

    /// The request with this value for every parameter of its path.
    pub(super) fn target_with(&self, text: &str) -> Option<String> {
        let mut parts = self.path.split('{');
        let mut target = parts.next()?.to_owned();
        let named: Vec<_> = parts.map(|part| part.split_once('}').unwrap().1).collect();
        for after in &named {
            target.extend([text, after]);
        }
        (!named.is_empty()).then_some(target)
    }
}
