//! `rollcall audit`: lists and verifies the audit log.

use rollcall_domain::{
    UserId,
    audit::{AuditEntry, AuditQuery, AuditStore, ChainMark, Change},
};
use rollcall_persistence::Store;
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    logging,
    settings::{AuditCommand, AuditFormat, AuditSettings, DatabaseSettings},
};

/// Runs the command.
pub(crate) fn run(settings: &AuditSettings) -> Result<(), Failure> {
    logging::direct("warn");
    let AuditSettings { database, command } = settings;
    let store = Store::open_existing(&database.url()?).map_err(|error| database.failure(&error))?;
    match *command {
        AuditCommand::List { limit, before, user_id, action, format } => {
            let query = AuditQuery { user: user_id.map(UserId), action, before, limit };
            let mut entries = store.entries(&query).map_err(|error| database.failure(&error))?;
            // The store returns one entry more than the limit if there are more.
            entries.truncate(limit as usize);
            let line = match format {
                AuditFormat::Text => text,
                AuditFormat::Ndjson => ndjson,
            };
            super::print(&entries.iter().map(|entry| line(entry) + "\n").collect::<String>())
        }
        AuditCommand::Verify { contains } => verify(&store, contains, database),
    }
}

fn verify(
    store: &Store,
    contains: Option<ChainMark>,
    database: &DatabaseSettings,
) -> Result<(), Failure> {
    let checked = store.verify(contains).map_err(|error| database.failure(&error))?;
    let end = checked.map_err(|flaw| format!("the audit log is altered or incomplete: {flaw}"))?;
    super::print_verdict(&match end.number {
        0 => "the audit log has no entries\n".to_owned(),
        1 => format!("verified 1 entry; the last is {end}\n"),
        number => format!("verified {number} entries; the last is {end}\n"),
    })
}

/// Formats an entry as text: `12  2026-11-23T02:00:10.018274Z  admin (1)  USER_CHANGED  alice
/// (2)  …`.
fn text(entry: &AuditEntry) -> String {
    let (kind, id, name) = entry.actor.parts();
    let actor = id.zip(name).map_or(kind.to_owned(), |(id, name)| format!("{name} ({id})"));
    let user = entry.event.user.as_ref();
    let user = user.map_or("-".to_owned(), |user| format!("{} ({})", user.name, user.id));
    let changes: Vec<_> = entry.event.changes.iter().map(change_text).collect();
    let address = entry.origin.address.map_or("-".to_owned(), |address| address.to_string());
    let request_id = entry.origin.request_id.as_deref().unwrap_or("-");
    let columns = [
        entry.number.to_string(),
        entry.time.to_string(),
        actor,
        entry.event.action.as_str().to_owned(),
        user,
        if changes.is_empty() { "-".to_owned() } else { changes.join(", ") },
        address,
        match &entry.origin.client_request_id {
            Some(client) => format!("{request_id}/{client}"),
            None => request_id.to_owned(),
        },
    ];
    columns.join("  ")
}

fn change_text(Change { field, before, after }: &Change) -> String {
    match (before, after) {
        (None, None) => field.as_str().to_owned(),
        (None, Some(after)) => format!("{}={after}", field.as_str()),
        (Some(before), None) => format!("{}={before} → none", field.as_str()),
        (Some(before), Some(after)) => format!("{}={before} → {after}", field.as_str()),
    }
}

fn change_json(Change { field, before, after }: &Change) -> Value {
    json!({"field": field.as_str(), "before": before, "after": after})
}

/// Formats an entry as `GET /audit` does.
fn ndjson(entry: &AuditEntry) -> String {
    let (actor, actor_id, actor_name) = entry.actor.parts();
    let user = entry.event.user.as_ref();
    json!({
        "number": entry.number,
        "time": entry.time.to_string(),
        "actor": actor,
        "actorId": actor_id.map(|id| id.0),
        "actorName": actor_name,
        "action": entry.event.action.as_str(),
        "userId": user.map(|user| user.id.0),
        "userName": user.map(|user| &user.name),
        "changes": entry.event.changes.iter().map(change_json).collect::<Vec<_>>(),
        "address": entry.origin.address.map(|address| address.to_string()),
        "requestId": entry.origin.request_id,
        "clientRequestId": entry.origin.client_request_id,
        "format": entry.format.number(),
        "hash": entry.hash.to_string(),
    })
    .to_string()
}
