//! The audit log, carried over as it is.

use diesel::{dsl::exists, prelude::*, result::Error as DieselError, select};

use super::contents::ContentsHasher;
use crate::engine::dedicated::Database;
use crate::{
    audit::{head, move_head, rows_after},
    engine::on,
    error::Failure,
    rows::audit::AuditRow,
    schema::audit,
};

impl Database {
    /// Hands every entry to `each`, a few at a time, and takes all into `tally`.
    pub(super) fn entries(
        &mut self,
        tally: &mut ContentsHasher,
        mut each: impl FnMut(&[AuditRow]) -> Result<(), DieselError>,
    ) -> Result<(), Failure> {
        let mut last = i64::MIN;
        loop {
            let rows = rows_after(&mut self.connection(), last)?;
            let Some(row) = rows.last() else { break };
            last = row.number;
            for row in &rows {
                tally.add_entry(row);
            }
            each(&rows)?;
        }
        let end = head(&mut self.connection())?;
        tally.add_end(end);
        Ok(())
    }

    /// Writes entries that are not there yet.
    pub(super) fn insert_entries(&mut self, rows: &[AuditRow]) -> Result<(), DieselError> {
        let rows = diesel::insert_into(audit::table).values(rows);
        on!(&mut self.connection(), it => rows.execute(it)).map(drop)
    }

    /// Has the log end where that of `other` does.
    pub(super) fn end_log_as(&mut self, other: &mut Self) -> Result<(), Failure> {
        let end = head(&mut other.connection())?;
        Ok(move_head(&mut self.connection(), end)?)
    }

    /// Whether there is any entry.
    pub(super) fn has_entries(&mut self) -> Result<bool, DieselError> {
        let any = select(exists(audit::table.select(audit::number)));
        on!(&mut self.connection(), it => any.get_result(it))
    }
}
