//! The port to a store of the audit log, and its queries.

use crate::{
    audit::{
        AuditEntry,
        chain::{ChainFlaw, ChainMark},
        query::AuditQuery,
    },
    error::store::StoreError,
};

/// A store of the audit log. Entries are written in the transactions of the changes that they
/// record, and never changed. Only archived ones are removed. Each method shows all changes that
/// were acknowledged before its call.
pub trait AuditStore: Send + Sync {
    /// Up to one entry more than `query` has as its limit, the newest first. Damaged entries are
    /// left out.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError>;

    /// Verifies all entries in one snapshot, with constant memory. Returns the end of the log, or
    /// the first flaw; if `known` is given, the log must contain it, or begin behind it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn verify(&self, known: Option<ChainMark>) -> Result<Result<ChainMark, ChainFlaw>, StoreError>;
}
