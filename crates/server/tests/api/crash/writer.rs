//! Writers that remember what was acknowledged.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use super::{
    ledger::{Entry, Ids, InFlight, Known},
    random,
};
use crate::harness::{Answer, Client, Session};

/// The number of users with a known state that each writer keeps.
const USERS: usize = 10;

/// A writer with its own users.
pub(super) struct Writer {
    number: usize,
    entries: Vec<Entry>,
    count: usize,
    /// The number of acknowledged changes.
    pub(super) acknowledged: u64,
    /// The number of changes rejected because the store is unavailable.
    pub(super) refused: u64,
}

/// A request that changes a user, and the user after it.
struct Change<'a> {
    client: Client,
    method: &'a str,
    path: String,
    body: Option<Value>,
    after: Option<Known>,
}

/// The result of a change.
enum Outcome {
    Done(Answer),
    /// The server answered that the store is unavailable, so the result is unknown.
    Unavailable,
    /// The server closed the connection, so the result is unknown.
    Gone,
}

impl Writer {
    pub(super) fn new(number: usize) -> Self {
        Self { number, entries: Vec::new(), count: 0, acknowledged: 0, refused: 0 }
    }

    /// The number of users whose last change has an unknown result.
    pub(super) fn in_doubt(&self) -> usize {
        self.entries.iter().filter(|entry| entry.in_flight.is_some()).count()
    }

    /// Writes as `admin` until `is_over`, or until the server is gone. Returns whether the server
    /// is still there.
    pub(super) fn write(&mut self, admin: &Client, is_over: &AtomicBool) -> bool {
        while !is_over.load(Ordering::SeqCst) {
            let place = self.place();
            self.count += 1;
            let unique = format!("{}-{}", self.number, self.count);
            let entry = &mut self.entries[place];
            entry.is_touched = true;
            let change = change(entry, admin, &unique);
            let (after, is_login) = (change.after.clone(), change.path == "/tokens");
            match change.send() {
                Outcome::Done(answer) => {
                    entry.acknowledge(acknowledged(after, &answer, is_login));
                    self.acknowledged += 1;
                }
                // A session with a key unknown to every client is harmless.
                Outcome::Unavailable | Outcome::Gone if is_login => {}
                Outcome::Unavailable => {
                    entry.in_flight = Some(InFlight(after));
                    self.refused += 1;
                }
                Outcome::Gone => {
                    entry.in_flight = Some(InFlight(after));
                    return false;
                }
            }
        }
        true
    }

    /// The index of an entry with a known state, or of a new one.
    fn place(&mut self) -> usize {
        let known: Vec<_> = (0..self.entries.len())
            .filter(|index| self.entries[*index].in_flight.is_none())
            .collect();
        if known.len() < USERS {
            self.entries.push(Entry::new(format!("user{}-{}", self.number, self.entries.len())));
            return self.entries.len() - 1;
        }
        known[random(known.len())]
    }

    /// Removes its users from `rows`. Each must be as acknowledged or as the request in flight
    /// makes it.
    pub(super) fn check(
        &mut self,
        rows: &mut BTreeMap<String, &Value>,
        admin: &Client,
        ids: &mut Ids,
    ) {
        for entry in &mut self.entries {
            let row = rows.remove(&entry.name);
            let fits = |known: Option<&Known>| match (known, row) {
                (Some(known), Some(row)) => known.is(row),
                (known, row) => known.is_none() && row.is_none(),
            };
            let is_other = entry.in_flight.as_ref().is_some_and(|change| fits(change.0.as_ref()));
            assert!(
                fits(entry.acknowledged.as_ref()) || is_other,
                "{row:#?} is none of {entry:#?}"
            );
            // Where both states fit, the sessions that still work tell them apart.
            let goes_on = |known: Option<&Known>| match (known, row) {
                (Some(known), Some(row)) => sessions_go_on(known, row, admin),
                _ => true,
            };
            entry.decide(|known| fits(known) && (!is_other || goes_on(known)));
            if let (Some(known), Some(row)) = (&mut entry.acknowledged, row) {
                known.id = row["id"].as_i64();
            }
            if let Some(id) = entry.acknowledged.as_ref().and_then(|known| known.id) {
                ids.learn(id, entry);
            }
            if std::mem::take(&mut entry.is_touched) {
                check_credentials(entry, admin);
            }
        }
    }
}

impl Change<'_> {
    fn send(self) -> Outcome {
        let Self { client, method, path, body, .. } = self;
        match client.attempt(method, &path, body.as_ref()) {
            None => Outcome::Gone,
            Some(answer) if answer.status < 300 => Outcome::Done(answer),
            Some(answer) => {
                assert_eq!(answer.status, 503, "{method} {path}: {answer:?}");
                assert!(!answer.header("retry-after").is_empty());
                Outcome::Unavailable
            }
        }
    }
}

