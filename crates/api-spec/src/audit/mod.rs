//! The audit log: who changed what, for admins. Of no source document: it is this service's own, in the
//! forms of the directory set.

pub mod operations;
mod types;

pub use types::{
    AuditAction, AuditActor, AuditChange, AuditEntry, AuditField, AuditLog, AuditLogEnvelope,
};
