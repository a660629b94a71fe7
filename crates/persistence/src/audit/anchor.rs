//! The row that says where the log begins, and the entry that confirms it. Only the removal of
//! archived entries changes the row.

use diesel::{prelude::*, result::Error as DieselError};
use rollcall_domain::{
    StoreError,
    audit::{AnnouncedArchive, AuditAction, ChainMark},
};

use crate::{
    engine::{Connection, on},
    error::Failure,
    rows::audit::{EntryColumns, LinkRow},
    schema::{audit, audit_anchor, audit_links},
};

/// The id of the row.
const ID: i64 = 1;

type Announcement = (LinkRow, EntryColumns);

/// The entries that announce archives, the newest first.
macro_rules! announcements {
    () => {
        audit_links::table
            .inner_join(audit::table)
            .filter(audit_links::action.eq(AuditAction::AuditArchived.as_str()))
            .order(audit_links::number.desc())
            .select((LinkRow::as_select(), EntryColumns::as_select()))
    };
}

/// The last removed entry; [`ChainMark::START`] if none was removed.
pub(crate) fn read(connection: &mut Connection<'_>) -> Result<ChainMark, Failure> {
    let damaged = || StoreError::Internal("the beginning of the audit log is damaged".into());
    Ok(find(connection)?.ok_or_else(damaged)?)
}

/// The same; none if the row was removed or cannot be read, which is no server's doing.
pub(super) fn find(connection: &mut Connection<'_>) -> Result<Option<ChainMark>, Failure> {
    let row = audit_anchor::table.find(ID).select((audit_anchor::number, audit_anchor::hash));
    let row: Option<(i64, String)> = on!(connection, it => row.get_result(it).optional()?);
    Ok(row.and_then(|(number, hash)| Some(ChainMark { number, hash: hash.parse().ok()? })))
}

/// Has the log begin behind this entry.
pub(crate) fn move_to(
    connection: &mut Connection<'_>,
    ChainMark { number, hash }: ChainMark,
) -> Result<(), DieselError> {
    let values = (audit_anchor::number.eq(number), audit_anchor::hash.eq(hash.to_string()));
    let row = diesel::update(audit_anchor::table.find(ID)).set(values);
    on!(connection, it => row.execute(it)).map(drop)
}

/// The archive that the newest entry of its kind announces; none if no entry does, or one that
/// cannot be read.
pub(super) fn announced(
    connection: &mut Connection<'_>,
) -> Result<Option<AnnouncedArchive>, Failure> {
    let newest: Option<Announcement> =
        on!(connection, it => announcements!().first(it).optional()?);
    let entry = newest.and_then(|(link, columns)| link.entry(columns).ok());
    Ok(entry.and_then(|entry| entry.announced_archive()))
}

/// The lost archives that entries record, the oldest first.
pub(super) fn lost(connection: &mut Connection<'_>) -> Result<Vec<AnnouncedArchive>, Failure> {
    let all: Vec<Announcement> = on!(connection, it => announcements!().load(it)?);
    let entries = all.into_iter().rev().filter_map(|(link, columns)| link.entry(columns).ok());
    Ok(entries.filter_map(|entry| entry.lost_archive()).collect())
}
