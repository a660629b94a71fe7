//! Links entries: gives committed ones their numbers and hashes.
//!
//! A change inserts its entry and touches no row that other changes touch. On PostgreSQL the ids of
//! entries become visible in any order, so a linker cannot go on from the last id alone: it keeps
//! the ids that it has not seen yet in `audit_gaps`, and an entry that appears later gets a later
//! number. Of two changes of which one began after the other was acknowledged, the earlier one has
//! the lower id and the lower number.

mod gaps;

use diesel::{prelude::*, result::Error as DieselError};
use rollcall_domain::{StoreError, shown_number};

use crate::{
    audit::{
        head::{self, ChainHead, Contention},
        link::gaps::Awaited,
        write::require_writable,
    },
    engine::{
        Backend, Connection, Reads, bulk_transaction::Isolation, on, postgres::pool::Pool,
        prepared::Prepared,
    },
    error::Failure,
    rows::audit::{EntryRow, LinkRow},
    schema::{audit, audit_links},
};

/// How many entries are linked in one transaction.
const AT_ONCE: i64 = 1000;

/// What a transaction of a linker leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linked {
    /// No entry that was committed before it.
    All,
    /// Perhaps more entries.
    Some,
    /// Everything, because another linker is at work.
    None,
}

impl Backend {
    /// Links every entry that is committed by now. On SQLite each transaction has done so.
    pub(crate) fn link_all(&self) -> Result<(), StoreError> {
        let Self::Postgres(pools) = self else { return Ok(()) };
        let linked = self.counts().failure_of(link_by(&pools.others, Contention::Wait));
        linked.map(drop).map_err(Failure::into_store_error)
    }
}

/// Links entries by connections of this pool until none is left, or another linker is at work.
pub(super) fn link_by(pool: &Pool, contention: Contention) -> Result<Linked, Failure> {
    loop {
        // A lock alone would have the commit wait for the disk.
        let pending = pool
            .read(Reads::Latest, |connection| is_pending(&mut Connection::Postgres(connection)))?;
        if !pending {
            return Ok(Linked::All);
        }
        let linked = pool.write_as_read_committed(|connection| {
            link_some(&mut Connection::Postgres(connection), contention)
        })?;
        if linked != Linked::Some {
            return Ok(linked);
        }
    }
}

/// Whether there may be entries to link. The head is read first: if an entry above it is linked
/// meanwhile, the next statement still shows that entry.
fn is_pending(connection: &mut Connection<'_>) -> Result<bool, Failure> {
    let head = head::read(connection)?;
    let new = audit::table.filter(audit::id.gt(head.entry_id)).select(audit::id).limit(1);
    let new: Option<i64> = on!(connection, it => new.get_result(it).optional()?);
    Ok(new.is_some() || !Awaited::read(connection)?.is_empty())
}

/// Links all entries of a transaction that has the SQLite file to itself.
pub(crate) fn link_on_sqlite(connection: &mut SqliteConnection) -> Result<(), Failure> {
    link_inside(&mut Connection::Sqlite(connection))
}

/// Links all entries inside the open transaction, which no other linker can join.
pub(crate) fn link_inside(connection: &mut Connection<'_>) -> Result<(), Failure> {
    while link_some(connection, Contention::Wait)? != Linked::All {}
    Ok(())
}

/// Links every entry that is committed by now, by a connection of a command. On SQLite each
/// transaction has done so.
pub(crate) fn link_committed(connection: &mut Connection<'_>) -> Result<(), Failure> {
    if let Connection::Sqlite(_) = connection {
        return Ok(());
    }
    loop {
        connection.begin(Isolation::Shared)?;
        let linked = link_some(connection, Contention::Wait)?;
        connection.commit()?;
        if linked == Linked::All {
            return Ok(());
        }
    }
}

/// Links entries in the open transaction, in the order of their ids. Each statement must see what
/// was committed before it.
pub(crate) fn link_some(
    connection: &mut Connection<'_>,
    contention: Contention,
) -> Result<Linked, Failure> {
    let Some(head) = head::lock(connection, contention)? else { return Ok(Linked::None) };
    // Before the late ones: if this statement shows a change that began after the one of a late
    // entry was acknowledged, then the next statement shows the late entry.
    let new = entries_above(connection, head.entry_id)?;
    let awaited = Awaited::read(connection)?;
    let late = late_entries(connection, &awaited)?;
    let is_end = i64::try_from(new.len()).is_ok_and(|count| count < AT_ONCE);
    let linked = if is_end { Linked::All } else { Linked::Some };
    if !(new.is_empty() && late.is_empty()) {
        if let Connection::Sqlite(_) = connection {
            require_writable(connection)?;
        }
        append(connection, head, late, new)?;
    }
    awaited.forget_old(connection)?;
    Ok(linked)
}

/// Appends links to the chain, and awaits the ids in between.
fn append(
    connection: &mut Connection<'_>,
    mut head: ChainHead,
    late: Vec<EntryRow>,
    new: Vec<EntryRow>,
) -> Result<(), Failure> {
    let (seen, last) = (head.entry_id, new.last().map_or(head.entry_id, |row| row.id));
    let late = links(&mut head, late)?;
    let new = links(&mut head, new)?;
    let ids = |links: &[LinkRow]| links.iter().map(|link| link.entry_id).collect::<Vec<_>>();
    insert(connection, &[&late[..], &new[..]].concat())?;
    gaps::remove(connection, ids(&late))?;
    gaps::add(connection, &gaps::between(seen, &ids(&new), last))?;
    head.entry_id = last;
    Ok(head::move_to(connection, head)?)
}

/// The links of these entries behind `head`, which is moved. An entry that is not as a server
/// writes entries gets none, and holds up no other.
fn links(head: &mut ChainHead, rows: Vec<EntryRow>) -> Result<Vec<LinkRow>, StoreError> {
    let mut links = Vec::with_capacity(rows.len());
    for EntryRow { id, columns } in rows {
        let Some(entry) = columns.clone().written_entry() else { continue };
        let place = entry.link(&head.mark).mark();
        shown_number(place.number)?;
        links.push(LinkRow::of(id, &columns, place));
        head.mark = place;
    }
    Ok(links)
}

fn insert(connection: &mut Connection<'_>, links: &[LinkRow]) -> Result<(), DieselError> {
    match connection {
        // Each by the same statement, which is prepared once. For a statement that inserts many
        // rows, SQLite copies every page that it changes, in case a later row fails.
        Connection::Sqlite(it) => links.iter().try_for_each(|link| {
            Prepared(diesel::insert_into(audit_links::table).values(link)).execute(*it).map(drop)
        }),
        Connection::Postgres(_) if links.is_empty() => Ok(()),
        Connection::Postgres(it) => {
            diesel::insert_into(audit_links::table).values(links).execute(*it).map(drop)
        }
    }
}

fn entries_above(connection: &mut Connection<'_>, id: i64) -> Result<Vec<EntryRow>, DieselError> {
    let new = audit::table.filter(audit::id.gt(id)).order(audit::id).limit(AT_ONCE);
    on!(connection, it => new.select(EntryRow::as_select()).load(it))
}

/// The entries whose ids were awaited.
fn late_entries(
    connection: &mut Connection<'_>,
    awaited: &Awaited,
) -> Result<Vec<EntryRow>, DieselError> {
    if awaited.is_empty() {
        return Ok(Vec::new());
    }
    let late = audit::table.filter(audit::id.eq_any(awaited.ids())).order(audit::id);
    on!(connection, it => late.select(EntryRow::as_select()).load(it))
}
