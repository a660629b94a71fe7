//! The audit log, for admins. No source document describes it: it is this service's own, in the
//! format of the directory set.

pub mod operations;
mod types;

pub use types::{
    AuditAction, AuditActor, AuditChange, AuditEntry, AuditField, AuditLog, AuditLogEnvelope,
};
