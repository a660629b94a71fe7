//! The store, and the port of users: every method one transaction.

use std::{num::NonZeroU32, ops::ControlFlow};

use diesel::{dsl, prelude::*, sql_types::BigInt};
use jiff::Timestamp;
use rollcall_domain::{
    Account, Claim, HashCost, ListError, LookUp, NameRule, NamedUser, NewUser, PageQuery,
    PasswordHash, Preconditions, StoreError, UpdateQueue, User, UserChange, UserId, UserOrder,
    UserRef, UserStore, WriteError,
    audit::{ActorContext, Event},
    key::{ApiKey, KeyHash},
    session::{Session, SessionKey},
    shown_number,
};

use crate::{
    audit::record,
    bulk::skeletons::refuse_confusable,
    engine::{Backend, Reads, on, point_reads::PointReads, presence::IfAbsent, url::DatabaseUrl},
    error::open::OpenError,
    hash_cost::{hash_cost, raise_hash_cost},
    keys::look_ups::{find_key, find_keys},
    listing::page::page,
    locks::{has_enabled_admin_but, keep_an_admin, queue_for},
    look_ups::{find, find_many, find_session, find_sessions, require},
    recheck::Scope,
    rows::{
        roles::{self, RoleRow},
        user::UserColumns,
    },
    schema::users,
    user_changes::end_all,
};

/// How many connections to PostgreSQL a process has at most unless it says otherwise.
pub const DEFAULT_CONNECTIONS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// A store of users, their sessions and their API keys in a database.
#[derive(Clone)]
pub struct Store {
    pub(crate) backend: Backend,
    pub(crate) accounts: PointReads<UserRef, Account>,
    pub(crate) sessions: PointReads<SessionKey, (Session, User)>,
    pub(crate) keys: PointReads<KeyHash, (ApiKey, User)>,
}

impl Store {
    /// Opens the database at `url`: makes the file and its folder where there is none, and brings
    /// the schema up to date.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        Self::open_with_connections(url, DEFAULT_CONNECTIONS)
    }

    /// The same with so many connections to PostgreSQL at most. SQLite has as many as it can use.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with_connections(
        url: &DatabaseUrl,
        connections: NonZeroU32,
    ) -> Result<Self, OpenError> {
        Self::open_or(IfAbsent::Create, url, connections)
    }

    fn open_or(
        absent: IfAbsent,
        url: &DatabaseUrl,
        connections: NonZeroU32,
    ) -> Result<Self, OpenError> {
        let backend = Backend::open(url, connections, absent)?;
        let accounts = PointReads::new(&backend, find, find_many, |account| account.user.id);
        let sessions = PointReads::new(&backend, find_session, find_sessions, |(_, user)| user.id);
        let keys = PointReads::new(&backend, find_key, find_keys, |(_, user)| user.id);
        Ok(Self { backend, accounts, sessions, keys })
    }

    /// Opens the database at `url` if there is a store in it.
    ///
    /// # Errors
    /// [`OpenError::Missing`] or [`OpenError::NoStore`] when there is none; any other as
    /// [`Store::open`].
    pub fn open_existing(url: &DatabaseUrl) -> Result<Self, OpenError> {
        Self::open_or(IfAbsent::Refuse, url, DEFAULT_CONNECTIONS)
    }

    /// How many users there are; `most` and one if they are more. Counting all would read a whole
    /// index.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn count_up_to(&self, most: u32) -> Result<u64, StoreError> {
        let some = u64::from(most) + 1;
        let sql = format!("SELECT count(*) FROM (SELECT id FROM users LIMIT {some}) AS counted");
        let count = self.backend.read(Reads::Latest, |connection| {
            Ok(on!(connection, it => dsl::sql::<BigInt>(&sql).get_result::<i64>(it)?))
        })?;
        Ok(count.try_into().unwrap_or_default())
    }

    /// Moves the changes in SQLite's log into the file.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails, and when the log has to stay.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(pools) => pools.checkpoint(),
            Backend::Postgres(_) => Ok(()),
        }
    }

    /// Closes a SQLite file, whichever threads still have this store: its log is moved into the
    /// file, and only the file is left. On PostgreSQL, links the audit entries of this store.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails, and when the log has to stay.
    pub fn close(&self) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(pools) => pools.close(),
            Backend::Postgres(pools) => {
                pools.linker.end();
                Ok(())
            }
        }
    }
}

