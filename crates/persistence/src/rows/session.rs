//! Rows of sessions, and their conversion to the domain's type.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    StoreError, UserId,
    session::{Session, SessionId, SessionKey},
};

use crate::schema::sessions;

/// One session's row.
#[derive(PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(crate) struct SessionRow {
    pub(crate) key: String,
    pub(crate) user_id: i64,
    pub(crate) last_active: i64,
    pub(crate) id: i64,
    pub(crate) begin_time: i64,
    pub(crate) address: Option<String>,
}

impl SessionRow {
    /// The session.
    pub(crate) fn session(&self) -> Result<Session, StoreError> {
        Ok(Session {
            id: SessionId(self.id),
            key: SessionKey::of(&self.key),
            user_id: UserId(self.user_id),
            begin_time: time_of(self.begin_time)?,
            last_active: time_of(self.last_active)?,
            // An invalid address counts as none: the session works without it.
            address: self.address.as_ref().and_then(|address| address.parse().ok()),
        })
    }
}

/// Converts a session's time, which is in seconds since 1970.
pub(crate) fn time_of(second: i64) -> Result<Timestamp, StoreError> {
    let damaged = |error| StoreError::Internal(format!("a damaged session: {error}").into());
    Timestamp::from_second(second).map_err(damaged)
}
