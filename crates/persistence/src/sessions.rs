//! The port of sessions: every method one transaction.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    StoreError, User, UserId, WriteError,
    session::{ACTIVITY_STEP, IDLE, MAX_COUNT, NewSession, Session, SessionKey, SessionStore},
};

use crate::{
    Store,
    error::store_error,
    rows::{SessionRow, UserRow, accounts, session},
    schema::{sessions, user_roles, users},
    store::require,
};

/// How many sessions that are over a new one sweeps out at most: more than one, so that they become
/// fewer, and few, so that nobody waits for it.
const SWEPT_AT_ONCE: i64 = 100;

impl SessionStore for Store {
    fn begin_session(&self, session: &NewSession<'_>) -> Result<(), WriteError> {
        let user_id = session.account.user.id;
        self.write(|connection| {
            if !session.may_begin(&require(connection, user_id)?) {
                return Err(WriteError::PasswordChanged.into());
            }
            make_room(connection, user_id, session.time)?;
            let row = SessionRow {
                key: session.key.as_str().to_owned(),
                user_id: user_id.0,
                last_active: session.time.as_second(),
            };
            diesel::insert_into(sessions::table).values(row).execute(connection)?;
            Ok(())
        })
    }

    fn find_session(&self, key: &SessionKey) -> Result<Option<(Session, User)>, StoreError> {
        self.sessions.get_or(key, || self.read_session(key))
    }

    fn record_activity(&self, key: &SessionKey, time: Timestamp) -> Result<(), WriteError> {
        let time = time.as_second();
        let stale = sessions::table
            .find(key.as_str())
            .filter(sessions::last_active.le(time - seconds(ACTIVITY_STEP)));
        self.write(|connection| {
            diesel::update(stale).set(sessions::last_active.eq(time)).execute(connection)?;
            Ok(())
        })
    }

    fn end_session(&self, key: &SessionKey) -> Result<(), WriteError> {
        self.write(|connection| {
            let rows = diesel::delete(sessions::table.find(key.as_str())).execute(connection)?;
            if rows == 1 { Ok(()) } else { Err(WriteError::Missing.into()) }
        })
    }
}

impl Store {
    fn read_session(&self, key: &SessionKey) -> Result<Option<(Session, User)>, StoreError> {
        let rows: Vec<(SessionRow, UserRow, Option<String>)> = sessions::table
            .inner_join(users::table.left_join(user_roles::table))
            .filter(sessions::key.eq(key.as_str()))
            .select((SessionRow::as_select(), UserRow::as_select(), user_roles::name.nullable()))
            .load(&mut *self.reader()?)
            .map_err(store_error)?;
        let (mut found, mut user_rows) = (None, Vec::with_capacity(rows.len()));
        for (row, user, role) in rows {
            found = Some(row);
            user_rows.push((user, role));
        }
        let account = accounts(user_rows)?.pop();
        found.zip(account).map(|(row, account)| Ok((session(&row)?, account.user))).transpose()
    }
}

/// Ends the sessions of a user.
pub(crate) fn end_sessions(connection: &mut SqliteConnection, user: UserId) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user.0))).execute(connection)
}

/// Drops a few sessions that are over, and of this user's those that are too many beside one more.
fn make_room(connection: &mut SqliteConnection, user: UserId, now: Timestamp) -> QueryResult<()> {
    let over: Vec<String> = sessions::table
        .filter(sessions::last_active.le(now.as_second() - seconds(IDLE + ACTIVITY_STEP)))
        .limit(SWEPT_AT_ONCE)
        .select(sessions::key)
        .load(connection)?;
    let kept = i64::try_from(MAX_COUNT - 1).unwrap_or(i64::MAX);
    let too_many: Vec<String> = sessions::table
        .filter(sessions::user_id.eq(user.0))
        .order(sessions::last_active.desc())
        .limit(i64::MAX)
        .offset(kept)
        .select(sessions::key)
        .load(connection)?;
    for key in over.into_iter().chain(too_many) {
        diesel::delete(sessions::table.find(key)).execute(connection)?;
    }
    Ok(())
}

fn seconds(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
