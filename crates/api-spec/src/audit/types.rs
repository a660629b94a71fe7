//! Entries of the audit log.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::enums::{AuditAction, AuditActor, AuditField};

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The number of the entry. Numbers start at 1 and have no gaps; archived entries keep theirs.
    #[schema(minimum = 1)]
    pub number: i64,
    /// When the action happened, in UTC with microseconds.
    pub time: Timestamp,
    /// How the caller was authenticated.
    pub actor: AuditActor,
    /// The id of the acting user; null if the actor is not a user.
    #[schema(required = true, minimum = 1)]
    pub actor_id: Option<i64>,
    /// The name of the acting user at that time; null if the actor is not a user.
    #[schema(required = true)]
    pub actor_name: Option<String>,
    /// The id of the API key that the actor used; null if it used none.
    #[schema(required = true, minimum = 1)]
    pub actor_key_id: Option<i64>,
    /// What happened.
    pub action: AuditAction,
    /// The id of the affected user, who may have been deleted; null for an import or an archive.
    #[schema(required = true, minimum = 1)]
    pub user_id: Option<i64>,
    /// The name of the affected user after the change, or before a deletion; null for an import or
    /// an archive.
    #[schema(required = true)]
    pub user_name: Option<String>,
    /// The changed values.
    pub changes: Vec<AuditChange>,
    /// The IP address of the client; null for the command line.
    #[schema(required = true)]
    pub address: Option<String>,
    /// The id that the server gave the request and wrote to its log; null for the command line.
    /// In entries of format 1 this is the client's `X-Request-Id` if it sent one.
    #[schema(required = true)]
    pub request_id: Option<String>,
    /// The client's `X-Request-Id`; null if the client sent no valid one. Always null in entries of
    /// format 1.
    #[schema(required = true)]
    pub client_request_id: Option<String>,
    /// Which fields the hash covers: 1 for entries of release 0.1.0, 2 for entries that include
    /// `clientRequestId`.
    #[schema(minimum = 1)]
    pub format: i64,
    /// The SHA-256 of this entry and all earlier ones, in hexadecimal.
    pub hash: String,
}

/// One changed value.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditChange {
    /// The changed field.
    pub field: AuditField,
    /// The value before the change; null if there was none. Always null for passwords.
    #[schema(required = true)]
    pub before: Option<String>,
    /// The value after the change; null if there is none. Always null for passwords.
    #[schema(required = true)]
    pub after: Option<String>,
}

/// The envelope of a list of audit entries.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLogEnvelope {
    /// The list in the envelope.
    pub audit_log: AuditLog,
}

/// Audit entries, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLog {
    /// The entries of this page.
    pub entries: Vec<AuditEntry>,
    /// The `pageToken` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_page_token: Option<String>,
}
