//! The audit log, copied unchanged, with entries that are not linked yet.

use diesel::{
    dsl::{exists, sql},
    prelude::*,
    result::Error as DieselError,
    select,
    sql_types::{BigInt, Nullable},
};

use rollcall_domain::audit::ChainMark;

use super::contents::ContentsHasher;
use crate::{
    audit::{anchor, head},
    engine::{Connection, dedicated::DedicatedConnection, on, url::DatabaseUrl},
    error::Failure,
    migrations::Fit,
    rows::audit::{EntryRow, LinkRow},
    schema::{audit, audit_gaps, audit_links},
};

/// How many rows are read at a time.
const AT_ONCE: i64 = 1000;

/// Lets the sequence of ids go on behind the copied ones.
const RAISE: &str = "SELECT setval(pg_get_serial_sequence('audit', 'id'), max(id)) FROM audit";

/// Rows of the log.
pub(super) enum Rows {
    Entries(Vec<EntryRow>),
    Links(Vec<LinkRow>),
}

/// Links committed entries, if the role may write. The target links the rest.
pub(super) fn link(url: &DatabaseUrl) {
    if let DatabaseUrl::Postgres(_) = url
        && let Ok(mut store) = DedicatedConnection::open_store(url, Fit::Current, None)
    {
        let _ = crate::audit::link::link_committed(&mut store.borrow());
    }
}

/// Hands every row to `each`, some at a time, and adds all to `tally`.
pub(super) fn read(
    connection: &mut Connection<'_>,
    tally: &mut ContentsHasher,
    mut each: impl FnMut(Rows) -> Result<(), DieselError>,
) -> Result<(), Failure> {
    let mut last = i64::MIN;
    loop {
        let next = audit::table.filter(audit::id.gt(last)).order(audit::id).limit(AT_ONCE);
        let rows: Vec<EntryRow> =
            on!(connection, inside => next.select(EntryRow::as_select()).load(inside)?);
        let Some(row) = rows.last() else { break };
        last = row.id;
        for row in &rows {
            tally.add_entry(row);
        }
        each(Rows::Entries(rows))?;
    }
    last = i64::MIN;
    loop {
        let next = audit_links::table.filter(audit_links::number.gt(last));
        let next = next.order(audit_links::number).limit(AT_ONCE);
        let rows: Vec<LinkRow> =
            on!(connection, inside => next.select(LinkRow::as_select()).load(inside)?);
        let Some(row) = rows.last() else { break };
        last = row.number;
        for row in &rows {
            tally.add_link(row);
        }
        each(Rows::Links(rows))?;
    }
    tally.add_end(head::read(connection)?.mark);
    // A log without an archive has the sum of earlier releases.
    let anchor = anchor::read(connection)?;
    if anchor != ChainMark::START {
        tally.add_end(anchor);
    }
    Ok(())
}

/// Writes rows that are not there yet.
pub(super) fn insert(connection: &mut Connection<'_>, rows: Rows) -> Result<(), DieselError> {
    match rows {
        Rows::Entries(rows) => {
            let rows = diesel::insert_into(audit::table).values(rows);
            on!(connection, inside => rows.execute(inside)).map(drop)
        }
        Rows::Links(rows) => {
            let rows = diesel::insert_into(audit_links::table).values(rows);
            on!(connection, inside => rows.execute(inside)).map(drop)
        }
    }
}

/// Lets the target begin and go on where the source does: behind its anchor, its last link and its
/// last id, and with the ids that it awaits.
pub(super) fn continue_chain(
    source: &mut Connection<'_>,
    target: &mut Connection<'_>,
) -> Result<(), Failure> {
    anchor::move_to(target, anchor::read(source)?)?;
    head::move_to(target, head::read(source)?)?;
    let gaps = audit_gaps::table.select((audit_gaps::id, audit_gaps::since));
    let gaps: Vec<(i64, i64)> = on!(source, inside => gaps.load(inside)?);
    for (id, since) in gaps {
        let gap = (audit_gaps::id.eq(id), audit_gaps::since.eq(since));
        let gap = diesel::insert_into(audit_gaps::table).values(gap);
        on!(target, inside => gap.execute(inside)?);
    }
    if let Connection::Postgres(inside) = target {
        sql::<Nullable<BigInt>>(RAISE).get_result::<Option<i64>>(*inside)?;
    }
    Ok(())
}

/// Whether there is any entry.
pub(super) fn exist(connection: &mut Connection<'_>) -> Result<bool, DieselError> {
    let any = select(exists(audit::table.select(audit::id)));
    on!(connection, inside => any.get_result(inside))
}
