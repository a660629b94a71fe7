//! The audit log, for admins. No source document describes it: it is this service's own, in the
//! format of the directory set.

pub mod operations;
pub(crate) mod types;

pub use crate::wire::enums::{AuditAction, AuditActor, AuditField};
pub use types::{AuditChange, AuditEntry, AuditLog, AuditLogEnvelope};
