//! The use cases of the audit log.

use std::sync::Arc;

use crate::{
    access::{Action, Caller},
    audit::query::{AuditPage, AuditQuery},
    error::UserError,
    ports::audit::AuditStore,
};

/// What was done, for admins to read.
pub struct AuditLog {
    store: Arc<dyn AuditStore>,
}

impl AuditLog {
    /// The log in `store`.
    #[must_use]
    pub fn new(store: Arc<dyn AuditStore>) -> Self {
        Self { store }
    }

    /// Some entries, the newest first. Blocks.
    ///
    /// # Errors
    /// [`UserError`] unless an admin asks.
    pub fn page(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditPage, UserError> {
        caller.may(Action::Audit, None)?;
        Ok(AuditPage::of(self.store.entries(query)?, query))
    }
}
