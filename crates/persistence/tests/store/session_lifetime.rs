//! Sessions end by the clock: without activity, or at their greatest age.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use futures_executor::block_on;
use rollcall_domain::{
    Caller, Clock, Roles, SessionService, SessionStore, UserRef, UserSessions, UserStore,
    session::{
        ACTIVITY_STEP, IDLE, NewSession, SessionId, SessionKey, SessionSecret, SigningPolicy,
    },
};
use rollcall_persistence::{Census, CensusCursor, Store};

use super::{BY, TestStore, manual_clock::ManualClock, new_store, new_user};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A session in a store, and the clock that it ends by.
struct Aging {
    store: TestStore,
    clock: Arc<ManualClock>,
    service: SessionService,
    max_age: Duration,
    key: SessionKey,
    user: UserRef,
}

impl Aging {
    /// A session that begins now.
    fn begin(max_age: Duration) -> Self {
        let (store, clock) = (new_store(), ManualClock::start());
        let alice = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
        let user = UserRef::Id(alice.id);
        let account = store.find(&user).unwrap().unwrap();
        let (id, key) = (SessionId::generate().unwrap(), SessionKey::generate().unwrap());
        let session = NewSession { id, key: key.clone(), account, time: clock.now() };
        store.begin_session(&session, &BY).unwrap();
        let sessions = UserSessions::new(Arc::new(store.store.clone()), max_age, clock.clone());
        let secret = SessionSecret::new(b"a secret of at least thirty-two bytes").unwrap();
        let policy = SigningPolicy { host: String::new(), max_age: SECOND, max_ahead: SECOND };
        let service = SessionService::start(sessions, secret, policy).unwrap();
        Self { store, clock, service, max_age, key, user }
    }

    /// Records that the session is used now.
    fn use_session(&self) {
        self.store.record_activity(&self.key, self.clock.now(), None).unwrap();
    }

    /// Whether a request may use the session, it is listed, and it is counted, which must agree.
    fn is_live(&self) -> bool {
        let is_found = block_on(self.service.find(self.key.clone())).is_ok();
        let listed = self.service.of_users().list(&Caller::Operator, &self.user).unwrap();
        let counted = count(&self.store, CensusCursor::new(self.max_age, self.clock.now()));
        assert_eq!(listed.len(), usize::from(is_found));
        assert_eq!(counted.sessions, u64::from(is_found));
        is_found
    }
}

fn count(store: &Store, mut counting: CensusCursor) -> Census {
    loop {
        match counting.step(store).unwrap() {
            ControlFlow::Continue(next) => counting = next,
            ControlFlow::Break(census) => return census,
        }
    }
}

#[test]
fn a_session_ends_after_a_day_without_activity() {
    let session = Aging::begin(30 * DAY);
    for _ in 0..2 {
        session.clock.advance((IDLE + ACTIVITY_STEP).saturating_sub(SECOND));
        assert!(session.is_live());
        session.use_session();
    }
    session.clock.advance(IDLE + ACTIVITY_STEP);
    assert!(!session.is_live());
}

#[test]
fn a_session_in_use_ends_at_its_greatest_age() {
    let session = Aging::begin(3 * DAY);
    for _ in 0..2 {
        session.clock.advance(DAY);
        session.use_session();
    }
    session.clock.advance(DAY.saturating_sub(SECOND));
    session.use_session();
    assert!(session.is_live());
    session.clock.advance(SECOND);
    assert!(!session.is_live());
}
