//! `rollcall audit`: lists, verifies and archives the audit log.

mod abandon;
mod archive;
mod archive_file;
mod archive_resume;
mod entry_json;
mod verify;

use std::sync::Arc;

use rollcall_domain::{
    AuditLog, Caller, UserId,
    audit::{ActorKind, AuditEntry, AuditQuery, Change},
};
use rollcall_persistence::Store;

use crate::{
    commands::output,
    config::audit::{AuditCommand, AuditFormat, AuditSettings},
    failure::Failure,
    telemetry,
};

/// Runs the command.
pub(crate) fn run(settings: &AuditSettings) -> Result<(), Failure> {
    telemetry::log::direct();
    let AuditSettings { database, command } = settings;
    let store = Store::open_existing(&database.url()?).map_err(|error| database.failure(&error))?;
    match command {
        &AuditCommand::List { limit, before, user_id, actor_id, action, since, until, format } => {
            let (user, actor) = (user_id.map(UserId), actor_id.map(UserId));
            let query = AuditQuery { user, actor, action, since, until, before, limit };
            let page = AuditLog::new(Arc::new(store)).page(&Caller::Operator, &query);
            let page = page.map_err(|error| database.failure(&error))?;
            let line = match format {
                AuditFormat::Text => text,
                AuditFormat::Ndjson => entry_json::line,
            };
            output::print(&page.entries.iter().map(|entry| line(entry) + "\n").collect::<String>())
        }
        AuditCommand::Verify { contains, archive } => {
            verify::run(&store, *contains, archive, database)
        }
        AuditCommand::Archive { before, file } => archive::run(&store, *before, file, database),
        AuditCommand::Abandon { end } => abandon::run(&store, *end, database),
    }
}

/// Formats an entry as text: `12  2026-11-23T02:00:10.018274Z  admin (1)  USER_CHANGED  alice
/// (2)  …`.
fn text(entry: &AuditEntry) -> String {
    let (kind, id, name) = entry.actor.parts();
    let by = match (kind, entry.actor.key()) {
        (ActorKind::ResetCode, _) => " by reset code".to_owned(),
        (_, Some(key)) => format!(" by key {key}"),
        (_, None) => String::new(),
    };
    let actor =
        id.zip(name).map_or(kind.as_str().to_owned(), |(id, name)| format!("{name} ({id}){by}"));
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
