//! The row that says where the chain ends. Only linkers change it, one at a time.

use diesel::{prelude::*, result::Error as DieselError};
use rollcall_domain::{StoreError, audit::ChainMark};

use crate::{
    engine::{Connection, on},
    error::Failure,
    schema::audit_head,
};

/// The id of the row.
pub(crate) const ID: i64 = 1;

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChainHead {
    /// The last linked entry.
    pub(crate) mark: ChainMark,
    /// The highest id of an entry that a linker has seen.
    pub(crate) entry_id: i64,
}

/// What a linker does while another one links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contention {
    /// It waits.
    Wait,
    /// It leaves the entries to the other one.
    Skip,
}

/// The row but its id.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_head)]
struct HeadRow {
    number: i64,
    hash: String,
    entry_id: i64,
}

/// The end of the chain.
pub(crate) fn read(connection: &mut Connection<'_>) -> Result<ChainHead, Failure> {
    find(connection)?.ok_or_else(damaged)
}

/// The same; none if the row was removed or cannot be read, which is no server's doing.
pub(super) fn find(connection: &mut Connection<'_>) -> Result<Option<ChainHead>, Failure> {
    let row = audit_head::table.find(ID);
    let row: Option<HeadRow> =
        on!(connection, it => row.select(HeadRow::as_select()).get_result(it).optional()?);
    Ok(row.and_then(HeadRow::head))
}

/// The same, locked until the transaction ends; none if another linker has locked it. On SQLite a
/// writing transaction has the whole database to itself.
pub(super) fn lock(
    connection: &mut Connection<'_>,
    contention: Contention,
) -> Result<Option<ChainHead>, Failure> {
    let Connection::Postgres(it) = connection else { return read(connection).map(Some) };
    let row = audit_head::table.find(ID).for_update().select(HeadRow::as_select());
    let row: Option<HeadRow> = match contention {
        Contention::Wait => Some(row.get_result(*it)?),
        Contention::Skip => row.skip_locked().get_result(*it).optional()?,
    };
    row.map(|row| row.head().ok_or_else(damaged)).transpose()
}

impl HeadRow {
    fn head(self) -> Option<ChainHead> {
        let Self { number, hash, entry_id } = self;
        Some(ChainHead { mark: ChainMark { number, hash: hash.parse().ok()? }, entry_id })
    }
}

fn damaged() -> Failure {
    StoreError::Internal("the end of the audit log is damaged".into()).into()
}

/// Moves the end of the chain.
pub(crate) fn move_to(
    connection: &mut Connection<'_>,
    ChainHead { mark, entry_id }: ChainHead,
) -> Result<(), DieselError> {
    let values = (
        audit_head::number.eq(mark.number),
        audit_head::hash.eq(mark.hash.to_string()),
        audit_head::entry_id.eq(entry_id),
    );
    let row = diesel::update(audit_head::table.find(ID)).set(values);
    on!(connection, it => row.execute(it)).map(drop)
}
