//! The use cases of sessions: log in, authenticate signed requests, log out.

use std::{net::IpAddr, time::Duration};

use jiff::Timestamp;
use moka::sync::Cache;

use super::{logins::ProvedUser, user_sessions::UserSessions};
use crate::{
    access::{Action, Authentication, Caller, UserRef},
    audit::{ActorContext, RequestOrigin},
    clock::whole_seconds,
    error::{
        UserError, refusal_reason::RefusalReason, signature::SignatureFlaw, store::WriteError,
    },
    session::{
        ACTIVITY_STEP, NewSession, Session, SessionKey,
        id::SessionId,
        secret::{SessionSecret, SessionToken},
        signing::{SignedRequest, SigningPolicy},
        used_signatures::{
            MemoryLimits, UsedSignatures,
            signature::{Signed, TakenSignature},
            state::{Gap, Refusal},
        },
    },
    user::{Status, User},
};

/// The limits on remembered signatures.
const MEMORY: MemoryLimits = MemoryLimits { per_user: 1000, bytes: 32 << 20 };

/// How many sessions with recently recorded activity are remembered.
const MAX_ACTIVE_SESSIONS: u64 = 10_000;

/// The use cases of sessions, including the checks of permissions.
pub struct SessionService {
    sessions: UserSessions,
    secret: SessionSecret,
    policy: SigningPolicy,
    used: UsedSignatures,
    /// The sessions whose activity this process has just recorded or is about to.
    active: Cache<SessionKey, ()>,
}

/// A session that has just begun.
pub struct Login {
    /// The user that the session belongs to.
    pub user: User,
    /// Identifies the session in requests.
    pub key: SessionKey,
    /// Signs the requests of the session. Not available later.
    pub token: SessionToken,
}

/// The session of a signed request, whose signature is not verified yet.
#[derive(Debug)]
pub struct FoundSession {
    session: Session,
    user: User,
}

/// An authenticated request.
#[derive(Debug)]
pub struct Authenticated {
    /// Who it is.
    pub caller: Caller,
    /// The activity of the session, if it needs to be [recorded](SessionService::record).
    pub activity: Option<Activity>,
    /// The signature, which is marked as used; none if the request changes nothing. To be [given
    /// back](SessionService::give_back) if the request is refused.
    pub signature: Option<TakenSignature>,
}

/// The activity of a session, to be [recorded](SessionService::record).
#[derive(Debug)]
pub struct Activity {
    key: SessionKey,
    time: Timestamp,
}

impl SessionService {
    /// Starts the use cases on `sessions`, with the signatures that the previous process remembered
    /// when it [stopped](SessionService::stop). Blocks.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails.
    pub fn start(
        sessions: UserSessions,
        secret: SessionSecret,
        policy: SigningPolicy,
    ) -> Result<Self, UserError> {
        let saved = sessions.store.take_signatures()?;
        let newest_session = sessions.store.newest_session()?;
        // A client's clock may be ahead: signatures up to this time may have been used before.
        let signed_until = sessions.clock.now() + policy.max_ahead;
        let gap = newest_session.map(|newest_session| Gap { newest_session, signed_until });
        let used = UsedSignatures::resume(MEMORY, &saved, gap);
        let active =
            Cache::builder().max_capacity(MAX_ACTIVE_SESSIONS).time_to_live(ACTIVITY_STEP).build();
        Ok(Self { sessions, secret, policy, used, active })
    }

    /// Stops accepting signatures, and stores the remembered ones for the next start. Blocks.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails. The next start is then like one after a kill.
    pub fn stop(&self) -> Result<(), UserError> {
        Ok(self.sessions.store.keep_signatures(&self.used.close())?)
    }

    /// The use cases of a user's sessions.
    #[must_use]
    pub fn of_users(&self) -> &UserSessions {
        &self.sessions
    }

    /// The host name that clients sign.
    #[must_use]
    pub fn signing_host(&self) -> &str {
        &self.policy.host
    }

    /// Begins a session of a user whose password has just been verified.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when the password was changed, or the user disabled or
    /// deleted, since then.
    pub fn log_in(&self, proved: ProvedUser, origin: &RequestOrigin) -> Result<Login, UserError> {
        let account = proved.into_account();
        let id = SessionId::generate().map_err(UserError::Randomness)?;
        let key = SessionKey::generate().map_err(UserError::Randomness)?;
        let time = self.begin_time();
        let user = account.user.clone();
        let session = NewSession { id, key: key.clone(), account, time };
        let authentication = Authentication::Password(session.account.password_version);
        let caller = Caller::User(user.clone(), authentication);
        let by = ActorContext::caller(&caller, origin, Action::BeginSession, Some(user.id));
        match self.sessions.store.begin_session(&session, &by) {
            Ok(()) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(_) => return Err(UserError::Unauthenticated),
        }
        Ok(Login { user, token: self.secret.token(&key), key })
    }

