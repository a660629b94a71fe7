//! Rows of the audit log, and what they are in the domain.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    StoreError, UserId,
    audit::{
        Actor, AuditAction, AuditEntry, Change, ChangedField, EntryFormat, Event, Origin, Target,
    },
};

use crate::schema::audit;

/// One entry's row.
#[derive(Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub(crate) struct AuditRow {
    pub(crate) number: i64,
    pub(crate) time: i64,
    pub(crate) actor: String,
    pub(crate) actor_id: Option<i64>,
    pub(crate) actor_name: Option<String>,
    pub(crate) action: String,
    pub(crate) user_id: Option<i64>,
    pub(crate) user_name: Option<String>,
    pub(crate) changes: String,
    pub(crate) address: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) hash: String,
    pub(crate) format: i64,
    pub(crate) client_request_id: Option<String>,
}

/// How one change is kept: the field, and what it was and is.
type ChangeText = (String, Option<String>, Option<String>);

impl AuditRow {
    /// The row that keeps an entry.
    pub(crate) fn of(entry: AuditEntry) -> Self {
        let AuditEntry { number, format, time, actor, event, origin, hash } = entry;
        let (kind, actor_id, actor_name) = actor.parts();
        let Event { action, user, changes } = event;
        let changes: Vec<_> = changes.into_iter().map(change_text).collect();
        let (user_id, user_name) = user.map(|user| (user.id.0, user.name)).unzip();
        Self {
            number,
            time: time.as_microsecond(),
            actor: kind.to_owned(),
            actor_id: actor_id.map(|id| id.0),
            actor_name: actor_name.map(str::to_owned),
            action: action.as_str().to_owned(),
            user_id,
            user_name,
            changes: serde_json::json!(changes).to_string(),
            address: origin.address.map(|address| address.to_string()),
            request_id: origin.request_id,
            hash: hash.to_string(),
            format: format.number(),
            client_request_id: origin.client_request_id,
        }
    }

    /// The entry that the row keeps; an error if no entry has such a row.
    pub(crate) fn into_entry(self) -> Result<AuditEntry, StoreError> {
        let number = self.number;
        self.parse().ok_or_else(|| damaged(number))
    }

    /// The same; an error, too, if the row says it in another way than a server writes it.
    pub(crate) fn into_written_entry(self) -> Result<AuditEntry, StoreError> {
        let number = self.number;
        let entry = self.clone().into_entry()?;
        if Self::of(entry.clone()) == self { Ok(entry) } else { Err(damaged(number)) }
    }

    fn parse(self) -> Option<AuditEntry> {
        let user = match (self.user_id, self.user_name) {
            (Some(id), Some(name)) => Some(Target { id: UserId(id), name }),
            (None, None) => None,
            _ => return None,
        };
        let changes: Vec<ChangeText> = serde_json::from_str(&self.changes).ok()?;
        let changes = changes.into_iter().map(change).collect::<Option<_>>()?;
        let address = self.address.map(|address| address.parse()).transpose().ok()?;
        let (request_id, client_request_id) = (self.request_id, self.client_request_id);
        Some(AuditEntry {
            number: self.number,
            format: EntryFormat::of_number(self.format)?,
            time: Timestamp::from_microsecond(self.time).ok()?,
            actor: Actor::from_parts(&self.actor, self.actor_id, self.actor_name)?,
            event: Event { action: AuditAction::parse(&self.action)?, user, changes },
            origin: Origin { address, request_id, client_request_id },
            hash: self.hash.parse().ok()?,
        })
    }
}

fn damaged(number: i64) -> StoreError {
    StoreError::Internal(format!("entry {number} of the audit log is damaged").into())
}

fn change_text(Change { field, before, after }: Change) -> ChangeText {
    (field.as_str().to_owned(), before, after)
}

fn change((field, before, after): ChangeText) -> Option<Change> {
    Some(Change { field: ChangedField::parse(&field)?, before, after })
}
