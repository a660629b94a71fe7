//! A store of sessions in which there is every session that is asked for, though it says that there
//! is none: a service that starts on it need not take signatures for used ones.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use rollcall_domain::{
    LookUp, Roles, SessionStore, Status, StoreError, User, UserId, UserRef, Username, Version,
    WriteError,
    audit::ActorContext,
    session::{NewSession, Session, SessionId, SessionKey},
};

/// The user of the sessions. Each input has its own, so that no session of an earlier input is
/// cached.
pub static USER: AtomicI64 = AtomicI64::new(1);

/// The store.
pub struct EverySession;

impl SessionStore for EverySession {
    fn begin_session(&self, _: &NewSession, _: &ActorContext) -> Result<(), WriteError> {
        Ok(())
    }

    fn find_session(&self, key: &SessionKey) -> Result<Option<(Session, User)>, StoreError> {
        let (key, now) = (key.clone(), Timestamp::now());
        let user_id = UserId(USER.load(Ordering::Relaxed));
        let user = User {
            id: user_id,
            version: Version(0),
            create_time: now,
            name: Username::from_store("sample".to_owned()),
            email: None,
            status: Status::Enabled,
            roles: Roles::default(),
        };
        let (id, begin_time, address) = (SessionId(1), now, None);
        Ok(Some((Session { id, key, user_id, begin_time, last_active: now, address }, user)))
    }

    fn look_up_session(&self, key: SessionKey) -> LookUp<(Session, User)> {
        let found = self.find_session(&key);
        Box::pin(async { found })
    }

    fn sessions_of(&self, _: &UserRef) -> Result<Option<Vec<Session>>, StoreError> {
        Ok(None)
    }

    fn record_activity(
        &self,
        _: &SessionKey,
        _: Timestamp,
        _: Option<IpAddr>,
    ) -> Result<(), WriteError> {
        Ok(())
    }

    fn end_session(&self, _: &SessionKey, _: &ActorContext) -> Result<(), WriteError> {
        Ok(())
    }

    fn end_sessions(
        &self,
        _: &UserRef,
        _: Option<SessionId>,
        _: &ActorContext,
    ) -> Result<usize, WriteError> {
        Ok(0)
    }

    fn newest_session(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    fn keep_signatures(&self, _: &[u8]) -> Result<(), WriteError> {
        Ok(())
    }

    fn take_signatures(&self) -> Result<Vec<Vec<u8>>, WriteError> {
        Ok(Vec::new())
    }
}
