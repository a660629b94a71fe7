//! Rows of API keys, and their conversion to the domain's type.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    StoreError, UserId,
    key::{ApiKey, KeyHash, KeyId, KeyName, Scopes},
};

use crate::{rows::session::time_of, schema::api_keys};

/// One key's row.
#[derive(PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
pub(crate) struct KeyRow {
    pub(crate) id: i64,
    pub(crate) user_id: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) prefix: String,
    pub(crate) name: String,
    pub(crate) scopes: String,
    pub(crate) create_time: i64,
    pub(crate) expire_time: Option<i64>,
    pub(crate) last_use: Option<i64>,
}

impl KeyRow {
    /// The row that keeps a key.
    pub(crate) fn of(key: &ApiKey) -> Self {
        // Destructured, so that no field is forgotten.
        let ApiKey { id, user_id, hash, prefix, name, scopes, .. } = key;
        let ApiKey { create_time, expire_time, last_use, .. } = key;
        Self {
            id: id.0,
            user_id: user_id.0,
            hash: hash.0.to_vec(),
            prefix: prefix.clone(),
            name: name.as_str().to_owned(),
            scopes: scopes.to_string(),
            create_time: create_time.as_second(),
            expire_time: expire_time.map(Timestamp::as_second),
            last_use: last_use.map(Timestamp::as_second),
        }
    }

    /// The key.
    pub(crate) fn key(&self) -> Result<ApiKey, StoreError> {
        let damaged = || StoreError::Internal("a damaged API key".into());
        Ok(ApiKey {
            id: KeyId(self.id),
            user_id: UserId(self.user_id),
            hash: KeyHash(self.hash.as_slice().try_into().map_err(|_| damaged())?),
            prefix: self.prefix.clone(),
            name: KeyName::from_store(self.name.clone()),
            scopes: Scopes::from_store(&self.scopes).ok_or_else(damaged)?,
            create_time: time_of(self.create_time)?,
            expire_time: self.expire_time.map(time_of).transpose()?,
            last_use: self.last_use.map(time_of).transpose()?,
        })
    }
}
