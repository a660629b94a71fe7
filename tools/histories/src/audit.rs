//! The audit log as admins read it.

use serde_json::Value;

use crate::{
    Result,
    driver::{
        http::{Connection, Request},
        requests,
    },
    record::{Action, Credential, Id},
};

/// An entry, as far as it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) action: String,
    pub(crate) actor: String,
    pub(crate) user: Option<Id>,
    /// The call whose `X-Request-Id` it has.
    pub(crate) call: Option<u64>,
    pub(crate) changes: Vec<Change>,
}

/// A changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// Reads the whole log, the oldest entry first.
pub(crate) fn read(connection: &mut Connection) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut path = "/audit?limit=1000".to_owned();
    loop {
        let mut request = requests::request(&Action::ReadSelf);
        request.path = std::mem::take(&mut path);
        requests::authenticate(&mut request, &Credential::Root, None)?;
        let page = page(connection, &request)?;
        let log = &page["auditLog"];
        entries.extend(log["entries"].as_array().into_iter().flatten().map(entry));
        match log["nextPageToken"].as_str() {
            Some(token) => path = format!("/audit?limit=1000&pageToken={token}"),
            None => break,
        }
    }
    entries.reverse();
    Ok(entries)
}

fn page(connection: &mut Connection, request: &Request) -> Result<Value> {
    let answer = connection.exchange(request)?;
    if answer.status != 200 {
        return Err(format!("{} is answered with {}", request.path, answer.status).into());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

fn entry(entry: &Value) -> Entry {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let call = entry["clientRequestId"].as_str().and_then(|id| id.strip_prefix("call-"));
    let changes = entry["changes"].as_array().into_iter().flatten().map(|change| Change {
        field: text(&change["field"]).unwrap_or_default(),
        before: text(&change["before"]),
        after: text(&change["after"]),
    });
    Entry {
        number: entry["number"].as_u64().unwrap_or_default(),
        action: text(&entry["action"]).unwrap_or_default(),
        actor: text(&entry["actor"]).unwrap_or_default(),
        user: entry["userId"].as_i64(),
        call: call.and_then(|call| call.parse().ok()),
        changes: changes.collect(),
    }
}
