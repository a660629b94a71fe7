//! Entries of the audit log.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The number of the entry. Numbers start at 1 and have no gaps.
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
    /// What happened.
    pub action: AuditAction,
    /// The id of the affected user, who may have been deleted; null for an import.
    #[schema(required = true, minimum = 1)]
    pub user_id: Option<i64>,
    /// The name of the affected user after the change, or before a deletion; null for an import.
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

/// How the caller was authenticated. `PASSWORD` is a user with HTTP Basic credentials, `SESSION` a
/// user with a session. `ANONYMOUS` is a registration without credentials, `OPERATOR` the command
/// line or the server itself.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuditActor {
    /// A user with a password.
    Password,
    /// A user over a session.
    Session,
    /// A client without credentials.
    Anonymous,
    /// The command line, or the server when it creates the first admin.
    Operator,
}

/// The kind of an audit entry.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuditAction {
    /// A user was created.
    UserCreated,
    /// A user was changed.
    UserChanged,
    /// A user was deleted.
    UserDeleted,
    /// Users were imported.
    UsersImported,
    /// A user logged in.
    SessionBegun,
    /// A request ended one session or all sessions of a user.
    SessionEnded,
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

/// A field in the audit log. `name`, `email`, `status`, `roles` and `password` are fields of a
/// user. `roles` is a comma-separated list. `sessions` is the number of the user's sessions, when a
/// change ends them. `session` is the key of one session. `users` is the number of imported users,
/// and `ids` has their ids, such as `4-17,19`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuditField {
    /// The user's name.
    Name,
    /// The user's email address.
    Email,
    /// Whether the user may log in.
    Status,
    /// The user's roles.
    Roles,
    /// The user's password.
    Password,
    /// How many sessions the user had.
    Sessions,
    /// A session, by its key.
    Session,
    /// How many users were imported.
    Users,
    /// The ids of users that were imported.
    Ids,
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
