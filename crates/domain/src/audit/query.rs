//! Queries for entries, and the pages that answer them.

use jiff::Timestamp;

use super::{AuditEntry, event::AuditAction};
use crate::{limits::PAGE_DEFAULT_LENGTH, user_id::UserId};

/// A query for entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only entries about this user. Imports are about no particular user.
    pub user: Option<UserId>,
    /// Only entries about what this user did.
    pub actor: Option<UserId>,
    /// Only this kind of event.
    pub action: Option<AuditAction>,
    /// Only entries of this time or later. Pages are in the order of numbers all the same: the
    /// clocks of processes differ, so a later entry may have an earlier time.
    pub since: Option<Timestamp>,
    /// Only entries before this time.
    pub until: Option<Timestamp>,
    /// Only entries with lower numbers.
    pub before: Option<i64>,
    /// The most entries to return: 1 to [`PAGE_MAX_LENGTH`](crate::limits::PAGE_MAX_LENGTH).
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

impl Default for AuditQuery {
    /// The newest entries.
    fn default() -> Self {
        Self {
            user: None,
            actor: None,
            action: None,
            since: None,
            until: None,
            before: None,
            limit: PAGE_DEFAULT_LENGTH,
        }
    }
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
