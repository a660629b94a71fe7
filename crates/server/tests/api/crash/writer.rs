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

/// How many users a writer has of which it knows everything.
const USERS: usize = 10;

/// One that writes to users of its own.
pub(super) struct Writer {
    number: usize,
    entries: Vec<Entry>,
    count: usize,
    /// How many changes were acknowledged.
    pub(super) acknowledged: u64,
    /// How many were refused because the store is away.
    pub(super) refused: u64,
}

/// A change: what is sent, and what it makes of a user.
struct Change<'a> {
    client: Client,
    method: &'a str,
    path: String,
    body: Option<Value>,
    after: Option<Known>,
}

/// What became of a change.
enum Outcome {
    Done(Answer),
    /// Nobody says, but the server.
    Unavailable,
    /// Nobody says.
    Gone,
}

impl Writer {
    pub(super) fn new(number: usize) -> Self {
        Self { number, entries: Vec::new(), count: 0, acknowledged: 0, refused: 0 }
    }

    /// How many of its users are in doubt.
    pub(super) fn in_doubt(&self) -> usize {
        self.entries.iter().filter(|entry| entry.in_flight.is_some()).count()
    }

    /// Writes, as the admin who `admin` is, until it is over or the server is gone; says which.
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
                // A session that nobody knows does nobody any harm.
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

    /// A user of which it knows everything, or a new name.
    fn place(&mut self) -> usize {
        let known: Vec<_> =
            (0..self.entries.len()).filter(|it| self.entries[*it].in_flight.is_none()).collect();
        if known.len() < USERS {
            self.entries.push(Entry::new(format!("user{}-{}", self.number, self.entries.len())));
            return self.entries.len() - 1;
        }
        known[random(known.len())]
    }

    /// Takes its users out of `rows`, each as it was acknowledged or as the last request has made it.
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
            let is_other = entry.in_flight.as_ref().is_some_and(|it| fits(it.0.as_ref()));
            assert!(
                fits(entry.acknowledged.as_ref()) || is_other,
                "{row:#?} is none of {entry:#?}"
            );
            // Which of two that look the same it is, is to be seen by whose sessions go on.
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

/// What a user is after a change that was acknowledged by `answer`.
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

/// Some change that can be made of a user as it is.
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

/// A user is made, by name or with an address.
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

/// Whether everything that the user in `row` has logged in with goes on.
fn sessions_go_on(known: &Known, row: &Value, admin: &Client) -> bool {
    let path = format!("/users/{}", row["id"]);
    known.sessions.iter().all(|session| admin.signing(session).get(&path).status == 200)
}

/// A user's password and sessions work, and what has ended does not.
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
