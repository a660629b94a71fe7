//! What processes remembered of used signatures when they stopped, a row for each.

use diesel::{dsl::exists, prelude::*, select};

use crate::{
    engine::{Connection, on},
    error::Failure,
    schema::used_signatures,
};

/// Keeps what a process remembers.
pub(crate) fn keep(connection: &mut Connection<'_>, remembered: &[u8]) -> Result<(), Failure> {
    let row = used_signatures::remembered.eq(remembered);
    let row = diesel::insert_into(used_signatures::table).values(row);
    on!(connection, it => row.execute(it)?);
    Ok(())
}

/// Whether any process has kept something.
pub(crate) fn are_kept(connection: &mut Connection<'_>) -> Result<bool, Failure> {
    let any = select(exists(used_signatures::table.select(used_signatures::id)));
    Ok(on!(connection, it => any.get_result(it)?))
}

/// Removes all that is kept, and returns it.
pub(crate) fn take(connection: &mut Connection<'_>) -> Result<Vec<Vec<u8>>, Failure> {
    let rows = diesel::delete(used_signatures::table).returning(used_signatures::remembered);
    Ok(on!(connection, it => rows.load(it)?))
}