impl UserStore for Store {
    fn list(
        &self,
        order: UserOrder,
        claim: Option<&Claim>,
        each: &mut dyn FnMut(User) -> ControlFlow<()>,
    ) -> Result<(), ListError> {
        self.backend.list(order, claim, each)
    }

    fn list_names(
        &self,
        claim: Option<&Claim>,
        each: &mut dyn FnMut(NamedUser) -> ControlFlow<()>,
    ) -> Result<(), ListError> {
        self.backend.list_names(claim, each)
    }

    fn page(&self, query: &PageQuery) -> Result<Vec<User>, StoreError> {
        self.backend.read(Reads::Snapshot, |connection| page(connection, query))
    }

    fn find(&self, target: &UserRef) -> Result<Option<Account>, StoreError> {
        self.accounts.get(target)
    }

    fn look_up(&self, target: UserRef) -> LookUp<Account> {
        self.accounts.look_up(target)
    }

    fn insert(&self, user: &NewUser, by: &ActorContext) -> Result<User, WriteError> {
        let account = user.clone().into_account(UserId(0), Timestamp::now());
        self.backend.write_by(by, Scope::Nothing, move |connection, by| {
            let new = diesel::insert_into(users::table).values(UserColumns::of(&account));
            let id = on!(connection, it => new.returning(users::id).get_result(it)?);
            let user = User { id: UserId(shown_number(id)?), ..account.user.clone() };
            roles::insert(connection, &RoleRow::of(user.id, &user.roles))?;
            record(connection, by, Event::created(&user))?;
            if by.by().name_rule() == NameRule::Restricted {
                refuse_confusable(connection, &user)?;
            }
            Ok(user)
        })
    }

    fn update(
        &self,
        id: UserId,
        change: &UserChange,
        by: &ActorContext,
    ) -> Result<User, WriteError> {
        self.backend.update(id, None, change, by)
    }

    fn update_as_read(
        &self,
        read: &Account,
        change: &UserChange,
        by: &ActorContext,
    ) -> Result<User, WriteError> {
        self.backend.update(read.user.id, Some(read), change, by)
    }

    fn update_queue(&self) -> Option<&dyn UpdateQueue> {
        match &self.backend {
            Backend::Sqlite(pools) => Some(pools),
            Backend::Postgres(_) => None,
        }
    }

    fn delete(
        &self,
        id: UserId,
        condition: &Preconditions,
        by: &ActorContext,
    ) -> Result<(), WriteError> {
        let condition = condition.clone();
        self.backend.write_by(by, Scope::LeavingUser(id), move |connection, by| {
            let current = require(connection, id)?;
            condition.check(Some(&current.user))?;
            keep_an_admin(connection, &current.user)?;
            let ended = end_all(connection, id)?;
            on!(connection, it => diesel::delete(users::table.find(id.0)).execute(it)?);
            record(connection, by, Event::deleted(&current.user, ended))
        })
    }

    fn renew_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        renewed: &PasswordHash,
    ) -> Result<(), WriteError> {
        let (old, renewed) = (old.clone(), renewed.clone());
        self.backend.write(move |connection| {
            queue_for(connection, &[id.0])?;
            let with_old = users::table.find(id.0).filter(users::password_hash.eq(old.as_str()));
            let row = diesel::update(with_old).set(users::password_hash.eq(renewed.as_str()));
            let rows = on!(connection, it => row.execute(it)?);
            if rows == 1 { Ok(()) } else { Err(WriteError::PasswordChanged.into()) }
        })
    }

    fn require_usable(&self) -> Result<(), StoreError> {
        self.backend.require_usable()
    }

    fn has_enabled_admin(&self) -> Result<bool, StoreError> {
        self.backend.read(Reads::Latest, |connection| has_enabled_admin_but(connection, None))
    }

    fn hash_cost(&self) -> Result<Option<HashCost>, StoreError> {
        self.backend.read(Reads::Latest, |connection| Ok(hash_cost(connection)?))
    }

    fn raise_hash_cost(&self, cost: HashCost) -> Result<(), WriteError> {
        self.backend.write(move |connection| Ok(raise_hash_cost(connection, cost)?))
    }
}
