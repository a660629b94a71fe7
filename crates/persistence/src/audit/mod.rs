//! Reads the audit log. Each change writes its entry in the transaction of the change, and a linker
//! gives it a number once it is committed. The oldest entries can be moved to an archive.

pub(crate) mod abandon;
pub(crate) mod anchor;
pub(crate) mod archive;
mod end;
pub(crate) mod head;
pub(crate) mod link;
pub(crate) mod linker;
mod verify;
mod write;

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    AuditStore, StoreError,
    audit::{AuditEntry, AuditQuery, ChainFlaw, ChainMark},
};

use crate::{
    engine::{Connection, Reads, on},
    error::Failure,
    rows::audit::{EntryColumns, LinkRow},
    schema::{audit, audit_links},
    store::Store,
};
pub(crate) use write::record;

impl AuditStore for Store {
    fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
        self.backend.link_all()?;
        let (mut entries, mut rest) = (Vec::new(), query.clone());
        let is_full = |entries: &Vec<_>| entries.len() > query.limit as usize;
        while !is_full(&entries) {
            let rows = self.backend.read(Reads::Latest, |connection| page(connection, &rest))?;
            let is_last = rows.len() <= query.limit as usize;
            for (link, columns) in rows {
                rest.before = Some(link.number);
                match link.entry(columns) {
                    Ok(entry) if !is_full(&entries) => entries.push(entry),
                    Ok(_) => break,
                    // Left out, so that its neighbours can be read.
                    Err(error) => log::warn!("{error}; run `rollcall audit verify`"),
                }
            }
            if is_last {
                break;
            }
        }
        Ok(entries)
    }

    fn verify(&self, known: Option<ChainMark>) -> Result<Result<ChainMark, ChainFlaw>, StoreError> {
        let verified = self.verify_log(known.as_slice())?;
        Ok(verified.map(|log| log.end))
    }
}

fn page(
    connection: &mut Connection<'_>,
    query: &AuditQuery,
) -> Result<Vec<(LinkRow, EntryColumns)>, Failure> {
    let AuditQuery { user, actor, action, since, until, before, limit } = query;
    on!(connection, it => {
        let mut page = audit_links::table
            .inner_join(audit::table)
            .select((LinkRow::as_select(), EntryColumns::as_select()))
            .order(audit_links::number.desc())
            .limit(i64::from(*limit) + 1)
            .into_boxed();
        if let Some(user) = user {
            page = page.filter(audit_links::user_id.eq(user.0));
        }
        if let Some(actor) = actor {
            page = page.filter(audit_links::actor_id.eq(actor.0));
        }
        if let Some(action) = action {
            page = page.filter(audit_links::action.eq(action.as_str()));
        }
        if let Some(since) = since {
            page = page.filter(audit_links::time.ge(first_microsecond(*since)));
        }
        if let Some(until) = until {
            page = page.filter(audit_links::time.lt(first_microsecond(*until)));
        }
        if let Some(before) = before {
            page = page.filter(audit_links::number.lt(*before));
        }
        Ok(page.load(it)?)
    })
}

/// The first microsecond that is not before `time`: entries have whole ones.
fn first_microsecond(time: Timestamp) -> i64 {
    i64::try_from((time.as_nanosecond() + 999).div_euclid(1000)).unwrap_or(i64::MAX)
}
