//! The port to a store of the audit log, and its queries.

use super::{AuditAction, AuditEntry, ChainFlaw, ChainMark};
use crate::{StoreError, UserId};

/// A store of the audit log. Entries are written in the transactions of the changes that they
/// record, and never changed or deleted.
pub trait AuditStore: Send + Sync {
    /// Up to one entry more than `query` has as its limit, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError>;

    /// Verifies all entries in one snapshot, with constant memory. Returns the end of the log, or
    /// the first flaw; if `known` is given, the log must contain it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn verify(&self, known: Option<ChainMark>) -> Result<Result<ChainMark, ChainFlaw>, StoreError>;
}

/// A query for entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only entries about this user. Imports are about no particular user.
    pub user: Option<UserId>,
    /// Only this kind of event.
    pub action: Option<AuditAction>,
    /// Only entries with lower numbers.
    pub before: Option<i64>,
    /// The most entries to return: 1 to [`PAGE_MAX_LENGTH`](crate::PAGE_MAX_LENGTH).
    pub limit: u32,
}

/// A page of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries, the newest first.
    pub entries: Vec<AuditEntry>,
    /// The number of the last one, if more follow.
    pub next: Option<i64>,
}

impl AuditPage {
    /// The page for `query`, from up to one entry more than its limit.
    pub(crate) fn of(mut entries: Vec<AuditEntry>, query: &AuditQuery) -> Self {
        let limit = query.limit as usize;
        let is_cut = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| is_cut).map(|entry| entry.number);
        Self { entries, next }
    }
}
