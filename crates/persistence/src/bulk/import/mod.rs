//! Adds many users at once, each with its roles and hash.
//!
//! Users are written in batches, by statements that skip conflicting rows. Only the skipped ones
//! are looked up afterwards. A user that exists with the same values is unchanged; one that an
//! earlier line added is reported with the number of that line.

mod add;
mod conflicts;
mod id_ranges;
mod line_numbers;
mod scratch;

use jiff::Timestamp;
use rollcall_domain::{
    Account, Differences, HashCost, ImportedUser, UniqueField, Username, audit::Event,
};
use thiserror::Error;

use crate::{
    audit::record,
    engine::{dedicated::Database, url::DatabaseUrl},
    error::{Failure, open::OpenError},
    hash_cost::{hash_cost, highest, raise_hash_cost},
    recheck::CheckedActor,
};
use id_ranges::IdRanges;
use line_numbers::LineNumbers;

/// A user to add, and the number of its line in the file.
pub type ImportedLine = (u64, ImportedUser);

/// The outcome of adding one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The user was added, or would be.
    Added,
    /// The user exists with the same values.
    RowCache,
    /// The user was not added.
    Refused(Conflict),
}

/// Why a user was not added.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Conflict {
    /// Another line of the same file has the same name or address.
    #[error("the {} is that of line {line} too", .field.as_str())]
    Repeated {
        /// The field in which both are the same.
        field: UniqueField,
        /// The number of the other line.
        line: u64,
    },
    /// A user of this name exists, with other values.
    #[error("the name is taken by a user with another {0}")]
    Differs(Differences),
    /// A user of another name has the same address.
    #[error("the email is taken")]
    EmailTaken,
    /// A conflicting user existed a moment ago.
    #[error("a user of this name or email was changed meanwhile; import it again")]
    Meanwhile,
}

/// Why the import stopped. Shown to the operator; contains nothing of any row.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The store cannot be read or written.
    #[error("{0}")]
    Store(Box<dyn std::error::Error + Send + Sync>),
    /// A row of the store is not as this release writes it.
    #[error(transparent)]
    Damaged(#[from] rollcall_domain::StoreError),
}

impl From<diesel::result::Error> for ImportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<Failure> for ImportError {
    fn from(failure: Failure) -> Self {
        Self::Store(Box::new(failure.into_store_error()))
    }
}

/// A store that users are added to, or a rehearsal of adding them.
pub struct Importer {
    /// None if a rehearsal finds no store, which counts as one without users.
    store: Option<Database>,
    /// The temporary store that a rehearsal adds the users to.
    scratch: Option<Database>,
    lines: LineNumbers,
    /// The users added since the last commit.
    added: IdRanges,
    /// The highest cost of their hashes.
    cost: Option<HashCost>,
    /// The creation time of users that bring none.
    now: i64,
}

impl Importer {
    /// Opens the store, and creates the file if there is none.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let mut store = Database::open_target(url)?;
        store.migrate()?;
        let prepared = store.prepare_for_many();
        prepared.map_err(|error| OpenError::opening(url, Box::new(error)))?;
        Ok(Self::new(Some(store), None))
    }

    /// Opens the store, if there is one, to find out what adding users to it would do. The store is
    /// neither written nor locked.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn rehearse(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let connecting = |error| OpenError::opening(url, Box::new(error));
        let store = match Database::open_store(url) {
            Err(OpenError::Missing(_)) => None,
            opened => Some(opened?),
        };
        let mut importer = Self::new(store, Some(Database::open_scratch()?));
        if let Some(store) = &mut importer.store {
            match store.require_usable().map_err(connecting)? {
                Err(OpenError::NoStore) => importer.store = None,
                outcome => outcome?,
            }
        }
        Ok(importer)
    }

    fn new(store: Option<Database>, scratch: Option<Database>) -> Self {
        let now = Timestamp::now().as_second();
        Self {
            store,
            scratch,
            lines: LineNumbers::default(),
            added: IdRanges::default(),
            cost: None,
            now,
        }
    }

    /// The highest cost that any password hash in the store has had; none without hashes.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails.
    pub fn hash_cost(&mut self) -> Result<Option<HashCost>, ImportError> {
        match &mut self.store {
            Some(store) => Ok(hash_cost(&mut store.connection())?),
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
            Some(store) if !names.is_empty() => store.accounts_named(keys),
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
            (Some(store), None) => Ok(store.begin_adding()?),
            _ => Ok(()),
        }
    }

    /// Adds users and returns the outcome of each, in order.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails.
    pub fn add(&mut self, users: &[ImportedLine]) -> Result<Vec<Outcome>, ImportError> {
        let Self { store, scratch, lines, added, cost, now } = self;
        match (store, scratch) {
            (store, Some(scratch)) => rehearse(store.as_mut(), scratch, lines, users, *now),
            (Some(store), None) => {
                let outcomes = store.add(users, lines, added, *now)?;
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
        if let Some(cost) = self.cost.take() {
            raise_hash_cost(&mut store.connection(), cost)?;
        }
        let added = std::mem::take(&mut self.added);
        if added.count > 0 {
            let event = Event::imported(added.count, added.to_string());
            record(&mut store.connection(), &CheckedActor::operator(), event)?;
        }
        Ok(store.commit()?)
    }

    /// Tidies the store up after many users were added, so that it is fast again.
    pub fn finish(self) {
        if let (Some(mut store), None) = (self.store, self.scratch) {
            // Everything is committed; the database makes up for a failure here by itself.
            let _ = store.analyze();
            let _ = store.empty_log();
        }
    }
}

/// The highest cost of the hashes that were added.
fn cost_of_added(users: &[ImportedLine], outcomes: &[Outcome]) -> Option<HashCost> {
    let added = users.iter().zip(outcomes).filter(|(_, outcome)| **outcome == Outcome::Added);
    highest(added.map(|((_, user), _)| user.password_hash.as_str()))
}

/// What would become of `users`: those that conflict with none in the store are added to the
/// scratch store, which finds their conflicts with each other.
fn rehearse(
    store: Option<&mut Database>,
    scratch: &mut Database,
    lines: &mut LineNumbers,
    users: &[ImportedLine],
    now: i64,
) -> Result<Vec<Outcome>, ImportError> {
    let mut outcomes = match store {
        Some(store) => store.compare(users)?,
        None => vec![Outcome::Added; users.len()],
    };
    let is_refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
    let passed = users.iter().zip(&outcomes).filter(|(_, outcome)| !is_refused(outcome));
    let passed: Vec<_> = passed.map(|(user, _)| user.clone()).collect();
    let among_themselves = scratch.add(&passed, lines, &mut IdRanges::default(), now)?;
    let open = outcomes.iter_mut().filter(|outcome| !is_refused(outcome));
    for (outcome, refusal) in open.zip(among_themselves) {
        if is_refused(&refusal) {
            *outcome = refusal;
        }
    }
    Ok(outcomes)
}
