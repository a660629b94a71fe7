//! Rows of the database, and their conversion to the domain's types.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    Account, Email, NameSkeleton, NewAccount, PasswordHash, PasswordVersion, RoleName, Roles,
    Status, StoreError, User, UserId, Username, Version,
    session::{Session, SessionId, SessionKey},
};

use crate::schema::{sessions, user_roles, users};

/// The columns of a user's row that may be shown.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct ShownRow {
    pub(crate) id: i64,
    version: i64,
    create_time: i64,
    name: String,
    email: Option<String>,
    status: String,
}

/// One user's row.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    #[diesel(embed)]
    shown: ShownRow,
    password_hash: String,
    password_version: i64,
}

/// A key, the user's row that belongs to it, and one of the user's roles, or none if it has no
/// role.
pub(crate) type KeyedRow<K> = (K, UserRow, Option<String>);

/// Every column of a user but its id, which the database assigns.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub(crate) struct UserValues<'a> {
    version: i64,
    create_time: i64,
    name: &'a str,
    name_key: String,
    name_skeleton: String,
    email: Option<&'a str>,
    email_key: Option<String>,
    status: &'static str,
    password_hash: &'a str,
    password_version: i64,
}

/// One role of one user.
#[derive(Insertable)]
#[diesel(table_name = user_roles)]
pub(crate) struct RoleValues<'a> {
    user_id: i64,
    name: &'a str,
}

/// One session's row.
#[derive(PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(crate) struct SessionRow {
    pub(crate) key: String,
    pub(crate) user_id: i64,
    pub(crate) last_active: i64,
    pub(crate) id: i64,
    pub(crate) begin_time: i64,
    pub(crate) address: Option<String>,
}

impl<'a> UserValues<'a> {
    /// The values of a new user.
    pub(crate) fn of_new(account: &'a NewAccount) -> Self {
        let NewAccount { create_time, name, email, roles: _, password_hash, name_rule: _ } =
            account;
        let shown = (name, email.as_ref());
        let password = (password_hash, PasswordVersion::default());
        Self::new(Version(0), *create_time, shown, Status::Enabled, password)
    }

    /// The values of an existing user.
    pub(crate) fn of(account: &'a Account) -> Self {
        let Account { user, password_hash, password_version } = account;
        let User { id: _, version, create_time, name, email, status, roles: _ } = user;
        let password = (password_hash, *password_version);
        Self::new(*version, *create_time, (name, email.as_ref()), *status, password)
    }

    fn new(
        version: Version,
        create_time: Timestamp,
        (name, email): (&'a Username, Option<&'a Email>),
        status: Status,
        (password_hash, password_version): (&'a PasswordHash, PasswordVersion),
    ) -> Self {
        Self {
            version: version.0,
            create_time: create_time.as_second(),
            name: name.as_str(),
            name_key: name.key().as_str().to_owned(),
            name_skeleton: NameSkeleton::of(name).as_str().to_owned(),
            email: email.map(Email::as_str),
            email_key: email.map(|email| email.key().as_str().to_owned()),
            status: status.as_str(),
            password_hash: password_hash.as_str(),
            password_version: password_version.0,
        }
    }
}

/// The rows of a user's roles.
pub(crate) fn role_values(UserId(user_id): UserId, roles: &Roles) -> Vec<RoleValues<'_>> {
    roles.iter().map(|role| RoleValues { user_id, name: role.as_str() }).collect()
}

/// Gathers the accounts from rows in which all rows with one key are adjacent.
pub(crate) fn accounts<K: PartialEq>(
    rows: Vec<KeyedRow<K>>,
) -> Result<Vec<(K, Account)>, StoreError> {
    let mut accounts: Vec<(K, Account)> = Vec::new();
    for (key, row, role) in rows {
        if accounts.last().is_none_or(|(last, _)| *last != key) {
            accounts.push((key, account(row)?));
        }
        if let (Some((_, account)), Some(role)) = (accounts.last_mut(), role) {
            account.user.roles.insert(RoleName::from_store(role));
        }
    }
    Ok(accounts)
}

fn account(row: UserRow) -> Result<Account, StoreError> {
    let UserRow { shown, password_hash, password_version } = row;
    Ok(Account {
        user: user(shown)?,
        password_hash: PasswordHash::from_store(password_hash),
        password_version: PasswordVersion(password_version),
    })
}

/// Converts a row to a user without roles, which have their own rows.
pub(crate) fn user(row: ShownRow) -> Result<User, StoreError> {
    let create_time = Timestamp::from_second(row.create_time).map_err(|error| damaged(&error))?;
    let status = match row.status.as_str() {
        "ENABLED" => Status::Enabled,
        "DISABLED" => Status::Disabled,
        _ => return Err(damaged("an unknown status")),
    };
    Ok(User {
        id: UserId(row.id),
        version: Version(row.version),
        create_time,
        name: Username::from_store(row.name),
        email: row.email.map(Email::from_store),
        status,
        roles: Roles::default(),
    })
}

/// Converts a row to a session.
pub(crate) fn session(row: &SessionRow) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId(row.id),
        key: SessionKey::of(&row.key),
        user_id: UserId(row.user_id),
        begin_time: time_of(row.begin_time)?,
        last_active: time_of(row.last_active)?,
        // An invalid address counts as none: the session works without it.
        address: row.address.as_ref().and_then(|address| address.parse().ok()),
    })
}

/// Converts a session's time, which is in seconds since 1970.
pub(crate) fn time_of(second: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(second).map_err(|error| damaged(&error))
}

fn damaged(what: &(impl std::fmt::Display + ?Sized)) -> StoreError {
    StoreError::Internal(format!("a damaged row: {what}").into())
}
