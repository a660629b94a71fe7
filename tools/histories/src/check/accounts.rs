//! The histories of users, cut into pieces.
//!
//! A piece begins at a cut, which leaves nothing about its user unknown, and ends with the next
//! one. A call without an answer may take effect long after its client has given it up; the version
//! in its audit entry says in which piece.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    account::{Account, Answer},
    life::Life,
    parts::{Part, parts, target},
    search::{Event, Piece},
};
use crate::record::{Action, Call, Credential, Id, Outcome, View};

/// A call that leaves nothing unknown.
struct Cut<'a> {
    call: &'a Call,
    life: Life,
}

/// The pieces of every user's history. Calls before the first cut of a user are in none.
pub(crate) fn pieces(calls: &[Call]) -> Vec<Piece<Account>> {
    let mut cuts: BTreeMap<Id, Vec<Cut<'_>>> = BTreeMap::new();
    for cut in calls.iter().filter_map(Cut::of) {
        cuts.entry(cut.life.view.id).or_default().push(cut);
    }
    let mut users: BTreeMap<Id, Vec<Part<'_>>> = BTreeMap::new();
    for part in calls.iter().flat_map(parts) {
        users.entry(part.user).or_default().push(part);
    }
    let mut pieces = Vec::new();
    for (user, cuts) in cuts {
        let parts = users.remove(&user).unwrap_or_default();
        for (index, cut) in cuts.iter().enumerate() {
            let next = cuts.get(index + 1);
            let events = parts.iter().filter(|part| part.is_between(cut, next));
            let events = events.map(|part| part.event(cut, next)).collect();
            pieces.push(Piece { start: Account(Some(cut.life.clone())), events });
        }
    }
    pieces
}

impl<'a> Cut<'a> {
    fn of(call: &'a Call) -> Option<Self> {
        let Outcome::View(view) = &call.outcome else { return None };
        let password = match (&call.action, &call.credential) {
            (Action::Create { password, .. }, _)
            | (Action::ReadSelf, Credential::Password { password, .. }) => *password,
            (Action::Change { fields, .. }, _) => fields.password?,
            _ => return None,
        };
        let life = Life { view: view.clone(), password, sessions: BTreeSet::new() };
        (call.is_cut && !call.is_resolved).then_some(Self { call, life })
    }

    fn version(&self) -> u64 {
        self.life.view.version
    }
}

impl Part<'_> {
    fn is_between(&self, cut: &Cut<'_>, next: Option<&Cut<'_>>) -> bool {
        let Call { begin, is_resolved, .. } = *self.call;
        if let (true, Some(Answer::View(View { version, .. }))) = (is_resolved, &self.answer) {
            return *version > cut.version() && next.is_none_or(|next| *version <= next.version());
        }
        let is_before_end = next.is_none_or(|next| begin <= next.call.begin);
        let is_deletion = matches!(self.call.action, Action::Delete { .. });
        if is_resolved && is_deletion {
            return next.is_none();
        }
        is_before_end && (begin > cut.call.end || is_resolved || self.answer.is_none())
    }

    fn event(&self, cut: &Cut<'_>, next: Option<&Cut<'_>>) -> Event<Account> {
        let Self { call, step, answer, .. } = self;
        let first = cut.call.end + 1;
        let last = next.map_or(u64::MAX, |next| next.call.end);
        let is_ended = answer.is_some() && (call.end != u64::MAX || next.is_some());
        let is_ended = is_ended && (!call.is_resolved || target(&call.action).is_some());
        Event {
            call: call.number,
            begin: call.begin.max(first),
            end: is_ended.then(|| call.end.min(last).max(first)),
            step: step.clone(),
            answer: answer.clone(),
        }
    }
}
