//! Entries of the audit log.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// 1, 2, 3 and so on, without a gap.
    #[schema(minimum = 1)]
    pub number: i64,
    /// When it was done: UTC, whole microseconds.
    pub time: Timestamp,
    /// Who did it.
    pub actor: AuditActor,
    /// The id of the user who did it; null if it was none.
    #[schema(required = true, minimum = 1)]
    pub actor_id: Option<i64>,
    /// The name that this user had then; null if it was none.
    #[schema(required = true)]
    pub actor_name: Option<String>,
    /// What was done.
    pub action: AuditAction,
    /// The id of the user whom it was done to, who may be gone; null for an import.
    #[schema(required = true, minimum = 1)]
    pub user_id: Option<i64>,
    /// The name that this user had from then on, or last; null for an import.
    #[schema(required = true)]
    pub user_name: Option<String>,
    /// What was otherwise from then on.
    pub changes: Vec<AuditChange>,
    /// The address that the request came from; null for the command line.
    #[schema(required = true)]
    pub address: Option<String>,
    /// The server's own id of the request, as its log has it; null for the command line. In entries
    /// of format 1 the client's, if it had sent one.
    #[schema(required = true)]
    pub request_id: Option<String>,
    /// The client's `X-Request-Id`; null if it has sent none that can be logged, and in entries of
    /// format 1.
    #[schema(required = true)]
    pub client_request_id: Option<String>,
    /// Which fields the hash covers: 1 for entries of release 0.1.0, and 2 for entries with
    /// `clientRequestId`.
    #[schema(minimum = 1)]
    pub format: i64,
    /// SHA-256 of this entry and all before it, in hexadecimal.
    pub hash: String,
}

/// Who did something: a user with HTTP Basic credentials or over a session, somebody who registered without
/// any, or the operator at the command line.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuditActor {
    /// A user with a password.
    Password,
    /// A user over a session.
    Session,
    /// Somebody without credentials.
    Anonymous,
    /// The command line, or the service itself when it makes the first admin.
    Operator,
}

/// The kinds of what the log tells of.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuditAction {
    /// A user was made.
    UserCreated,
    /// Something about a user was changed.
    UserChanged,
    /// A user was removed.
    UserDeleted,
    /// Users were imported.
    UsersImported,
    /// A user logged in.
    SessionBegun,
    /// Sessions were ended by a request: one, or all of a user.
    SessionEnded,
}

/// One thing that was otherwise from then on.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditChange {
    /// What it is.
    pub field: AuditField,
    /// As it was; null where there was nothing, and for passwords.
    #[schema(required = true)]
    pub before: Option<String>,
    /// As it was from then on; null where there was nothing any more, and for passwords.
    #[schema(required = true)]
    pub after: Option<String>,
}

/// What can be otherwise: a user's name, email, status, roles (by name, with commas in between) or password; the
/// number of the user's sessions, when a change ends them; the key of a session; the number of users that
/// were imported, and their ids, such as `4-17,19`.
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

/// Entries in the directory set's kind of envelope.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLogEnvelope {
    /// The entries.
    pub audit_log: AuditLog,
}

/// Entries, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLog {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// What to ask for the next page with; only on a page that another one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_page_token: Option<String>,
}
