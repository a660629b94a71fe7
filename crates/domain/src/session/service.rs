//! The use cases of sessions: log in, sign, log out.

use std::{net::IpAddr, time::Duration};

use jiff::Timestamp;
use moka::sync::Cache;

use super::{
    ACTIVITY_STEP, NewSession, Session, SessionId, SessionKey, SessionSecret, SessionToken,
    SignatureFlaw, SignedRequest, SigningPolicy, TakenSignature, UserSessions,
    used::{Gap, MemoryLimits, Refusal, Signed, UsedSignatures},
};
use crate::{
    Action, Authentication, Caller, ProvedUser, RefusalReason, Status, User, UserError, UserRef,
    WriteError,
    audit::{By, Origin},
    service::whole_seconds,
};

/// How much is remembered of used signatures.
const MEMORY: MemoryLimits = MemoryLimits { per_user: 1000, bytes: 32 << 20 };

/// How many sessions are remembered at most whose activity is being written.
const MAX_ACTIVE_SESSIONS: u64 = 10_000;

/// All that can be done with sessions, each with the check of who may.
pub struct SessionService {
    sessions: UserSessions,
    secret: SessionSecret,
    policy: SigningPolicy,
    used: UsedSignatures,
    /// The sessions whose activity this process has just written or is about to.
    active: Cache<SessionKey, ()>,
}

/// A session that has just begun.
pub struct Login {
    /// Whose it is.
    pub user: User,
    /// What its requests name it by.
    pub key: SessionKey,
    /// What signs them. This is the only time that anyone is told.
    pub token: SessionToken,
}

/// A session that a request names, and whose signature is yet to be checked.
#[derive(Debug)]
pub struct FoundSession {
    session: Session,
    user: User,
}

/// Who has signed a request, and what follows from that.
#[derive(Debug)]
pub struct Authenticated {
    /// Who it is.
    pub caller: Caller,
    /// The use of the session, if it is to be [recorded](SessionService::record).
    pub activity: Option<Activity>,
    /// The signature that the request has used up, unless it changes nothing: to be
    /// [given back](SessionService::give_back) if the request is refused.
    pub signature: Option<TakenSignature>,
}

/// The use of a session, to be [recorded](SessionService::record).
#[derive(Debug)]
pub struct Activity {
    key: SessionKey,
    time: Timestamp,
}

impl SessionService {
    /// The use cases on `sessions`, which go on from what the process before remembered when it
    /// [stopped](SessionService::stop). Blocks.
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
        // The clock of a client may be ahead: what it has signed by now is of then at most.
        let signed_until = Timestamp::now() + policy.max_ahead;
        let gap = newest_session.map(|newest_session| Gap { newest_session, signed_until });
        let used = UsedSignatures::resume(MEMORY, &saved, gap);
        let active =
            Cache::builder().max_capacity(MAX_ACTIVE_SESSIONS).time_to_live(ACTIVITY_STEP).build();
        Ok(Self { sessions, secret, policy, used, active })
    }

    /// Accepts no signatures from here on, and keeps the memory of them for the next start.
    /// Blocks.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails: the next start is as after a kill.
    pub fn stop(&self) -> Result<(), UserError> {
        Ok(self.sessions.store.keep_signatures(&self.used.close())?)
    }

    /// The sessions that users have.
    #[must_use]
    pub fn of_users(&self) -> &UserSessions {
        &self.sessions
    }

    /// The host name that clients sign.
    #[must_use]
    pub fn signing_host(&self) -> &str {
        &self.policy.host
    }

    /// Begins a session of a user who has just proved its password.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when the password was set again, or the user disabled or
    /// removed, since it was proved.
    pub fn log_in(&self, proved: ProvedUser, origin: &Origin) -> Result<Login, UserError> {
        let account = proved.into_account();
        let id = SessionId::generate().map_err(UserError::Randomness)?;
        let key = SessionKey::generate().map_err(UserError::Randomness)?;
        let time = self.begin_time();
        let user = account.user.clone();
        let session = NewSession { id, key: key.clone(), account, time };
        let authentication = Authentication::Password(session.account.password_version);
        let caller = Caller::User(user.clone(), authentication);
        let by = By::caller(&caller, origin, Action::BeginSession, Some(user.id));
        match self.sessions.store.begin_session(&session, &by) {
            Ok(()) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(_) => return Err(UserError::Unauthenticated),
        }
        Ok(Login { user, token: self.secret.token(&key), key })
    }

    /// The time of a session that begins now: whole seconds, later than any session from before a
    /// kill.
    fn begin_time(&self) -> Timestamp {
        let now = whole_seconds(Timestamp::now());
        if self.used.is_of_gap(now) { now + Duration::from_secs(1) } else { now }
    }

    /// The session that a request names. One read of the store. Does not block.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when there is none, or it is over.
    pub async fn find(&self, key: SessionKey) -> Result<FoundSession, UserError> {
        let found = self.sessions.store.look_up_session(key).await?;
        let (now, max_age) = (Timestamp::now(), self.sessions.max_age);
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

    /// Who has signed `request`. Does not block.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] and [`UserError::Signature`].
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
        // What is wrong with the time is for none but the session's owner to know.
        let now = Timestamp::now();
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

    /// Forgets the signature of a request that was refused, and so has changed nothing.
    pub fn give_back(&self, signature: &TakenSignature) {
        self.used.give_back(signature);
    }

    /// Writes that a session was used, from `address`.
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
    /// [`UserError::Forbidden`] unless it is the caller's own or an admin asks, whether it exists
    /// or not; [`UserError::NoSuchSession`], to admins only.
    pub fn log_out(
        &self,
        origin: &Origin,
        caller: &Caller,
        key: &SessionKey,
    ) -> Result<(), UserError> {
        let found = self.sessions.store.find_session(key)?;
        let owner = found.map(|(session, _)| session.user_id);
        caller.may(Action::EndSession, owner.map(UserRef::Id).as_ref())?;
        let by = By::caller(caller, origin, Action::EndSession, owner);
        match self.sessions.store.end_session(key, &by) {
            Ok(()) => Ok(()),
            Err(WriteError::Store(error)) => Err(error.into()),
            Err(WriteError::Revoked(revoked)) => Err(revoked.into()),
            // It has ended since it was found. Only admins are told.
            Err(_) if caller.is_admin() => Err(UserError::NoSuchSession),
            Err(_) => Err(UserError::Forbidden),
        }
    }
}
