//! Whether linkers can go on from where the log says that it ends, and the entries that they left.

use std::cmp::Ordering;

use diesel::{
    dsl::{exists, max},
    prelude::*,
    select,
};
use jiff::Timestamp;

use super::{head, verify::AT_ONCE};
use crate::{
    engine::{Connection, on},
    error::Failure,
    rows::audit::EntryRow,
    schema::{audit, audit_gaps, audit_links},
};

/// Whether the end is that of the last link, or of a later entry that cannot be linked, and awaits
/// no entry that is linked already.
pub(super) fn is_intact(connection: &mut Connection<'_>) -> Result<bool, Failure> {
    let Some(head) = head::find(connection)? else { return Ok(false) };
    let end = head.entry_id;
    let last = audit_links::table.select(max(audit_links::entry_id));
    let last: Option<i64> = on!(connection, it => last.get_result(it)?);
    let is_at_an_entry = match end.cmp(&last.unwrap_or(0)) {
        Ordering::Less => false,
        Ordering::Equal => true,
        Ordering::Greater => {
            let entry = audit::table.find(end).select(audit::id);
            on!(connection, it => select(exists(entry)).get_result(it)?)
        }
    };
    let awaited = audit_gaps::table.select(audit_gaps::id);
    let linked = audit_links::table.filter(audit_links::entry_id.eq_any(awaited));
    let linked = linked.select(audit_links::number);
    let awaits_linked: bool = on!(connection, it => select(exists(linked)).get_result(it)?);
    Ok(is_at_an_entry && !awaits_linked)
}

/// The first entry without a number that should have one: it was written by `limit`, is not as a
/// server writes entries, or linkers are past it and do not await it.
pub(super) fn first_unlinked(
    connection: &mut Connection<'_>,
    limit: Timestamp,
) -> Result<Option<i64>, Failure> {
    let end = head::find(connection)?.map_or(i64::MAX, |head| head.entry_id);
    let awaited = audit_gaps::table.select(audit_gaps::id);
    let awaited: Vec<i64> = on!(connection, it => awaited.load(it)?);
    let unlinked = audit::table
        .left_join(audit_links::table)
        .filter(audit_links::number.is_null())
        .order(audit::id)
        .limit(AT_ONCE);
    let unlinked: Vec<EntryRow> =
        on!(connection, it => unlinked.select(EntryRow::as_select()).load(it)?);
    let is_left = |EntryRow { id, columns }: &EntryRow| {
        columns.time <= limit.as_microsecond()
            || columns.clone().written_entry().is_none()
            || (*id <= end && !awaited.contains(id))
    };
    Ok(unlinked.into_iter().find(is_left).map(|row| row.id))
}
