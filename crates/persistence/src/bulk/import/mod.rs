//! Adds many users at once, each with its roles and hash.
//!
//! Users are written in batches, by statements that skip conflicting rows. Only the skipped ones
//! are looked up afterwards. A user that exists with the same values is unchanged; one that an
//! earlier line added is reported with the number of that line.

mod add;
mod conflicts;
mod id_ranges;
mod index_rebuild;
mod line_numbers;
mod outcome;
mod page_cache;
mod rehearsal;

use diesel::{SqliteConnection, connection::SimpleConnection, result::QueryResult};
use jiff::Timestamp;
use rollcall_domain::{Account, HashCost, NewUser, Username, audit::Event};

use crate::{
    audit::{
        link::{link_committed, link_on_sqlite},
        record,
    },
    engine::{
        Connection, bulk_transaction::Isolation, dedicated::DedicatedConnection, presence::explain,
        url::DatabaseUrl,
    },
    error::open::OpenError,
    hash_cost::{hash_cost, highest, raise_hash_cost},
    look_ups::find_named,
    migrations::Fit,
    recheck::CheckedActor,
};
use add::add;
use id_ranges::IdRanges;
use index_rebuild::IndexRebuild;
use line_numbers::LineNumbers;
pub use outcome::{Conflict, ImportError, Outcome};
use rehearsal::{open_scratch, rehearse};

/// How long an import waits for other writers of a SQLite file.
const PATIENCE: &str = "PRAGMA busy_timeout = 60000";

/// A user to add, and the number of its line in the file.
pub type ImportedLine = (u64, NewUser);

/// A store that users are added to, or a rehearsal of adding them.
pub struct Importer {
    /// None if a rehearsal finds no store, which counts as one without users.
    store: Option<DedicatedConnection>,
    /// The temporary store that a rehearsal adds the users to.
    scratch: Option<DedicatedConnection>,
    lines: LineNumbers,
    /// The users added since the last commit.
    added: IdRanges,
    /// The highest cost of their hashes.
    cost: Option<HashCost>,
    /// The indexes to make before the commit.
    indexes: IndexRebuild,
    /// The creation time of users that bring none.
    now: Timestamp,
}

impl Importer {
    /// Opens the store, and creates the file if there is none.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let mut store = DedicatedConnection::open_target(url)?;
        store.migrate()?;
        let prepared = match store.borrow() {
            Connection::Sqlite(inside) => prepare(inside),
            Connection::Postgres(_) => Ok(()),
        };
        prepared.map_err(|error| explain(url, error.into()))?;
        Ok(Self::new(Some(store), None))
    }

    /// Opens the store, if there is one, to find out what adding users to it would do. The store is
    /// neither written nor locked.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn rehearse(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let store = match DedicatedConnection::open_store(url, Fit::Usable, None) {
            Err(OpenError::Missing(_) | OpenError::NoStore) => None,
            opened => Some(opened?),
        };
        Ok(Self::new(store, Some(open_scratch()?)))
    }

    fn new(store: Option<DedicatedConnection>, scratch: Option<DedicatedConnection>) -> Self {
        let now = Timestamp::now();
        Self {
            store,
            scratch,
            lines: LineNumbers::default(),
            added: IdRanges::default(),
            cost: None,
            indexes: IndexRebuild::default(),
            now,
        }
    }

    /// The highest cost that any password hash in the store has had; none without hashes.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails.
    pub fn hash_cost(&mut self) -> Result<Option<HashCost>, ImportError> {
        match &mut self.store {
            Some(store) => Ok(hash_cost(&mut store.borrow())?),
            None => Ok(None),
        }
    }

    /// The existing accounts that have these names.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails.
    pub fn named(&mut self, names: &[&Username]) -> Result<Vec<Account>, ImportError> {
        let keys = names.iter().map(|name| name.key().as_str().to_owned()).collect();
        match &mut self.store {
            Some(store) if !names.is_empty() => Ok(find_named(&mut store.borrow(), keys)?),
            _ => Ok(Vec::new()),
        }
    }

    /// Begins a transaction: [`Importer::commit`] keeps everything that it adds, or nothing is
    /// kept.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails, or another process has locked it.
    pub fn begin(&mut self) -> Result<(), ImportError> {
        match (&mut self.store, &self.scratch) {
            (Some(store), None) => Ok(store.borrow().begin(Isolation::Shared)?),
            _ => Ok(()),
        }
    }

    /// Does the same for a transaction that adds up to so many users.
    ///
    /// # Errors
    /// As [`Importer::begin`].
    pub fn begin_for(&mut self, users: u64) -> Result<(), ImportError> {
        self.begin()?;
        if let (Some(DedicatedConnection::Sqlite(inside)), None) = (&mut self.store, &self.scratch)
        {
            page_cache::set_for(inside, users)?;
            self.indexes = IndexRebuild::begin(inside, users)?;
        }
        Ok(())
    }

    /// Adds users and returns the outcome of each, in order.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails.
    pub fn add(&mut self, users: &[ImportedLine]) -> Result<Vec<Outcome>, ImportError> {
        let Self { store, scratch, lines, added, cost, indexes: _, now } = self;
        match (store, scratch) {
            (store, Some(scratch)) => rehearse(store.as_mut(), scratch, lines, users, *now),
            (Some(store), None) => {
                let outcomes = add(&mut store.borrow(), users, lines, added, *now)?;
                *cost = (*cost).max(cost_of_added(users, &outcomes));
                Ok(outcomes)
            }
            (None, None) => Ok(Vec::new()),
        }
    }

    /// Commits what was added since [`Importer::begin`], with an entry in the audit log.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails. Nothing was added then, unless the connection broke
    /// during the commit itself.
    pub fn commit(&mut self) -> Result<(), ImportError> {
        let (Some(store), None) = (&mut self.store, &self.scratch) else { return Ok(()) };
        let connection = &mut store.borrow();
        if let Some(cost) = self.cost.take() {
            raise_hash_cost(connection, cost)?;
        }
        let added = std::mem::take(&mut self.added);
        if added.count > 0 {
            let event = Event::imported(added.count, added.to_string());
            record(connection, &CheckedActor::operator(), event)?;
        }
        if let Connection::Sqlite(inside) = connection {
            std::mem::take(&mut self.indexes).end(inside)?;
            link_on_sqlite(inside)?;
        }
        Ok(connection.commit()?)
    }

    /// Tidies the store up after many users were added, so that it is fast again.
    pub fn finish(self) {
        if let (Some(mut store), None) = (self.store, self.scratch) {
            // All is committed, whether this fails or not.
            let _ = link_committed(&mut store.borrow());
            let _ = store.borrow().tidy_up();
        }
    }
}

/// Waits longer for other writers than a request does, since no client waits, and caches more.
fn prepare(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute(PATIENCE)?;
    page_cache::set_for(connection, 0)
}

/// The highest cost of the hashes that were added.
fn cost_of_added(users: &[ImportedLine], outcomes: &[Outcome]) -> Option<HashCost> {
    let added = users.iter().zip(outcomes).filter(|(_, outcome)| **outcome == Outcome::Added);
    highest(added.map(|((_, user), _)| user.password.as_str()))
}
