//! Rows of the audit log, and their conversion from and to the domain's types.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    StoreError, UserId,
    audit::{
        Actor, AuditAction, AuditEntry, AuditSubject, ChainMark, Change, ChangedField, EntryFormat,
        Event, RequestOrigin, UnlinkedEntry,
    },
};

use crate::schema::{audit, audit_links};

/// The columns of an entry but its id, which the database assigns.
#[derive(Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub(crate) struct EntryColumns {
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
    pub(crate) format: i64,
    pub(crate) client_request_id: Option<String>,
}

/// One entry's row.
#[derive(Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub(crate) struct EntryRow {
    pub(crate) id: i64,
    #[diesel(embed)]
    pub(crate) columns: EntryColumns,
}

/// The row that gives an entry its place in the chain. It has copies of the columns by which the
/// log is listed.
#[derive(Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_links, treat_none_as_default_value = false)]
pub(crate) struct LinkRow {
    pub(crate) number: i64,
    pub(crate) entry_id: i64,
    pub(crate) hash: String,
    pub(crate) time: i64,
    pub(crate) actor_id: Option<i64>,
    pub(crate) action: String,
    pub(crate) user_id: Option<i64>,
}

/// How one change is kept: the field, and its values before and after.
type ChangeText = (String, Option<String>, Option<String>);

impl EntryColumns {
    /// The columns of an entry.
    pub(crate) fn of(entry: UnlinkedEntry) -> Self {
        let UnlinkedEntry { format, time, actor, event, origin } = entry;
        let (_, actor_id, actor_name) = actor.parts();
        let Event { action, user, changes } = event;
        let changes: Vec<_> = changes.into_iter().map(change_text).collect();
        let (user_id, user_name) = user.map(|user| (user.id.0, user.name)).unzip();
        Self {
            time: time.as_microsecond(),
            actor: actor.kind_text().into_owned(),
            actor_id: actor_id.map(|id| id.0),
            actor_name: actor_name.map(str::to_owned),
            action: action.as_str().to_owned(),
            user_id,
            user_name,
            changes: serde_json::to_string(&changes).unwrap_or_default(),
            address: origin.address.map(|address| address.to_string()),
            request_id: origin.request_id,
            format: format.number(),
            client_request_id: origin.client_request_id,
        }
    }

    /// The entry; none if no entry has such columns.
    fn entry(self) -> Option<UnlinkedEntry> {
        let user = match (self.user_id, self.user_name) {
            (Some(id), Some(name)) => Some(AuditSubject { id: UserId(id), name }),
            (None, None) => None,
            _ => return None,
        };
        let changes: Vec<ChangeText> = serde_json::from_str(&self.changes).ok()?;
        let changes = changes.into_iter().map(change).collect::<Option<_>>()?;
        let address = self.address.map(|address| address.parse()).transpose().ok()?;
        let (request_id, client_request_id) = (self.request_id, self.client_request_id);
        Some(UnlinkedEntry {
            format: EntryFormat::of_number(self.format)?,
            time: Timestamp::from_microsecond(self.time).ok()?,
            actor: Actor::from_parts(&self.actor, self.actor_id, self.actor_name)?,
            event: Event { action: AuditAction::parse(&self.action)?, user, changes },
            origin: RequestOrigin { address, request_id, client_request_id },
        })
    }

    /// The same; none, too, if the columns are not as a server writes them.
    pub(crate) fn written_entry(self) -> Option<UnlinkedEntry> {
        let entry = self.clone().entry()?;
        (Self::of(entry.clone()) == self).then_some(entry)
    }
}

impl LinkRow {
    /// The link of the entry with this id, which has this place in the chain.
    pub(crate) fn of(entry_id: i64, columns: &EntryColumns, place: ChainMark) -> Self {
        let EntryColumns { time, actor_id, action, user_id, .. } = columns;
        Self {
            number: place.number,
            entry_id,
            hash: place.hash.to_string(),
            time: *time,
            actor_id: *actor_id,
            action: action.clone(),
            user_id: *user_id,
        }
    }

    fn place(&self) -> Option<ChainMark> {
        Some(ChainMark { number: self.number, hash: self.hash.parse().ok()? })
    }

    /// The linked entry; an error if no entry has such rows.
    pub(crate) fn entry(self, columns: EntryColumns) -> Result<AuditEntry, StoreError> {
        let entry = columns.entry().zip(self.place());
        let entry = entry.map(|(entry, place)| entry.numbered(place));
        entry.ok_or_else(|| damaged(self.number))
    }

    /// The same; an error, too, if the rows are not as servers write them.
    pub(crate) fn written_entry(self, row: EntryRow) -> Result<AuditEntry, StoreError> {
        let place = self.place().filter(|place| Self::of(row.id, &row.columns, *place) == self);
        let entry = row.columns.written_entry().zip(place);
        let entry = entry.map(|(entry, place)| entry.numbered(place));
        entry.ok_or_else(|| damaged(self.number))
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
