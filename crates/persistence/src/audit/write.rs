//! Writing entries.

use diesel::{dsl::max, prelude::*, result::Error as DieselError};
use rollcall_domain::{
    StoreError,
    audit::{AuditEntry, ChainMark, Event},
    shown_number,
};

use crate::rows::audit::AuditRow;
use crate::{
    engine::{Connection, on},
    error::Failure,
    migrations::history::require_level,
    recheck::CheckedActor,
    schema::{audit, audit_head, schema_levels},
};

/// The id of the one row that says where the log ends.
const HEAD: i64 = 1;

/// Writes that `by` does what `event` says, in the transaction that does it, as its last statement:
/// on PostgreSQL it locks the end of the log until the transaction ends.
pub(crate) fn record(
    connection: &mut Connection<'_>,
    by: &CheckedActor<'_>,
    event: Event,
) -> Result<(), Failure> {
    let entry = AuditEntry::following(&locked_head(connection)?, by.by(), event);
    let mark = entry.mark();
    shown_number(mark.number)?;
    let row = diesel::insert_into(audit::table).values(AuditRow::of(entry));
    on!(connection, it => row.execute(it)?);
    Ok(move_head(connection, mark)?)
}

/// Where the log ends.
pub(crate) fn head(connection: &mut Connection<'_>) -> Result<ChainMark, Failure> {
    let row = audit_head::table.find(HEAD).select((audit_head::number, audit_head::hash));
    mark(on!(connection, it => row.get_result(it)?))
}

/// Locks the end of the log, which [`head`] only reads, until the transaction ends. Fails if a
/// later release has meanwhile migrated the schema beyond what this binary may write.
fn locked_head(connection: &mut Connection<'_>) -> Result<ChainMark, Failure> {
    let lowest = schema_levels::table.select(max(schema_levels::lowest)).single_value();
    let row = audit_head::table.find(HEAD).select((audit_head::number, audit_head::hash, lowest));
    let (number, hash, lowest): (i64, String, Option<i64>) = match connection {
        Connection::Sqlite(it) => row.get_result(*it)?,
        Connection::Postgres(it) => row.for_update().get_result(*it)?,
    };
    require_level(lowest.unwrap_or_default())
        .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    mark((number, hash))
}

fn mark((number, hash): (i64, String)) -> Result<ChainMark, Failure> {
    let damaged = |_| StoreError::Internal("the end of the audit log is damaged".into());
    Ok(ChainMark { number, hash: hash.parse().map_err(damaged)? })
}

/// Says that the log ends here.
pub(crate) fn move_head(
    connection: &mut Connection<'_>,
    mark: ChainMark,
) -> Result<(), DieselError> {
    let values = (audit_head::number.eq(mark.number), audit_head::hash.eq(mark.hash.to_string()));
    let row = diesel::update(audit_head::table.find(HEAD)).set(values);
    on!(connection, it => row.execute(it)).map(drop)
}
