//! Adding many users at once, each with all that it brings along.
//!
//! Users are written a batch at a time by statements that leave out who collides with somebody. Only
//! those are looked up then: whoever is there already with the same values is no news, and whoever was
//! added by an earlier line of the same file is told by that line.

mod conflicts;
mod ids;
mod insert;
mod lines;
mod scratch;

use jiff::Timestamp;
use rollcall_domain::{
    Account, Differences, HashCost, ImportedUser, UniqueField, Username, audit::Event,
};
use thiserror::Error;

use crate::{
    DatabaseUrl, OpenError,
    audit::record,
    copy::Database,
    error::Failure,
    hash_cost::{hash_cost, highest, raise_hash_cost},
    recheck::CheckedBy,
};
use ids::Ids;
use lines::Lines;

/// A user to be added, and the line of a file that it stands in.
pub type ImportedLine = (u64, ImportedUser);

/// What became of a user that was to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is there now, or would be.
    Added,
    /// It was there before with all the same values.
    Unchanged,
    /// It is not there.
    Refused(Conflict),
}

/// Who is in the way of a user that was to be added.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Conflict {
    /// Another line of the same file.
    #[error("the {} is that of line {line} too", .field.as_str())]
    Repeated {
        /// What both have.
        field: UniqueField,
        /// The other line.
        line: u64,
    },
    /// A user of this name, who has something else that is not the same.
    #[error("the name is taken by a user with another {0}")]
    Differs(Differences),
    /// A user of another name with the same address.
    #[error("the email is taken")]
    EmailTaken,
    /// Somebody who was there a moment ago.
    #[error("somebody changed a user of this name or email meanwhile: import it again")]
    Meanwhile,
}

/// Why nothing more could be imported. Shown to the operator; never with anything out of a row.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The store can't be read or written.
    #[error("{0}")]
    Store(Box<dyn std::error::Error + Send + Sync>),
    /// A row of the store is not as this release writes them.
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

/// A store that users are added to, or a rehearsal of that.
pub struct Importer {
    /// None where a rehearsal finds no store: that is one without users.
    store: Option<Database>,
    /// What a rehearsal adds the users to.
    scratch: Option<Database>,
    lines: Lines,
    /// Who was added since the last commit.
    added: Ids,
    /// The highest cost of their hashes.
    cost: Option<HashCost>,
    /// When those are made who don't say when.
    now: i64,
}

impl Importer {
    /// Opens the store, and makes the file where there is none.
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

    /// Opens the store, if there is one, to say what would become of users that were added to it. It is
    /// not written to, and not locked.
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
        Self { store, scratch, lines: Lines::default(), added: Ids::default(), cost: None, now }
    }

    /// The highest cost that any password hash in the store has had; none if there was none.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails.
    pub fn hash_cost(&mut self) -> Result<Option<HashCost>, ImportError> {
        match &mut self.store {
            Some(store) => Ok(hash_cost(&mut store.connection())?),
            None => Ok(None),
        }
    }

    /// The accounts that have these names now.
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

    /// From here on, what is added is kept together with [`Importer::commit`], or not at all.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails, or somebody else has it for themselves.
    pub fn begin(&mut self) -> Result<(), ImportError> {
        match (&mut self.store, &self.scratch) {
            (Some(store), None) => Ok(store.begin_adding()?),
            _ => Ok(()),
        }
    }

    /// Adds users, and says of each what became of it.
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

    /// Keeps what was added since [`Importer::begin`], with an entry in the audit log.
    ///
    /// # Errors
    /// [`ImportError`] when the store fails; what was added is not there then, unless the connection
    /// broke at the very end.
    pub fn commit(&mut self) -> Result<(), ImportError> {
        let (Some(store), None) = (&mut self.store, &self.scratch) else { return Ok(()) };
        if let Some(cost) = self.cost.take() {
            raise_hash_cost(&mut store.connection(), cost)?;
        }
        let added = std::mem::take(&mut self.added);
        if added.count > 0 {
            let event = Event::imported(added.count, added.to_string());
            record(&mut store.connection(), &CheckedBy::operator(), event)?;
        }
        Ok(store.commit()?)
    }

    /// Leaves the store as it serves best after many users were added.
    pub fn finish(self) {
        if let (Some(mut store), None) = (self.store, self.scratch) {
            // Everything is there already; whatever is left undone here comes by itself.
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

/// What would become of `users`: those whom nothing in the store is in the way of are added to the
/// scratch store, which knows who is in the way of each other.
fn rehearse(
    store: Option<&mut Database>,
    scratch: &mut Database,
    lines: &mut Lines,
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
    let among_themselves = scratch.add(&passed, lines, &mut Ids::default(), now)?;
    let open = outcomes.iter_mut().filter(|outcome| !is_refused(outcome));
    for (outcome, refusal) in open.zip(among_themselves) {
        if is_refused(&refusal) {
            *outcome = refusal;
        }
    }
    Ok(outcomes)
}
