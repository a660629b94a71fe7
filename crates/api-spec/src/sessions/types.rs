//! Responses about sessions.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An active session of a user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Identifies the session when it is ended. The id is random and cannot be used to sign.
    #[schema(format = "session-id")]
    pub id: i64,
    /// When the session began, in UTC with whole seconds.
    pub begin_time: Timestamp,
    /// When the session was last used, accurate to the minute, in UTC with whole seconds.
    pub last_use_time: Timestamp,
    /// The IP address of the last use; null if unknown.
    #[schema(required = true)]
    pub address: Option<String>,
    /// Whether this session signs the current request.
    pub current: bool,
}

/// The envelope of a list of sessions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionListEnvelope {
    /// The list in the envelope.
    pub session_list: SessionList,
}

/// Sessions, most recently used first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<Session>,
}
