//! Implements the port of sessions; every method is one transaction.

pub(crate) mod used_signatures;
pub(crate) mod user_sessions;

use std::net::IpAddr;

use diesel::{dsl::max, prelude::*};
use jiff::Timestamp;
use rollcall_domain::{
    LookUp, SessionStore, StoreError, User, UserId, UserRef, UserStore, WriteError,
    audit::{ActorContext, AuditSubject, Event},
    session::{ACTIVITY_STEP, IDLE, MAX_COUNT, NewSession, Session, SessionId, SessionKey},
};

use crate::{
    audit::record,
    engine::{Connection, Reads, on},
    error::Failure,
    look_ups::require,
    recheck::Scope,
    rows::session::{SessionRow, time_of},
    schema::{sessions, users},
    store::Store,
};

/// How many ended sessions a new one deletes at most: more than one, so that they become fewer, and
/// few, so that the log-in is not slow.
const SWEPT_AT_ONCE: i64 = 100;

impl SessionStore for Store {
    fn begin_session(&self, session: &NewSession, by: &ActorContext) -> Result<(), WriteError> {
        let session = session.clone();
        let user_id = session.account.user.id;
        self.backend.write_by(by, Scope::User(user_id), move |connection, by| {
            let account = require(connection, user_id)?;
            if !session.may_begin(&account) {
                return Err(WriteError::PasswordChanged.into());
            }
            make_room(connection, user_id, session.time)?;
            let row = SessionRow {
                key: session.key.as_str().to_owned(),
                user_id: user_id.0,
                last_active: session.time.as_second(),
                id: session.id.0,
                begin_time: session.time.as_second(),
                address: by.by().origin().address.map(|address| address.to_string()),
            };
            let new = diesel::insert_into(sessions::table).values(row);
            on!(connection, it => new.execute(it)?);
            record(connection, by, Event::session_begun(&account.user, &session.key))
        })
    }

    fn find_session(&self, key: &SessionKey) -> Result<Option<(Session, User)>, StoreError> {
        self.sessions.get(key)
    }

    fn look_up_session(&self, key: SessionKey) -> LookUp<(Session, User)> {
        self.sessions.look_up(key)
    }

    fn sessions_of(&self, target: &UserRef) -> Result<Option<Vec<Session>>, StoreError> {
        self.backend.read(Reads::Snapshot, |connection| user_sessions::of_user(connection, target))
    }

    fn record_activity(
        &self,
        key: &SessionKey,
        time: Timestamp,
        address: Option<IpAddr>,
    ) -> Result<(), WriteError> {
        let time = time.as_second();
        let (key, address) = (key.clone(), address.map(|address| address.to_string()));
        self.backend.write(move |connection| {
            let stale = sessions::table
                .find(key.as_str())
                .filter(sessions::last_active.le(time - seconds(ACTIVITY_STEP)));
            let row = diesel::update(stale)
                .set((sessions::last_active.eq(time), sessions::address.eq(&address)));
            on!(connection, it => row.execute(it)?);
            Ok(())
        })
    }

    fn end_session(&self, key: &SessionKey, by: &ActorContext) -> Result<(), WriteError> {
        let key = key.clone();
        self.backend.write_by(by, Scope::Session(key.clone()), move |connection, by| {
            let user = owner(connection, &key)?;
            let row = diesel::delete(sessions::table.find(key.as_str()));
            let rows = on!(connection, it => row.execute(it)?);
            match user.filter(|_| rows == 1) {
                Some(user) => {
                    record(connection, by, Event::sessions_ended(user, std::slice::from_ref(&key)))
                }
                None => Err(WriteError::Missing.into()),
            }
        })
    }

    fn end_sessions(
        &self,
        target: &UserRef,
        only: Option<SessionId>,
        by: &ActorContext,
    ) -> Result<usize, WriteError> {
        let id = UserStore::find(self, target)?.ok_or(WriteError::Missing)?.user.id;
        self.backend.write_by(by, Scope::User(id), move |connection, by| {
            user_sessions::end(connection, id, only, by)
        })
    }

    fn newest_session(&self) -> Result<Option<Timestamp>, StoreError> {
        self.backend.read(Reads::Latest, |connection| {
            let newest = sessions::table.select(max(sessions::begin_time));
            let seconds: Option<i64> = on!(connection, it => newest.first(it)?);
            Ok(seconds.map(time_of).transpose()?)
        })
    }

    fn keep_signatures(&self, remembered: &[u8]) -> Result<(), WriteError> {
        let remembered = remembered.to_vec();
        self.backend.write(move |connection| used_signatures::keep(connection, &remembered))
    }

    fn take_signatures(&self) -> Result<Vec<Vec<u8>>, WriteError> {
        // Writes at start-up only if it must.
        if self.backend.read(Reads::Latest, used_signatures::are_kept)? {
            self.backend.write(used_signatures::take)
        } else {
            Ok(Vec::new())
        }
    }
}

/// The owner of a session.
fn owner(
    connection: &mut Connection<'_>,
    key: &SessionKey,
) -> Result<Option<AuditSubject>, Failure> {
    let user = sessions::table.inner_join(users::table).filter(sessions::key.eq(key.as_str()));
    let user = user.select((users::id, users::name));
    let user: Option<(i64, String)> = on!(connection, it => user.get_result(it).optional()?);
    Ok(user.map(|(id, name)| AuditSubject { id: UserId(id), name }))
}

/// Ends the sessions of a user, and returns how many there were.
pub(crate) fn end_sessions(
    connection: &mut Connection<'_>,
    user: UserId,
) -> Result<usize, Failure> {
    let rows = diesel::delete(sessions::table.filter(sessions::user_id.eq(user.0)));
    Ok(on!(connection, it => rows.execute(it)?))
}

/// Deletes a few sessions that have been idle too long, and the user's oldest ones beyond the limit
/// less one. Sessions past their maximum age are not used any more, so they count as idle a day
/// later.
fn make_room(connection: &mut Connection<'_>, user: UserId, now: Timestamp) -> Result<(), Failure> {
    let over = sessions::table
        .filter(sessions::last_active.le(last_end(now)))
        .limit(SWEPT_AT_ONCE)
        .select(sessions::key);
    let kept = i64::try_from(MAX_COUNT - 1).unwrap_or(i64::MAX);
    let too_many = sessions::table
        .filter(sessions::user_id.eq(user.0))
        .order(sessions::last_active.desc())
        .limit(i64::MAX)
        .offset(kept)
        .select(sessions::key);
    let keys: Vec<String> = on!(connection, it => {
        let mut keys: Vec<String> = over.load(it)?;
        keys.extend(too_many.load::<String>(it)?);
        keys
    });
    for key in keys {
        on!(connection, it => diesel::delete(sessions::table.find(key)).execute(it)?);
    }
    Ok(())
}

/// Sessions that were last used at this time or before have ended.
pub(crate) fn last_end(now: Timestamp) -> i64 {
    now.as_second() - seconds(IDLE + ACTIVITY_STEP)
}

pub(crate) fn seconds(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
