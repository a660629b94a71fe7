//! Reading every user of a store as they are at one moment, a page at a time.

use diesel::{connection::SimpleConnection, result::Error as DieselError};
use jiff::Timestamp;
use rollcall_domain::{
    Account, Email, PasswordHash, PasswordVersion, RoleName, Roles, Status, StoreError, User,
    UserId, Username, Version,
};

use crate::{
    bulk::raw_users::{Page, RawUser},
    engine::{dedicated::Database, presence::explain_absence, url::DatabaseUrl},
    error::open::OpenError,
};

/// The receiver may be slow, and a reader blocks no writer.
const POSTGRES_SETTINGS: &str = "SET LOCAL idle_in_transaction_session_timeout = 0";

/// A store of which every user is read.
pub struct Exporter {
    store: Database,
    total: usize,
    last_id: Option<i64>,
}

impl Exporter {
    /// Opens the store, a file for reading only. From here on, all reads see this moment.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let connecting = |error: DieselError| OpenError::opening(url, Box::new(error));
        let mut store = Database::open_store(url)?;
        store.begin_reading().map_err(connecting)?;
        if let Database::Postgres(connection) = &mut store {
            connection.batch_execute(POSTGRES_SETTINGS).map_err(connecting)?;
        }
        let usable = store.require_usable().map_err(connecting)?;
        usable.map_err(|error| explain_absence(url, error))?;
        let (total, _) = store.counts().map_err(connecting)?;
        Ok(Self { store, total, last_id: None })
    }

    /// How many users there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// The next users in the order of their ids; none at the end.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn next_page(&mut self) -> Result<Option<Vec<Account>>, StoreError> {
        let page = self.store.page_after(self.last_id);
        let Some(page) = page.map_err(|error| StoreError::Internal(Box::new(error)))? else {
            return Ok(None);
        };
        self.last_id = page.users.last().map(|user| user.id);
        accounts(page).map(Some)
    }
}

fn accounts(Page { users, roles }: Page) -> Result<Vec<Account>, StoreError> {
    let mut roles = roles.into_iter().peekable();
    let account = |user: RawUser| {
        let mut account = account(user)?;
        let id = account.user.id.0;
        // Both are in the order of the users' ids.
        while let Some(role) = roles.next_if(|role| role.user_id == id) {
            account.user.roles.insert(RoleName::from_store(role.name));
        }
        Ok(account)
    };
    users.into_iter().map(account).collect()
}

fn account(user: RawUser) -> Result<Account, StoreError> {
    let id = user.id;
    let damaged = |what: &str| StoreError::Internal(format!("the user {id} has {what}").into());
    let RawUser { version, create_time, name, email, status, password_hash, .. } = user;
    let password_version = PasswordVersion(user.password_version);
    let create_time =
        Timestamp::from_second(create_time).map_err(|_| damaged("an impossible time"))?;
    let status = Status::parse(&status).ok_or_else(|| damaged("an unknown status"))?;
    Ok(Account {
        user: User {
            id: UserId(id),
            version: Version(version),
            create_time,
            name: Username::from_store(name),
            email: email.map(Email::from_store),
            status,
            roles: Roles::default(),
        },
        password_hash: PasswordHash::from_store(password_hash),
        password_version,
    })
}
