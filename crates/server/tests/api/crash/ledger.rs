//! The state of each user that a writer has created, as far as the writer knows it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::Session;

/// A user.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Users created by name have an unknown id until the first check.
    pub(super) id: Option<i64>,
    pub(super) version: i64,
    pub(super) email: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) password: String,
    pub(super) sessions: Vec<Session>,
}

/// A name and the user who has it, if there is one.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// The highest possible number of users who have had this name.
    pub(super) incarnation: usize,
    pub(super) acknowledged: Option<Known>,
    /// The other possible state after a request with an unknown result.
    pub(super) in_flight: Option<InFlight>,
    /// Ended sessions.
    pub(super) ended: Vec<Session>,
    /// Whether a request was sent since the last check.
    pub(super) is_touched: bool,
}

/// The user who has the name if the last request took effect.
#[derive(Debug)]
pub(super) struct InFlight(pub(super) Option<Known>);

/// Every id that the server has assigned, and its user.
#[derive(Default)]
pub(super) struct Ids(BTreeMap<i64, (String, usize)>);

impl Entry {
    pub(super) fn new(name: String) -> Self {
        let (acknowledged, in_flight, ended) = (None, None, Vec::new());
        Self { name, incarnation: 0, acknowledged, in_flight, ended, is_touched: false }
    }

    /// Records an acknowledged change.
    pub(super) fn acknowledge(&mut self, after: Option<Known>) {
        let before = self.acknowledged.take();
        let goes_on = |session: &Session| {
            after.iter().flat_map(|user| &user.sessions).any(|other| other.key == session.key)
        };
        let sessions = before.into_iter().flat_map(|user| user.sessions);
        self.ended.extend(sessions.filter(|session| !goes_on(session)));
        self.acknowledged = after;
    }

    /// Keeps the acknowledged state if `is_so` accepts it, otherwise the state in flight.
    pub(super) fn decide(&mut self, is_so: impl Fn(Option<&Known>) -> bool) {
        if let Some(InFlight(other)) = self.in_flight.take()
            && !is_so(self.acknowledged.as_ref())
        {
            self.acknowledge(other);
        }
    }
}

impl Known {
    /// Whether every field of `row` is this user's.
    pub(super) fn is(&self, row: &Value) -> bool {
        let roles: Vec<_> = self.roles.iter().map(|name| json!({ "name": name })).collect();
        self.id.is_none_or(|id| row["id"] == id)
            && row["version"] == self.version
            && row["email"] == json!(self.email)
            && row["roles"] == json!(roles)
            && row["status"] == "ENABLED"
    }
}

impl Ids {
    /// Records the id of a user, which no other user may ever have had.
    pub(super) fn learn(&mut self, id: i64, entry: &Entry) {
        let user = (entry.name.clone(), entry.incarnation);
        let known = self.0.entry(id).or_insert_with(|| user.clone());
        assert_eq!(*known, user, "the id {id} was given twice");
    }
}
