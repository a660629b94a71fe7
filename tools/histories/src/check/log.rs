//! The audit log holds each acknowledged change once, nothing that was refused, and the states that
//! the answers show.

use super::{Anomaly, replay::Replay};
use crate::{
    audit::Entry,
    record::{Action, Call, Fields, Outcome},
};
use std::collections::BTreeMap;

/// Compares the log with the calls as they were recorded.
pub(crate) fn check(calls: &[Call], entries: &[Entry], replay: &Replay) -> Vec<Anomaly> {
    let by_number: BTreeMap<_, _> = calls.iter().map(|call| (call.number, call)).collect();
    let stray = entries.iter().filter_map(|entry| {
        let flaw = match entry.call {
            None if entry.actor == "OPERATOR" || entry.number == 1 => return None,
            None => "no call",
            Some(number) => match by_number.get(&number) {
                None => "a request that was not done",
                Some(call) => return unfit(call, entry),
            },
        };
        Some(Anomaly::of("audit log", format!("an entry is of {flaw}: {entry:?}")))
    });
    let stray: Vec<_> = stray.collect();
    stray.into_iter().chain(calls.iter().filter_map(|call| missing(call, replay))).collect()
}

/// An entry that does not belong to its call.
fn unfit(call: &Call, entry: &Entry) -> Option<Anomaly> {
    let is_done = call.is_unknown() || call.is_acknowledged();
    let is_fit = is_done && Some(entry.action.as_str()) == action(&call.action);
    (!is_fit).then(|| Anomaly::at(call, "audit log", &format!("it has the entry {entry:?}")))
}

/// An entry that is missing, or a state that differs from the answer.
fn missing(call: &Call, replay: &Replay) -> Option<Anomaly> {
    let entry = replay.by_call.get(&call.number);
    let flaw = match (&call.outcome, entry) {
        (Outcome::View(view), entry) => match replay.states.get(&(view.id, view.version)) {
            Some(state) if *state != *view => format!("the log has {state:?}"),
            None => "the log has no such version".to_owned(),
            _ if !call.action.is_write() => return None,
            _ => match entry {
                Some(entry)
                    if entry.view.as_ref().map(|view| view.version) != Some(view.version) =>
                {
                    format!("the log has another version: {entry:?}")
                }
                None if !may_be_nothing(&call.action) => "the log has no entry of it".to_owned(),
                _ => return None,
            },
        },
        (Outcome::Holder(id, version), entry) => {
            let state = replay.states.get(&(*id, *version));
            let (Action::LookUp(name) | Action::SetPassword { name, .. }) = &call.action else {
                return None;
            };
            let entry = entry.and_then(|entry| entry.view.as_ref());
            let is_logged =
                !call.action.is_write() || entry.is_some_and(|view| Some(view) == state);
            if is_logged && state.is_some_and(|state| state.name == *name) {
                return None;
            }
            format!("the log has {state:?}, and {entry:?} of the call")
        }
        (Outcome::Done | Outcome::Session(_), None) if !may_be_nothing(&call.action) => {
            "the log has no entry of it".to_owned()
        }
        _ => return None,
    };
    Some(Anomaly::at(call, "audit log", &flaw))
}

/// Whether a call may succeed and change nothing.
fn may_be_nothing(action: &Action) -> bool {
    match action {
        Action::Change { fields: Fields { name, email, password, .. }, .. } => {
            name.is_none() && email.is_none() && password.is_none()
        }
        Action::EndSessions(_) => true,
        _ => !action.is_write(),
    }
}

/// The action of a call's entry.
fn action(action: &Action) -> Option<&'static str> {
    match action {
        Action::Read(_) | Action::ReadSelf | Action::LookUp(_) => None,
        Action::Create { .. } => Some("USER_CREATED"),
        Action::Change { .. } | Action::SetPassword { .. } => Some("USER_CHANGED"),
        Action::Delete { .. } => Some("USER_DELETED"),
        Action::LogIn { .. } => Some("SESSION_BEGUN"),
        Action::EndSession { .. } | Action::EndSessions(_) => Some("SESSION_ENDED"),
    }
}