    /// The begin time of a new session: whole seconds, and later than any session before a kill.
    fn begin_time(&self) -> Timestamp {
        let now = whole_seconds(self.sessions.clock.now());
        if self.used.is_of_gap(now) { now + Duration::from_secs(1) } else { now }
    }

    /// Finds the session of a request with one read of the store. Does not block.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when there is no such session, or it has ended.
    pub async fn find(&self, key: SessionKey) -> Result<FoundSession, UserError> {
        let found = self.sessions.store.look_up_session(key).await?;
        let (now, max_age) = (self.sessions.clock.now(), self.sessions.max_age);
        let refused = |reason, id| Err(UserError::Unauthenticated.because(reason, id));
        match found {
            None => refused(RefusalReason::NoSession, None),
            Some((_, user)) if user.status != Status::Enabled => {
                refused(RefusalReason::Disabled, Some(user.id))
            }
            Some((session, user)) if !session.is_live(now, max_age) => {
                refused(RefusalReason::NoSession, Some(user.id))
            }
            Some((session, user)) => Ok(FoundSession { session, user }),
        }
    }

    /// Authenticates `request`. Does not block.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when the signature is wrong, and [`UserError::Signature`]
    /// when it is right, but not accepted.
    pub fn authenticate(
        &self,
        FoundSession { session, user }: FoundSession,
        request: &SignedRequest<'_>,
    ) -> Result<Authenticated, UserError> {
        let token = self.secret.token(&session.key);
        let signature = request
            .verified_signature(&token, &self.policy.host)
            .filter(|_| *request.key == session.key)
            .ok_or_else(|| {
                UserError::Unauthenticated.because(RefusalReason::BadSignature, Some(user.id))
            })?;
        // Flaws of the timestamp are told only after the signature was verified.
        let now = self.sessions.clock.now();
        let flawed = |flaw: SignatureFlaw| match RefusalReason::of_flaw(&flaw) {
            Some(reason) => UserError::Signature(flaw).because(reason, Some(user.id)),
            None => UserError::Signature(flaw),
        };
        let time = self.policy.check(request.timestamp, now).map_err(flawed)?;
        let signed =
            Signed { user: user.id, begin_time: session.begin_time, time, signature: &signature };
        let take = || self.take(signed, now).map_err(flawed);
        let signature = if request.is_safe() { None } else { Some(take()?) };
        let is_due = session.is_activity_due(now)
            && self.active.entry_by_ref(&session.key).or_insert(()).is_fresh();
        let authentication = Authentication::Session(session.key.clone());
        let activity = is_due.then_some(Activity { key: session.key, time: now });
        Ok(Authenticated { caller: Caller::User(user, authentication), activity, signature })
    }

    fn take(&self, signed: Signed<'_>, now: Timestamp) -> Result<TakenSignature, SignatureFlaw> {
        let taken = self.used.take(signed, now - self.policy.max_age);
        taken.map_err(|refusal| match refusal {
            Refusal::Used => SignatureFlaw::Used,
            Refusal::Forgotten(wait) => SignatureFlaw::Forgotten { wait },
        })
    }

    /// Forgets the signature of a request that was refused without changing anything.
    pub fn give_back(&self, signature: &TakenSignature) {
        self.used.give_back(signature);
    }

    /// Records that a session was used, from `address`.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails.
    pub fn record(&self, activity: &Activity, address: Option<IpAddr>) -> Result<(), UserError> {
        let Activity { key, time } = activity;
        Ok(self.sessions.store.record_activity(key, *time, address)?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`UserError::Forbidden`] if the caller neither owns it nor is an admin, whether or not it
    /// exists; [`UserError::NoSuchSession`] for admins only.
    /// or not; [`UserError::NoSuchSession`], to admins only.
    pub fn log_out(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        key: &SessionKey,
    ) -> Result<(), UserError> {
        let found = self.sessions.store.find_session(key)?;
        let owner = found.map(|(session, _)| session.user_id);
        caller.may(Action::EndSession, owner.map(UserRef::Id).as_ref())?;
        let by = ActorContext::caller(caller, origin, Action::EndSession, owner);
        match self.sessions.store.end_session(key, &by) {
            Ok(()) => Ok(()),
            Err(WriteError::Store(error)) => Err(error.into()),
            Err(WriteError::Revoked(revoked)) => Err(revoked.into()),
            // The session has ended since it was found, which only admins may know.
            Err(_) if caller.is_admin() => Err(UserError::NoSuchSession),
            Err(_) => Err(UserError::Forbidden),
        }
    }
}