/// The state of a user after a change that `answer` acknowledges.
fn acknowledged(after: Option<Known>, answer: &Answer, is_login: bool) -> Option<Known> {
    let mut after = after?;
    if is_login {
        after.sessions.push(Session::of(&answer.json()));
    } else if let Some(id) =
        answer.body.contains("\"id\"").then(|| answer.json()["user"]["id"].as_i64())
    {
        after.id = id;
    }
    Some(after)
}

/// A random change that is valid for the current state of the user.
fn change<'a>(entry: &mut Entry, admin: &Client, unique: &str) -> Change<'a> {
    let (name, email) = (&entry.name, format!("at-{unique}@example.com"));
    let (by_name, password) = (format!("/api/v1/users/{name}"), format!("the password {unique}"));
    let Some(known) = entry.acknowledged.clone() else {
        entry.incarnation += 1;
        return creation(name, email, password, admin);
    };
    let user = || admin.login(name, &known.password);
    let next = Known { version: known.version + 1, sessions: Vec::new(), ..known.clone() };
    let change =
        |client: Client, method, path, body, after| Change { client, method, path, body, after };
    match (random(8), known.id, known.sessions.split_first()) {
        (0, ..) => change(admin.clone(), "DELETE", by_name, None, None),
        (1 | 2, Some(id), _) => {
            let client = admin.with("if-match", &known.version.to_string());
            let roles = vec![format!("clerk-{unique}"), "reader".to_owned()];
            let named: Vec<_> = roles.iter().map(|name| json!({ "name": name })).collect();
            let info = json!({"email": email, "roles": named, "plaintextPassword": password});
            let after = Known { email: Some(email), roles, password, ..next };
            let body = Some(json!({ "userInfo": info }));
            change(client, "PATCH", format!("/users/{id}"), body, Some(after))
        }
        (3, Some(id), _) => {
            let body = Some(json!({"userInfo": {"email": email}}));
            let after = Known { email: Some(email), sessions: known.sessions, ..next };
            change(admin.clone(), "PATCH", format!("/users/{id}"), body, Some(after))
        }
        (4, ..) => {
            let value = json!({"current_password": known.password, "password": password});
            let body = Some(json!({ "value": value }));
            change(user(), "PATCH", by_name, body, Some(Known { password, ..next }))
        }
        (5, _, Some((session, others))) => {
            let (client, path) = (admin.signing(session), format!("/tokens/{}", session.key));
            let after = Known { sessions: others.to_vec(), ..known.clone() };
            change(client, "DELETE", path, None, Some(after))
        }
        _ => {
            let credentials = json!({"name": name, "password": known.password});
            let body = Some(json!({ "credentials": credentials }));
            change(admin.clone(), "POST", "/tokens".to_owned(), body, Some(known))
        }
    }
}

/// Creates a user, by name or with an email address.
fn creation<'a>(name: &str, email: String, password: String, admin: &Client) -> Change<'a> {
    let is_by_name = random(2) == 0;
    let (method, path, body) = if is_by_name {
        ("PUT", format!("/api/v1/users/{name}"), json!({"value": {"password": password}}))
    } else {
        let info = json!({"name": name, "email": email, "plaintextPassword": password});
        ("POST", "/users".to_owned(), json!({ "userInfo": info }))
    };
    let after = Known {
        id: None,
        version: 0,
        email: (!is_by_name).then_some(email),
        roles: Vec::new(),
        password,
        sessions: Vec::new(),
    };
    Change { client: admin.clone(), method, path, body: Some(body), after: Some(after) }
}

/// Whether all sessions of the user in `row` still work.
fn sessions_go_on(known: &Known, row: &Value, admin: &Client) -> bool {
    let path = format!("/users/{}", row["id"]);
    known.sessions.iter().all(|session| admin.signing(session).get(&path).status == 200)
}

/// Checks that a user's password and sessions work, and that ended sessions do not.
fn check_credentials(entry: &mut Entry, admin: &Client) {
    if let Some(known) = &entry.acknowledged {
        let path = format!("/users/{}", known.id.unwrap());
        let user = admin.login(&entry.name, &known.password);
        assert_eq!(user.get(&path).status, 200, "{entry:?}");
        for session in &known.sessions {
            let answer = admin.signing(session).get(&path);
            assert_eq!(answer.status, 200, "{session:?} {answer:?} {entry:?}");
        }
    }
    for session in std::mem::take(&mut entry.ended).iter().rev().take(3) {
        assert_eq!(admin.signing(session).get("/users/1").status, 401, "{entry:?}");
    }
}
