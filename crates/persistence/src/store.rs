//! The store, and the port of users: every method one transaction.

use std::{future::ready, num::NonZeroU32, ops::ControlFlow};

use diesel::prelude::*;
use rollcall_domain::{
    Account, Claim, HashCost, ListError, LookUp, NameRule, NewAccount, PageQuery, PasswordHash,
    Preconditions, Status, StoreError, User, UserChange, UserId, UserOrder, UserRef, UserStore,
    Version, WriteError,
    audit::{ActorContext, Event},
    session::{Session, SessionKey},
    shown_number,
};

use crate::{
    audit::record,
    bulk::skeletons::refuse_confusable,
    engine::{
        Backend, Connection, on, presence::IfAbsent, sqlite::row_cache::RowCache, url::DatabaseUrl,
    },
    error::{Failure, open::OpenError},
    hash_cost::{hash_cost, raise_hash_cost},
    listing::page::page,
    locks::{has_enabled_admin_but, keep_an_admin},
    look_ups::LookUps,
    recheck::Scope,
    rows::user::{UserRow, UserValues, accounts, role_values},
    schema::{user_roles, users},
    sessions::end_sessions,
};

/// How many connections to PostgreSQL a process has at most unless it says otherwise.
pub const DEFAULT_CONNECTIONS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// A store of users and their sessions in a database.
#[derive(Clone)]
pub struct Store {
    pub(crate) backend: Backend,
    pub(crate) accounts: RowCache<UserRef, Account>,
    pub(crate) sessions: RowCache<SessionKey, (Session, User)>,
    /// Joins reads on PostgreSQL, where a read takes too long for a caller that must not block.
    pub(crate) look_ups: Option<LookUps>,
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
        let (states, look_ups) = match &backend {
            Backend::Sqlite(pools) => (pools.states.clone(), None),
            Backend::Postgres(pools) => (None, Some(LookUps::start(pools))),
        };
        let (accounts, sessions) = (RowCache::new(states.clone()), RowCache::new(states));
        Ok(Self { backend, accounts, sessions, look_ups })
    }

    /// Opens the database at `url` if there is a store in it.
    ///
    /// # Errors
    /// [`OpenError::Missing`] or [`OpenError::NoStore`] when there is none; any other as
    /// [`Store::open`].
    pub fn open_existing(url: &DatabaseUrl) -> Result<Self, OpenError> {
        Self::open_or(IfAbsent::Refuse, url, DEFAULT_CONNECTIONS)
    }

    /// How many users there are.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn count(&self) -> Result<u64, StoreError> {
        let count = self.backend.read(|connection| {
            Ok(on!(connection, it => users::table.count().get_result::<i64>(it)?))
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
    /// file, and only the file is left.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails, and when the log has to stay.
    pub fn close(&self) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite(pools) => pools.close(),
            Backend::Postgres(_) => Ok(()),
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

    fn page(&self, query: &PageQuery) -> Result<Vec<User>, StoreError> {
        self.backend.read_at_one_moment(|connection| page(connection, query))
    }

    fn find(&self, target: &UserRef) -> Result<Option<Account>, StoreError> {
        self.accounts.get_or(target, || self.backend.read(|connection| find(connection, target)))
    }

    fn look_up(&self, target: UserRef) -> LookUp<Account> {
        match &self.look_ups {
            Some(look_ups) => Box::pin(look_ups.accounts.get(target)),
            None => Box::pin(ready(self.find(&target))),
        }
    }

    fn insert(&self, account: &NewAccount, by: &ActorContext) -> Result<User, WriteError> {
        let account = account.clone();
        self.backend.write_by(by, Scope::Nothing, move |connection, by| {
            let new = diesel::insert_into(users::table).values(UserValues::of_new(&account));
            let id = on!(connection, it => new.returning(users::id).get_result(it)?);
            let user = new_user(UserId(shown_number(id)?), &account);
            insert_roles(connection, &user)?;
            record(connection, by, Event::created(&user))?;
            if account.name_rule == NameRule::Restricted {
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
        let change = change.clone();
        let might_leave = change.roles.is_some() || change.status.is_some();
        let scope = if might_leave { Scope::LeavingUser(id) } else { Scope::User(id) };
        self.backend.write_by(by, scope, move |connection, by| {
            let current = require(connection, id)?;
            let Some(changed) = change.apply(&current)? else { return Ok(current.user) };
            shown_number(changed.user.version.0)?;
            if !changed.user.is_enabled_admin() {
                keep_an_admin(connection, &current.user)?;
            }
            let row = diesel::update(users::table.find(id.0)).set(UserValues::of(&changed));
            on!(connection, it => row.execute(it)?);
            let is_out = changed.ends_sessions_of(&current);
            let ended = if is_out { end_sessions(connection, id)? } else { 0 };
            if changed.user.roles != current.user.roles {
                let roles_of_user = user_roles::table.filter(user_roles::user_id.eq(id.0));
                on!(connection, it => diesel::delete(roles_of_user).execute(it)?);
                insert_roles(connection, &changed.user)?;
            }
            record(connection, by, Event::changed(&current, &changed, ended))?;
            let is_renamed = changed.user.name.key() != current.user.name.key();
            if is_renamed && change.name_rule == NameRule::Restricted {
                refuse_confusable(connection, &changed.user)?;
            }
            Ok(changed.user)
        })
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
            condition.check(Some(current.user.revision()))?;
            keep_an_admin(connection, &current.user)?;
            let ended = end_sessions(connection, id)?;
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
        self.backend.read(|connection| has_enabled_admin_but(connection, None))
    }

    fn hash_cost(&self) -> Result<Option<HashCost>, StoreError> {
        self.backend.read(|connection| Ok(hash_cost(connection)?))
    }

    fn raise_hash_cost(&self, cost: HashCost) -> Result<(), WriteError> {
        self.backend.write(move |connection| Ok(raise_hash_cost(connection, cost)?))
    }
}

/// The account that `target` means, if there is one.
pub(crate) fn find(
    connection: &mut Connection<'_>,
    target: &UserRef,
) -> Result<Option<Account>, Failure> {
    let rows = on!(connection, it => {
        let query = users::table
            .left_join(user_roles::table)
            .select((users::id, UserRow::as_select(), user_roles::name.nullable()));
        match target {
            UserRef::Id(id) => query.filter(users::id.eq(id.0)).load(it)?,
            UserRef::Name(key) => query.filter(users::name_key.eq(key.as_str())).load(it)?,
        }
    });
    Ok(accounts::<i64>(rows)?.pop().map(|(_, account)| account))
}

/// The account with this id.
pub(crate) fn require(connection: &mut Connection<'_>, id: UserId) -> Result<Account, Failure> {
    Ok(find(connection, &UserRef::Id(id))?.ok_or(WriteError::Missing)?)
}

fn insert_roles(connection: &mut Connection<'_>, user: &User) -> Result<(), Failure> {
    let rows = diesel::insert_into(user_roles::table).values(role_values(user.id, &user.roles));
    on!(connection, it => rows.execute(it)?);
    Ok(())
}

fn new_user(id: UserId, account: &NewAccount) -> User {
    User {
        id,
        version: Version(0),
        create_time: account.create_time,
        name: account.name.clone(),
        email: account.email.clone(),
        status: Status::Enabled,
        roles: account.roles.clone(),
    }
}
