//! What a writer knows of the users that it has made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::Session;

/// A user.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Unknown until somebody has looked, of users made by name.
    pub(super) id: Option<i64>,
    pub(super) version: i64,
    pub(super) email: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) password: String,
    pub(super) sessions: Vec<Session>,
}

/// A name, and who has it: nobody, or a user.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// How many users of this name there were at most.
    pub(super) incarnation: usize,
    pub(super) acknowledged: Option<Known>,
    /// What else it may be, because nobody has said what became of a request.
    pub(super) in_flight: Option<InFlight>,
    /// Sessions that have ended.
    pub(super) ended: Vec<Session>,
    /// Whether anything has happened since it was looked at.
    pub(super) is_touched: bool,
}

/// Who has a name if the last request was done.
#[derive(Debug)]
pub(super) struct InFlight(pub(super) Option<Known>);

/// Every id that was ever given, and to whom.
#[derive(Default)]
pub(super) struct Ids(BTreeMap<i64, (String, usize)>);

impl Entry {
    pub(super) fn new(name: String) -> Self {
        let (acknowledged, in_flight, ended) = (None, None, Vec::new());
        Self { name, incarnation: 0, acknowledged, in_flight, ended, is_touched: false }
    }

    /// Takes note of a change that was acknowledged.
    pub(super) fn acknowledge(&mut self, after: Option<Known>) {
        let before = self.acknowledged.take();
        let goes_on = |session: &Session| {
            after.iter().flat_map(|user| &user.sessions).any(|it| it.key == session.key)
        };
        let sessions = before.into_iter().flat_map(|user| user.sessions);
        self.ended.extend(sessions.filter(|session| !goes_on(session)));
        self.acknowledged = after;
    }

    /// Takes the one of two possible states that is not ruled out by `is_so`.
    pub(super) fn decide(&mut self, is_so: impl Fn(Option<&Known>) -> bool) {
        if let Some(InFlight(other)) = self.in_flight.take()
            && !is_so(self.acknowledged.as_ref())
        {
            self.acknowledge(other);
        }
    }
}

impl Known {
    /// Whether `row` is this user, whole.
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
    /// Takes note of the id that a user has: nobody else ever had it.
    pub(super) fn learn(&mut self, id: i64, entry: &Entry) {
        let user = (entry.name.clone(), entry.incarnation);
        let known = self.0.entry(id).or_insert_with(|| user.clone());
        assert_eq!(*known, user, "the id {id} was given twice");
    }
}
