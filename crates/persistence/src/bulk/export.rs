//! Reading every user of a store as they are at one moment, a page at a time.

use rollcall_domain::{Account, StoreError};

use crate::{
    bulk::raw_users::{self, Page},
    engine::{
        bulk_transaction::Isolation, dedicated::DedicatedConnection, presence::explain,
        url::DatabaseUrl,
    },
    error::open::OpenError,
    migrations::Fit,
    rows::user::UserRow,
};

/// A store of which every user is read.
pub struct Exporter {
    store: DedicatedConnection,
    total: usize,
    last_id: Option<i64>,
}

impl Exporter {
    /// Opens the store, a file for reading only. From here on, all reads see this moment.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let snapshot = Some(Isolation::Snapshot);
        let mut store = DedicatedConnection::open_store(url, Fit::Usable, snapshot)?;
        let connection = &mut store.borrow();
        let counts = connection.wait_for_receiver().and_then(|()| raw_users::counts(connection));
        let (total, _) = counts.map_err(|error| explain(url, error.into()))?;
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
        let page = raw_users::page_after(&mut self.store.borrow(), self.last_id);
        let page = page.map_err(|error| StoreError::Internal(Box::new(error)))?;
        let Some(Page { users, mut roles }) = page else { return Ok(None) };
        self.last_id = users.last().map(UserRow::id);
        let accounts = users.into_iter().map(|row| {
            let roles = roles.take(row.id());
            row.account.account(roles)
        });
        accounts.collect::<Result<_, _>>().map(Some)
    }
}
