//! Calls whose answers were lost, with what the audit log says of them.
//!
//! A call without an entry did nothing: if it did, a later answer shows a state that no call
//! explains. One with an entry was done, at the latest when an answer showed its version. A call
//! that ends sessions has no version and stays unknown: the search may place it anywhere, or
//! nowhere.

use std::collections::BTreeMap;

use super::replay::{Done, Replay};
use crate::record::{Action, Call, Id, Outcome, Refusal};

/// Replaces unknown outcomes. Removes calls that did nothing.
pub(crate) fn resolve(calls: Vec<Call>, replay: &Replay) -> Vec<Call> {
    let seen = Seen::of(&calls);
    let resolve = |mut call: Call| {
        if !call.is_unknown() {
            return Some(call);
        }
        if !call.action.is_write() || matches!(call.action, Action::LogIn { .. }) {
            return None;
        }
        let Done { view, user, .. } = replay.by_call.get(&call.number)?;
        match (view, &call.action) {
            (Some(view), _) => {
                call.outcome = Outcome::View(view.clone());
                call.end = seen.version(view.id, view.version).max(call.begin + 1);
                call.is_resolved = true;
            }
            (None, Action::Delete { .. }) => {
                call.outcome = Outcome::Done;
                let missing = user.and_then(|user| seen.missing.get(&user).copied());
                call.end = missing.unwrap_or(u64::MAX).max(call.begin + 1);
                call.is_resolved = true;
            }
            _ => {}
        }
        Some(call)
    };
    calls.into_iter().filter_map(resolve).collect()
}

/// When answers first showed what.
struct Seen {
    /// Of each user, the ends of answers by the version that they showed.
    versions: BTreeMap<Id, BTreeMap<u64, u64>>,
    missing: BTreeMap<Id, u64>,
}

impl Seen {
    fn of(calls: &[Call]) -> Self {
        let mut versions: BTreeMap<Id, BTreeMap<u64, u64>> = BTreeMap::new();
        let mut missing = BTreeMap::new();
        let first = |map: &mut BTreeMap<_, u64>, key, end| {
            let earliest = map.entry(key).or_insert(end);
            *earliest = end.min(*earliest);
        };
        for call in calls {
            match (&call.outcome, &call.action) {
                (Outcome::View(view), _) => {
                    first(versions.entry(view.id).or_default(), view.version, call.end);
                }
                (Outcome::Holder(id, version), _) => {
                    first(versions.entry(*id).or_default(), *version, call.end);
                }
                (
                    Outcome::Refused(Refusal::Missing),
                    Action::Read(id) | Action::Change { target: id, .. } | Action::EndSessions(id),
                ) => {
                    let earliest = missing.entry(*id).or_insert(call.end);
                    *earliest = call.end.min(*earliest);
                }
                _ => {}
            }
        }
        Self { versions, missing }
    }

    /// When an answer first showed this version of the user or a later one.
    fn version(&self, user: Id, version: u64) -> u64 {
        let later = self
            .versions
            .get(&user)
            .and_then(|seen| seen.range(version..).map(|(_, end)| *end).min());
        later.unwrap_or(u64::MAX)
    }
}
