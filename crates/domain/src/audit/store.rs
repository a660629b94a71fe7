//! The port to whatever keeps the log, and what is asked of it.

use super::{AuditAction, AuditEntry, ChainFlaw, ChainMark};
use crate::{StoreError, UserId};

/// A store of the log. Entries are written by the methods that change what they tell of, in the same
/// transaction; none is ever changed or removed.
pub trait AuditStore: Send + Sync {
    /// Up to one entry more than `query` asks for, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError>;

    /// Walks along all entries, as they are at one moment, in memory that does not grow. Says where they
    /// end, or the first thing that is wrong; `known` must be one of them.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn verify(&self, known: Option<ChainMark>) -> Result<Result<ChainMark, ChainFlaw>, StoreError>;
}

/// Which entries are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only what was done to this user. Imports are to nobody in particular.
    pub user: Option<UserId>,
    /// Only this kind.
    pub action: Option<AuditAction>,
    /// Only entries with lower numbers.
    pub before: Option<i64>,
    /// How many at most: 1 to [`PAGE_MAX_LENGTH`](crate::PAGE_MAX_LENGTH).
    pub limit: u32,
}

/// Some entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries, the newest first.
    pub entries: Vec<AuditEntry>,
    /// The number of the last of them, if more follow.
    pub next: Option<i64>,
}

impl AuditPage {
    /// The page that `query` asks for, from as many entries as it asks for and one more.
    pub(crate) fn of(mut entries: Vec<AuditEntry>, query: &AuditQuery) -> Self {
        let limit = query.limit as usize;
        let is_cut = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| is_cut).map(|entry| entry.number);
        Self { entries, next }
    }
}
