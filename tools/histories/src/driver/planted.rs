//! Bugs planted between the clients and the server, to prove that the checks find them.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::http::{Answer, Request};
use crate::record::Action;

/// The age from which a cached answer is served.
const STALE: Duration = Duration::from_millis(200);

/// A kind of bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Some reads get an answer of the past. Each is right in itself: only the search finds it.
    StaleReads,
    /// Some conditions do not reach the server.
    LostConditions,
    /// The conditions of changes by name do not reach the server.
    LostPortalConditions,
    /// Some deletions are acknowledged and not made.
    LostDeletions,
    /// Some changes are made twice.
    RepeatedChanges,
    /// Some credentials work for a while after they were revoked.
    CachedCredentials,
}

/// The kinds by name.
pub(crate) const KINDS: [(&str, Kind); 6] = [
    ("stale-reads", Kind::StaleReads),
    ("lost-conditions", Kind::LostConditions),
    ("lost-portal-conditions", Kind::LostPortalConditions),
    ("lost-deletions", Kind::LostDeletions),
    ("repeated-changes", Kind::RepeatedChanges),
    ("cached-credentials", Kind::CachedCredentials),
];

/// The planted bug, if there is one.
#[derive(Default)]
pub(crate) struct Planted {
    kind: Option<Kind>,
    answers: Mutex<HashMap<String, (Instant, Answer)>>,
}

impl Planted {
    pub(crate) fn new(kind: Option<Kind>) -> Self {
        Self { kind, ..Self::default() }
    }

    /// Changes a request. Returns an answer if it does not reach the server.
    pub(crate) fn before(&self, action: &Action, request: &mut Request) -> Option<Answer> {
        match self.kind? {
            Kind::LostConditions if fastrand::u8(..5) == 0 => {
                request.headers.retain(|(name, _)| *name != "if-match");
                None
            }
            Kind::LostPortalConditions if matches!(action, Action::SetPassword { .. }) => {
                request.headers.retain(|(name, _)| *name != "if-match");
                None
            }
            Kind::LostDeletions if matches!(action, Action::Delete { .. }) => {
                let done = Answer { status: 204, etag: None, body: Vec::new(), is_last: false };
                (fastrand::u8(..4) == 0).then_some(done)
            }
            kind if kind.caches(action) && fastrand::u8(..20) == 0 => {
                let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
                let key = key(request);
                let is_stale = answers.get(&key).is_some_and(|(time, _)| time.elapsed() > STALE);
                if is_stale { answers.remove(&key).map(|(_, answer)| answer) } else { None }
            }
            _ => None,
        }
    }

    /// Keeps an answer for a later request.
    pub(crate) fn after(&self, action: &Action, request: &Request, answer: &Answer) {
        if self.kind.is_some_and(|kind| kind.caches(action)) && answer.status == 200 {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.entry(key(request)).or_insert_with(|| (Instant::now(), answer.clone()));
        }
    }

    /// Whether a request is sent twice.
    pub(crate) fn repeats(&self, action: &Action) -> bool {
        let is_change = matches!(
            action,
            Action::Change { if_match: None, .. } | Action::SetPassword { if_match: None, .. }
        );
        self.kind == Some(Kind::RepeatedChanges) && is_change && fastrand::u8(..10) == 0
    }
}

impl Kind {
    fn caches(self, action: &Action) -> bool {
        match self {
            Self::StaleReads => matches!(action, Action::Read(_)),
            Self::CachedCredentials => *action == Action::ReadSelf,
            _ => false,
        }
    }
}

fn key(request: &Request) -> String {
    let named = |name: &str| request.headers.iter().find(|(header, _)| *header == name);
    let credential = named("authorization").or_else(|| named("sessionkey"));
    format!("{} {credential:?}", request.path)
}
