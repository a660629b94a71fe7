//! Reads the audit log. Each change writes its entry in the transaction of the change.

mod write;

use diesel::prelude::*;
use rollcall_domain::{
    StoreError,
    audit::{AuditEntry, AuditQuery, AuditStore, Chain, ChainFlaw, ChainMark},
};

use crate::rows::audit::AuditRow;
use crate::{
    engine::{Connection, on},
    error::Failure,
    schema::audit,
    store::Store,
};
pub(crate) use write::{head, move_head, record};

/// How many entries are verified at a time.
const AT_ONCE: i64 = 1000;

impl AuditStore for Store {
    fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = self.backend.read(|connection| page(connection, query))?;
        rows.into_iter().map(AuditRow::into_entry).collect()
    }

    fn verify(&self, known: Option<ChainMark>) -> Result<Result<ChainMark, ChainFlaw>, StoreError> {
        self.backend.read_at_one_moment(|connection| {
            let mut chain = Chain::new(known);
            // Before the first entry, too, there may be one that was put in.
            let mut last = i64::MIN;
            loop {
                let rows = rows_after(connection, last)?;
                if rows.is_empty() {
                    return Ok(chain.end(head(connection)?));
                }
                for row in rows {
                    last = row.number;
                    if let Err(flaw) = chain.step(last, row.into_written_entry()) {
                        return Ok(Err(flaw));
                    }
                }
            }
        })
    }
}

fn page(connection: &mut Connection<'_>, query: &AuditQuery) -> Result<Vec<AuditRow>, Failure> {
    let AuditQuery { user, action, before, limit } = query;
    on!(connection, it => {
        let mut page = audit::table
            .select(AuditRow::as_select())
            .order(audit::number.desc())
            .limit(i64::from(*limit) + 1)
            .into_boxed();
        if let Some(user) = user {
            page = page.filter(audit::user_id.eq(user.0));
        }
        if let Some(action) = action {
            page = page.filter(audit::action.eq(action.as_str()));
        }
        if let Some(before) = before {
            page = page.filter(audit::number.lt(*before));
        }
        Ok(page.load(it)?)
    })
}

/// The entries that follow; none at the end.
pub(crate) fn rows_after(
    connection: &mut Connection<'_>,
    number: i64,
) -> Result<Vec<AuditRow>, diesel::result::Error> {
    let next = audit::table.filter(audit::number.gt(number)).order(audit::number).limit(AT_ONCE);
    on!(connection, it => next.select(AuditRow::as_select()).load(it))
}
