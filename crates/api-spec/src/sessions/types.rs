//! Answers about sessions.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A session of a user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// What the session is ended by: a random number, which does not help to sign.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub id: i64,
    /// When the session began: UTC, whole seconds.
    pub begin_time: Timestamp,
    /// When the session was last used, to the minute: UTC, whole seconds.
    pub last_use_time: Timestamp,
    /// The address that this use came from; null if it is not known.
    #[schema(required = true)]
    pub address: Option<String>,
    /// Whether it is the session that this request is signed with.
    pub current: bool,
}

/// Sessions in the directory set's kind of envelope.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionListEnvelope {
    /// The list.
    pub session_list: SessionList,
}

/// Sessions, the last used first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<Session>,
}
