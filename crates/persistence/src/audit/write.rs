//! Writing entries.

use diesel::{dsl::max, prelude::*};
use jiff::Timestamp;
use rollcall_domain::{
    StoreError,
    audit::{Event, UnlinkedEntry},
    shown_number,
};

use crate::{
    audit::head,
    engine::{Connection, on, prepared::Prepared},
    error::Failure,
    migrations::history::require_level,
    recheck::CheckedActor,
    rows::audit::EntryColumns,
    schema::{audit, audit_head, schema_levels},
};

/// Writes that `by` does what `event` says, in the transaction that does it and after its other
/// writes: an entry of a later change of the same row must have a higher id.
pub(crate) fn record(
    connection: &mut Connection<'_>,
    by: &CheckedActor<'_>,
    event: Event,
) -> Result<(), Failure> {
    // A transaction on SQLite requires that once for all its entries, when it links them.
    if let Connection::Postgres(_) = connection {
        require_writable(connection)?;
    }
    let entry = UnlinkedEntry::new(by.by(), event, Timestamp::now());
    let row = Prepared(diesel::insert_into(audit::table).values(EntryColumns::of(entry)));
    on!(connection, it => row.execute(it)?);
    Ok(())
}

/// Fails if a later release has meanwhile migrated the schema beyond what this binary may write,
/// and once the chain has its last number.
pub(super) fn require_writable(connection: &mut Connection<'_>) -> Result<(), Failure> {
    let lowest = schema_levels::table.select(max(schema_levels::lowest)).single_value();
    let row = audit_head::table.find(head::ID).select((audit_head::number, lowest));
    let (number, lowest): (i64, Option<i64>) = on!(connection, it => row.get_result(it)?);
    require_level(lowest.unwrap_or_default())
        .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    shown_number(number.saturating_add(1))?;
    Ok(())
}
