//! Implements the port of API keys; every method is one transaction.

pub(crate) mod look_ups;

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    KeyStore, LookUp, Status, StoreError, User, UserId, UserRef, UserStore, WriteError,
    audit::{ActorContext, Event},
    key::{ApiKey, KeyHash, KeyId, MAX_COUNT, NewApiKey, USE_STEP},
};

use crate::{
    audit::record,
    engine::{Connection, Reads, on},
    error::Failure,
    look_ups::{find, require},
    recheck::Scope,
    rows::key::KeyRow,
    schema::api_keys,
    sessions::seconds,
    store::Store,
};

impl KeyStore for Store {
    fn create_key(
        &self,
        target: &UserRef,
        key: &NewApiKey,
        by: &ActorContext,
    ) -> Result<ApiKey, WriteError> {
        let id = UserStore::find(self, target)?.ok_or(WriteError::Missing)?.user.id;
        let key = key.clone().of_user(id);
        self.backend.write_by(by, Scope::User(id), move |connection, by| {
            let user = require(connection, id)?.user;
            if user.status != Status::Enabled {
                return Err(WriteError::Disabled.into());
            }
            make_room(connection, id, key.create_time)?;
            let new = diesel::insert_into(api_keys::table).values(KeyRow::of(&key));
            on!(connection, it => new.execute(it)?);
            record(connection, by, Event::key_created(&user, &key))?;
            Ok(key.clone())
        })
    }

    fn look_up_key(&self, hash: KeyHash) -> LookUp<(ApiKey, User)> {
        self.keys.look_up(hash)
    }

    fn keys_of(&self, target: &UserRef) -> Result<Option<Vec<ApiKey>>, StoreError> {
        self.backend.read(Reads::Snapshot, |connection| {
            let Some(account) = find(connection, target)? else { return Ok(None) };
            let rows = api_keys::table
                .filter(api_keys::user_id.eq(account.user.id.0))
                .order((api_keys::create_time.desc(), api_keys::id));
            let rows = on!(connection, it => rows.select(KeyRow::as_select()).load(it)?);
            Ok(Some(rows.iter().map(KeyRow::key).collect::<Result<_, _>>()?))
        })
    }

    fn record_key_use(&self, id: KeyId, time: Timestamp) -> Result<(), WriteError> {
        let time = time.as_second();
        self.backend.write(move |connection| {
            let is_stale =
                api_keys::last_use.le(time - seconds(USE_STEP)).or(api_keys::last_use.is_null());
            let row = diesel::update(api_keys::table.find(id.0).filter(is_stale))
                .set(api_keys::last_use.eq(time));
            on!(connection, it => row.execute(it)?);
            Ok(())
        })
    }

    fn end_key(&self, target: &UserRef, id: KeyId, by: &ActorContext) -> Result<bool, WriteError> {
        let user = UserStore::find(self, target)?.ok_or(WriteError::Missing)?.user.id;
        self.backend.write_by(by, Scope::User(user), move |connection, by| {
            let user = require(connection, user)?.user;
            let row = api_keys::table.find(id.0).filter(api_keys::user_id.eq(user.id.0));
            let row = diesel::delete(row);
            let rows = on!(connection, it => row.execute(it)?);
            if rows == 1 {
                record(connection, by, Event::key_ended(&user, id))?;
            }
            Ok(rows == 1)
        })
    }
}

/// Ends the keys of a user, and returns how many there were.
pub(crate) fn end_keys(connection: &mut Connection<'_>, user: UserId) -> Result<usize, Failure> {
    let rows = diesel::delete(api_keys::table.filter(api_keys::user_id.eq(user.0)));
    Ok(on!(connection, it => rows.execute(it)?))
}

/// Deletes the expired keys of a user, who is locked, and fails if there is no room for another.
fn make_room(connection: &mut Connection<'_>, user: UserId, now: Timestamp) -> Result<(), Failure> {
    let of_user = api_keys::table.filter(api_keys::user_id.eq(user.0));
    let expired = diesel::delete(of_user.filter(api_keys::expire_time.le(now.as_second())));
    let count: i64 = on!(connection, it => {
        expired.execute(it)?;
        of_user.count().get_result(it)?
    });
    let is_full = usize::try_from(count).unwrap_or(usize::MAX) >= MAX_COUNT;
    if is_full { Err(WriteError::TooManyKeys.into()) } else { Ok(()) }
}
