//! The use cases of API keys: make, list and end them, and authenticate requests.

use std::sync::Arc;

use jiff::Timestamp;
use moka::sync::Cache;

use super::confirmed_caller::ConfirmedCaller;
use crate::{
    access::{Action, Authentication, Caller, UserRef},
    audit::{ActorContext, RequestOrigin},
    client_key::ClientKey,
    clock::{Clock, next_whole_second, whole_seconds},
    error::{UserError, refusal_reason::RefusalReason},
    key::{ApiKey, KeyId, KeyRequest, KeySecret, NewApiKey, USE_STEP},
    login::throttle::Throttle,
    ports::keys::KeyStore,
    user::{Status, User, name::NameKey},
    user_id::UserId,
};

/// How many keys with a recently recorded use are remembered.
const MAX_USED_KEYS: u64 = 10_000;

/// The use cases of API keys, each with the check of who may.
pub struct ApiKeys {
    store: Arc<dyn KeyStore>,
    throttle: Option<Arc<Throttle>>,
    clock: Arc<dyn Clock>,
    /// The keys whose use this process has just recorded or is about to.
    used: Cache<KeyId, ()>,
}

/// A key as a request presents it.
pub struct PresentedKey {
    /// The secret.
    pub secret: KeySecret,
    /// The name of the user beside it, if the key came as a password.
    pub name: Option<String>,
}

/// A request that a key has authenticated.
#[derive(Debug)]
pub struct KeyedCaller {
    /// The user of the key.
    pub caller: Caller,
    /// The use of the key, if it needs to be [recorded](ApiKeys::record).
    pub key_use: Option<KeyUse>,
}

/// The use of a key, to be [recorded](ApiKeys::record).
#[derive(Debug)]
pub struct KeyUse {
    id: KeyId,
    time: Timestamp,
}

impl ApiKeys {
    /// The keys in `store`. Unknown ones are counted in `throttle`, if there is one.
    #[must_use]
    pub fn new(
        store: Arc<dyn KeyStore>,
        throttle: Option<Arc<Throttle>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let used = Cache::builder().max_capacity(MAX_USED_KEYS).time_to_live(USE_STEP).build();
        Self { store, throttle, clock, used }
    }

    /// Authenticates a request with one read of the store and without hashing a password. Does not
    /// block. A valid key is accepted whatever the count of unknown ones, since 256 random bits
    /// cannot be guessed.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when the key is unknown, expired, or not of the named user;
    /// [`UserError::TooManyAttempts`] instead after too many of these from one address.
    pub async fn authenticate(
        &self,
        client_key: ClientKey,
        presented: PresentedKey,
    ) -> Result<KeyedCaller, UserError> {
        let PresentedKey { secret, name } = presented;
        let hash = secret.hash();
        let found = self.store.look_up_key(hash).await?;
        let now = self.clock.now();
        let owner = found.as_ref().map(|(_, user)| user.id);
        let is_named =
            |user: &User| name.as_ref().is_none_or(|name| NameKey::of(name) == user.name.key());
        let valid = found.filter(|(key, user)| {
            key.hash.matches(&hash)
                && key.is_live(now)
                && user.status == Status::Enabled
                && is_named(user)
        });
        match valid {
            Some((key, user)) => Ok(self.accept(&key, user, now)),
            None => Err(self.refuse(client_key, owner)),
        }
    }

    fn accept(&self, key: &ApiKey, user: User, now: Timestamp) -> KeyedCaller {
        let is_due =
            key.is_use_due(now) && self.used.entry_by_ref(&key.id).or_insert(()).is_fresh();
        let caller = Caller::User(user, Authentication::Key(key.id, key.scopes));
        KeyedCaller { caller, key_use: is_due.then_some(KeyUse { id: key.id, time: now }) }
    }

    /// Counts a refused key. The log gives the same reason before and after too many of them,
    /// because they are forgotten programs rather than guesses.
    fn refuse(&self, client_key: ClientKey, owner: Option<UserId>) -> UserError {
        let counted =
            self.throttle.as_ref().map_or(Ok(()), |throttle| throttle.refuse_key(client_key));
        let error = counted.map_or_else(UserError::from, |()| UserError::Unauthenticated);
        error.because(RefusalReason::NoKey, owner)
    }

    /// Records that a key was used. Blocks.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails.
    pub fn record(&self, key_use: &KeyUse) -> Result<(), UserError> {
        Ok(self.store.record_key_use(key_use.id, key_use.time)?)
    }

    /// Makes a key and returns it with its secret, which is not available later. Blocks.
    ///
    /// # Errors
    /// [`UserError::Forbidden`] unless it is the caller's own or an admin asks;
    /// [`UserError::NotFound`], to admins only; [`UserError::KeyExpired`],
    /// [`UserError::TooManyKeys`] and [`UserError::UserDisabled`].
    pub fn create(
        &self,
        origin: &RequestOrigin,
        confirmed: &ConfirmedCaller<'_>,
        target: &UserRef,
        request: KeyRequest,
    ) -> Result<(ApiKey, KeySecret), UserError> {
        let caller = confirmed.caller();
        caller.may(Action::CreateKey, Some(target))?;
        let now = self.clock.now();
        if request.expire_time.is_some_and(|expire_time| expire_time <= now) {
            return Err(UserError::KeyExpired);
        }
        let create_time = whole_seconds(now);
        let expire_time = request.expire_time.map(next_whole_second);
        let secret = KeySecret::generate().map_err(UserError::Randomness)?;
        let new = NewApiKey {
            id: KeyId::generate()?,
            hash: secret.hash(),
            prefix: secret.prefix().to_owned(),
            request: KeyRequest { expire_time, ..request },
            create_time,
        };
        let by = ActorContext::caller(caller, origin, Action::CreateKey, caller.id_of(target));
        Ok((self.store.create_key(target, &new, &by)?, secret))
    }

    /// The keys of a user that have not expired, the newest first. Blocks.
    ///
    /// # Errors
    /// [`UserError::Forbidden`] unless they are the caller's own or an admin asks, whether the
    /// user exists or not; [`UserError::NotFound`], to admins only.
    pub fn list(&self, caller: &Caller, target: &UserRef) -> Result<Vec<ApiKey>, UserError> {
        caller.may(Action::ListKeys, Some(target))?;
        let mut keys = self.store.keys_of(target)?.ok_or(UserError::NotFound)?;
        let now = self.clock.now();
        keys.retain(|key| key.is_live(now));
        Ok(keys)
    }

    /// Ends a key of a user. Blocks.
    ///
    /// # Errors
    /// As [`ApiKeys::list`]; [`UserError::NoSuchKey`] when the user has none with this id.
    pub fn end(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
        id: KeyId,
    ) -> Result<(), UserError> {
        caller.may(Action::EndKey, Some(target))?;
        let by = ActorContext::caller(caller, origin, Action::EndKey, caller.id_of(target));
        if self.store.end_key(target, id, &by)? { Ok(()) } else { Err(UserError::NoSuchKey) }
    }
}
