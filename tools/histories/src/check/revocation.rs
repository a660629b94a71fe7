//! No credential works after the acknowledgement of its revocation.

use std::collections::BTreeMap;

use super::{
    Anomaly,
    life::Proof,
    parts::{proof, target},
};
use crate::record::{Action, Call, Fields, Id, Outcome, Password, Refusal, View};

/// What the calls about one user say.
#[derive(Default)]
struct User<'a> {
    /// The acknowledged changes, with the versions that they made.
    changes: Vec<(&'a Call, u64, &'a Fields)>,
    /// Other calls that may have ended its sessions or itself.
    others: Vec<&'a Call>,
}

/// Finds credentials that worked too long.
pub(crate) fn check(calls: &[Call]) -> Vec<Anomaly> {
    let mut users: BTreeMap<Id, User<'_>> = BTreeMap::new();
    let mut set_at: BTreeMap<Password, u64> = BTreeMap::new();
    let mut begun: BTreeMap<&str, u64> = BTreeMap::new();
    for call in calls {
        match (&call.action, &call.outcome) {
            (
                Action::Change { target, fields, .. } | Action::SetPassword { target, fields, .. },
                Outcome::View(View { version, .. }) | Outcome::Holder(_, version),
            ) => {
                let user = users.entry(*target).or_default();
                user.changes.push((call, *version, fields));
                set_at.extend(fields.password.map(|password| (password, *version)));
            }
            (Action::Create { password, .. }, Outcome::View(view)) => {
                set_at.insert(*password, view.version);
            }
            (Action::LogIn { .. }, Outcome::Session(key)) => {
                begun.insert(key, call.end);
            }
            _ => {}
        }
        if let Some(id) = target(&call.action) {
            users.entry(id).or_default().others.push(call);
        }
    }
    let flaw = |call: &Call| {
        let (id, proof) = proof(call).filter(|_| is_accepted(call))?;
        let user = users.get(&id)?;
        let revoked = match &proof {
            Proof::Password { password, .. } => {
                let set_at = *set_at.get(password)?;
                user.replaced(set_at, call).or_else(|| user.disabled(call))
            }
            Proof::Session(key) => user.ended(key, *begun.get(key.as_str())?, call),
        };
        let revoked = revoked.or_else(|| user.deleted(call)).or_else(|| user.demoted(id, call))?;
        let text = format!("it was revoked by call {}: {:?}", revoked.number, revoked.action);
        Some(Anomaly::at(call, "revocation", &text))
    };
    calls.iter().filter_map(flaw).collect()
}

/// Whether the answer says that the credentials were right.
fn is_accepted(call: &Call) -> bool {
    let is_refused = call.outcome == Outcome::Refused(Refusal::Unauthenticated);
    !call.is_unknown() && !call.is_resolved && !is_refused
}

impl<'a> User<'a> {
    /// The change that replaced the password of a version before the call began.
    fn replaced(&self, set_at: u64, call: &Call) -> Option<&'a Call> {
        let is_new = |version, fields: &Fields| version > set_at && fields.password.is_some();
        let mut changes =
            self.changes.iter().filter(|(_, version, fields)| is_new(*version, fields));
        changes.find(|(change, ..)| change.end < call.begin).map(|(change, ..)| *change)
    }

    fn disabled(&self, call: &Call) -> Option<&'a Call> {
        self.revoked(call, |fields| fields.is_enabled)
    }

    /// What took the role of an admin, if the call needed it.
    fn demoted(&self, id: Id, call: &Call) -> Option<&'a Call> {
        let is_needed = target(&call.action).is_some_and(|target| target != id)
            && call.outcome != Outcome::Refused(Refusal::Forbidden);
        if is_needed { self.revoked(call, |fields| fields.is_admin) } else { None }
    }

    /// The change that set a field to false before the call began, unless one that sets it to true
    /// may have come between.
    fn revoked(&self, call: &Call, field: impl Fn(&Fields) -> Option<bool>) -> Option<&'a Call> {
        let is_before = |(change, _, fields): &&(&Call, u64, &Fields)| {
            field(fields) == Some(false) && change.end < call.begin
        };
        let (revoked, ..) =
            self.changes.iter().filter(is_before).max_by_key(|(change, ..)| change.begin)?;
        let grants = |other: &&'a Call| {
            matches!(&other.action, Action::Change { fields, .. } if field(fields) == Some(true))
                && other.begin < call.end
                && other.end > revoked.begin
        };
        (!self.others.iter().any(grants)).then_some(*revoked)
    }

    /// What ended a session before the call began.
    fn ended(&self, key: &str, begun: u64, call: &Call) -> Option<&'a Call> {
        let ends = |other: &&&Call| {
            let Call { action, outcome, begin, end, .. } = **other;
            let does = match (action, outcome) {
                (Action::EndSession { key: ended, .. }, Outcome::Done) => ended == key,
                (Action::EndSessions(_), Outcome::Done) => *begin > begun,
                (
                    Action::Change { fields, .. } | Action::SetPassword { fields, .. },
                    Outcome::View(_) | Outcome::Holder(..),
                ) => {
                    let is_end = fields.password.is_some() || fields.is_enabled == Some(false);
                    is_end && *begin > begun
                }
                _ => false,
            };
            does && *end < call.begin
        };
        self.others.iter().find(ends).copied()
    }

    fn deleted(&self, call: &Call) -> Option<&'a Call> {
        let deletes = |other: &&&Call| {
            let is_deletion = matches!(other.action, Action::Delete { .. });
            is_deletion && other.outcome == Outcome::Done && other.end < call.begin
        };
        self.others.iter().find(deletes).copied()
    }
}
