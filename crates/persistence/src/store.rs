//! The store, and the port of users: every method one transaction.

use diesel::{connection::SimpleConnection, dsl::exists, prelude::*, select};
use rollcall_domain::{
    Account, NewAccount, PasswordHash, RoleName, Status, StoreError, User, UserChange, UserId,
    UserOrder, UserRef, UserStore, Version, WriteError,
    session::{Session, SessionKey},
};

use crate::{
    DatabaseUrl, OpenError,
    connection::{PooledConnection, Pools},
    error::{Abort, no_connection, store_error, user_write_error},
    rows::{UserRow, UserValues, accounts, role_values},
    schema::{user_roles, users},
    sessions::end_sessions,
    unchanged::Unchanged,
};

/// A store of users and their sessions in a database.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    accounts: Unchanged<UserRef, Account>,
    pub(crate) sessions: Unchanged<SessionKey, (Session, User)>,
}

impl Store {
    /// Opens the database at `url`: makes the file and its folder where there is none, and brings
    /// the schema up to date.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let pools = Pools::open(url)?;
        let accounts = Unchanged::new(pools.states.clone());
        let sessions = Unchanged::new(pools.states.clone());
        Ok(Self { pools, accounts, sessions })
    }

    /// Opens the database at `url` if there is one.
    ///
    /// # Errors
    /// [`OpenError::Missing`] when there is none; any other as [`Store::open`].
    pub fn open_existing(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let DatabaseUrl::Sqlite(path) = url;
        if !path.exists() {
            return Err(OpenError::Missing(url.to_string()));
        }
        Self::open(url)
    }

    /// Moves what is in SQLite's log beside the file into the file, for those who copy it once the
    /// process has ended.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let mut connection = self.pools.writer.get().map_err(no_connection)?;
        connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").map_err(store_error)
    }

    pub(crate) fn reader(&self) -> Result<PooledConnection, StoreError> {
        self.pools.readers.get().map_err(no_connection)
    }

    /// Runs `work` in a transaction that holds the write lock from the start, so that what it
    /// reads can't change before it writes.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Abort>,
    ) -> Result<T, WriteError> {
        let mut connection = self.pools.writer.get().map_err(no_connection)?;
        connection.immediate_transaction(work).map_err(|Abort(error)| error)
    }
}

impl UserStore for Store {
    fn list(&self, order: UserOrder) -> Result<Vec<User>, StoreError> {
        let query = users::table
            .left_join(user_roles::table)
            .select((UserRow::as_select(), user_roles::name.nullable()));
        let mut connection = self.reader()?;
        // Role rows of one user stand together: the first column is unique to it.
        let rows = match order {
            UserOrder::Id => query.order((users::id, user_roles::name)).load(&mut connection),
            UserOrder::Name => {
                query.order((users::name_key, user_roles::name)).load(&mut connection)
            }
        };
        let accounts = accounts(rows.map_err(store_error)?)?;
        Ok(accounts.into_iter().map(|account| account.user).collect())
    }

    fn find(&self, target: &UserRef) -> Result<Option<Account>, StoreError> {
        self.accounts.get_or(target, || find(&mut *self.reader()?, target))
    }

    fn insert(&self, account: &NewAccount) -> Result<User, WriteError> {
        self.write(|connection| {
            let id = diesel::insert_into(users::table)
                .values(UserValues::of_new(account))
                .returning(users::id)
                .get_result(connection)
                .map_err(user_write_error)?;
            let user = new_user(UserId(id), account);
            diesel::insert_into(user_roles::table)
                .values(role_values(user.id, &user.roles))
                .execute(connection)?;
            Ok(user)
        })
    }

    fn update(&self, id: UserId, change: &UserChange) -> Result<User, WriteError> {
        self.write(|connection| {
            let current = require(connection, id)?;
            let Some(changed) = change.apply(&current)? else { return Ok(current.user) };
            if !changed.user.is_enabled_admin() {
                keep_an_admin(connection, &current.user)?;
            }
            diesel::update(users::table.find(id.0))
                .set(UserValues::of(&changed))
                .execute(connection)
                .map_err(user_write_error)?;
            if changed.ends_sessions_of(&current) {
                end_sessions(connection, id)?;
            }
            if changed.user.roles != current.user.roles {
                let roles_of_user = user_roles::table.filter(user_roles::user_id.eq(id.0));
                diesel::delete(roles_of_user).execute(connection)?;
                diesel::insert_into(user_roles::table)
                    .values(role_values(id, &changed.user.roles))
                    .execute(connection)?;
            }
            Ok(changed.user)
        })
    }

    fn delete(&self, id: UserId) -> Result<(), WriteError> {
        self.write(|connection| {
            let current = require(connection, id)?;
            keep_an_admin(connection, &current.user)?;
            diesel::delete(users::table.find(id.0)).execute(connection)?;
            Ok(())
        })
    }

    fn renew_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        renewed: &PasswordHash,
    ) -> Result<(), WriteError> {
        self.write(|connection| {
            let with_old = users::table.find(id.0).filter(users::password_hash.eq(old.as_str()));
            let rows = diesel::update(with_old)
                .set(users::password_hash.eq(renewed.as_str()))
                .execute(connection)?;
            if rows == 1 { Ok(()) } else { Err(WriteError::PasswordChanged.into()) }
        })
    }

    fn find_is_quick(&self) -> bool {
        true
    }

    fn has_enabled_admin(&self) -> Result<bool, StoreError> {
        has_enabled_admin_but(&mut *self.reader()?, None).map_err(store_error)
    }

    fn check(&self) -> Result<(), StoreError> {
        select(exists(users::table.select(users::id)))
            .get_result::<bool>(&mut self.reader()?)
            .map(drop)
            .map_err(store_error)
    }
}

fn find(
    connection: &mut SqliteConnection,
    target: &UserRef,
) -> Result<Option<Account>, StoreError> {
    let query = users::table
        .left_join(user_roles::table)
        .select((UserRow::as_select(), user_roles::name.nullable()));
    let rows = match target {
        UserRef::Id(id) => query.filter(users::id.eq(id.0)).load(connection),
        UserRef::Name(key) => query.filter(users::name_key.eq(key.as_str())).load(connection),
    };
    Ok(accounts(rows.map_err(store_error)?)?.pop())
}

/// The account with this id.
pub(crate) fn require(
    connection: &mut SqliteConnection,
    id: UserId,
) -> Result<Account, WriteError> {
    find(connection, &UserRef::Id(id))?.ok_or(WriteError::Missing)
}

/// Refuses to lose `leaving` as an enabled admin when there is no other one.
fn keep_an_admin(connection: &mut SqliteConnection, leaving: &User) -> Result<(), Abort> {
    if leaving.is_enabled_admin() && !has_enabled_admin_but(connection, Some(leaving.id))? {
        return Err(WriteError::LastAdmin.into());
    }
    Ok(())
}

fn has_enabled_admin_but(
    connection: &mut SqliteConnection,
    but: Option<UserId>,
) -> QueryResult<bool> {
    let others = users::table
        .inner_join(user_roles::table)
        .filter(user_roles::name.eq(RoleName::admin().as_str().to_owned()))
        .filter(users::status.eq(Status::Enabled.as_str()))
        // No user has a negative id.
        .filter(users::id.ne(but.map_or(-1, |id| id.0)));
    select(exists(others)).get_result(connection)
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
