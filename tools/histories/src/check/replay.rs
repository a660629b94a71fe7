//! The users as the audit log tells of them, version by version.

use std::collections::BTreeMap;

use super::Anomaly;
use crate::{
    audit::{Change, Entry},
    record::{Id, View},
};

/// What the audit log says.
#[derive(Default)]
pub(crate) struct Replay {
    /// Each user at each version.
    pub(crate) states: BTreeMap<(Id, u64), View>,
    /// What a call did by its entry.
    pub(crate) by_call: BTreeMap<u64, Done>,
    current: BTreeMap<Id, Option<View>>,
}

/// What an entry says of its call.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) user: Option<Id>,
    /// The user afterwards, if it was created or changed.
    pub(crate) view: Option<View>,
}

impl Replay {
    /// Replays entries, and reports those that do not follow from the earlier ones of their user.
    pub(crate) fn of(entries: &[Entry]) -> (Self, Vec<Anomaly>) {
        let (mut replay, mut anomalies) = (Self::default(), Vec::new());
        for (index, entry) in entries.iter().enumerate() {
            let flaw = match replay.take(entry) {
                _ if entry.number != index as u64 + 1 => Some("the numbers have a gap"),
                Ok(done) => {
                    let earlier = entry.call.and_then(|call| replay.by_call.insert(call, done));
                    earlier.map(|_| "its call has another entry")
                }
                Err(flaw) => Some(flaw),
            };
            if let Some(flaw) = flaw {
                anomalies.push(Anomaly::of("audit log", format!("{flaw}: {entry:?}")));
            }
        }
        (replay, anomalies)
    }

    fn take(&mut self, entry: &Entry) -> Result<Done, &'static str> {
        let (action, user) = (entry.action.as_str(), entry.user);
        let Some(id) = user else { return Err("it is of no user") };
        let state = self.current.entry(id);
        let view = match action {
            "USER_CREATED" => {
                let is_new = matches!(state, std::collections::btree_map::Entry::Vacant(_));
                let new = View {
                    id,
                    version: 0,
                    name: String::new(),
                    email: None,
                    is_enabled: false,
                    is_admin: false,
                };
                let view = changed(&new, &entry.changes, false)?;
                self.current.insert(id, Some(view.clone()));
                if !is_new {
                    return Err("the id was given before");
                }
                Some(view)
            }
            "USER_CHANGED" | "USER_DELETED" => {
                let Some(Some(before)) = self.current.get(&id) else {
                    return Err("there is no such user");
                };
                let after = changed(before, &entry.changes, true)?;
                let is_deleted = action == "USER_DELETED";
                let after = (!is_deleted).then(|| View { version: before.version + 1, ..after });
                self.current.insert(id, after.clone());
                after
            }
            "SESSION_BEGUN" | "SESSION_ENDED" => None,
            _ => return Err("no call does this"),
        };
        if let Some(view) = &view {
            self.states.insert((id, view.version), view.clone());
        }
        Ok(Done { user, view })
    }
}

/// The user after these changes, each of which must begin with the present value.
fn changed(before: &View, changes: &[Change], is_checked: bool) -> Result<View, &'static str> {
    let mut view = before.clone();
    let shown = |view: &View, field: &str| match field {
        "name" => Some(Some(view.name.clone())),
        "email" => Some(view.email.clone()),
        "status" => Some(Some(if view.is_enabled { "ENABLED" } else { "DISABLED" }.to_owned())),
        "roles" => Some(view.is_admin.then(|| "admin".to_owned())),
        _ => None,
    };
    for Change { field, before: from, after } in changes {
        if is_checked && shown(&view, field).is_some_and(|shown| shown != *from) {
            return Err("the value before is another");
        }
        match field.as_str() {
            "name" => view.name = after.clone().unwrap_or_default(),
            "email" => view.email.clone_from(after),
            "status" => view.is_enabled = after.as_deref() == Some("ENABLED"),
            "roles" => view.is_admin = after.as_deref() == Some("admin"),
            _ => {}
        }
    }
    Ok(view)
}
