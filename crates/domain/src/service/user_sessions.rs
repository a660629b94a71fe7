//! The sessions that a user has: seeing them, and ending them.

use std::{sync::Arc, time::Duration};

use crate::{
    access::{Action, Caller, UserRef},
    audit::{ActorContext, RequestOrigin},
    clock::Clock,
    error::UserError,
    ports::sessions::SessionStore,
    session::{Session, id::SessionId},
};

/// What can be done with the sessions of a user, each with the check of who may.
#[derive(Clone)]
pub struct UserSessions {
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) max_age: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

impl UserSessions {
    /// The sessions in `store`, each of which is over once it has lasted for `max_age` by `clock`.
    #[must_use]
    pub fn new(store: Arc<dyn SessionStore>, max_age: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { store, max_age, clock }
    }

    /// The sessions of a user that are not over, the last used first. Blocks.
    ///
    /// # Errors
    /// [`UserError::Forbidden`] unless they are the caller's own or an admin asks, whether the
    /// user exists or not; [`UserError::NotFound`], to admins only.
    pub fn list(&self, caller: &Caller, target: &UserRef) -> Result<Vec<Session>, UserError> {
        caller.may(Action::ListSessions, Some(target))?;
        let mut sessions = self.store.sessions_of(target)?.ok_or(UserError::NotFound)?;
        let now = self.clock.now();
        sessions.retain(|session| session.is_live(now, self.max_age));
        Ok(sessions)
    }

    /// Ends every session of a user and returns how many that were. Blocks.
    ///
    /// # Errors
    /// As [`UserSessions::list`].
    pub fn end_all(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
    ) -> Result<usize, UserError> {
        self.end(origin, caller, target, None)
    }

    /// Ends one session of a user. Blocks.
    ///
    /// # Errors
    /// As [`UserSessions::list`]; [`UserError::NoSuchSession`] when the user has none with this
    /// id.
    pub fn end_one(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
        id: SessionId,
    ) -> Result<(), UserError> {
        match self.end(origin, caller, target, Some(id))? {
            0 => Err(UserError::NoSuchSession),
            _ => Ok(()),
        }
    }

    fn end(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
        only: Option<SessionId>,
    ) -> Result<usize, UserError> {
        caller.may(Action::EndSession, Some(target))?;
        let id = match (target, caller) {
            (UserRef::Id(id), _) => Some(*id),
            (UserRef::Name(_), Caller::User(user, _)) if caller.is(target) => Some(user.id),
            (UserRef::Name(_), _) => None,
        };
        let by = ActorContext::caller(caller, origin, Action::EndSession, id);
        Ok(self.store.end_sessions(target, only, &by)?)
    }
}
