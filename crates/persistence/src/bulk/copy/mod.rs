//! Copying every user of one store into another one, on whichever backends.
//!
//! The source is read from one snapshot and never written. The target is written in one
//! transaction, which ends only after all that was written has been read back and is the same:
//! whatever goes wrong before, and wherever the process is killed, the target stays as empty as it
//! was.

pub(crate) mod contents;
mod entries;
mod id_sequence;
mod same_store;

use diesel::result::Error as DieselError;
use thiserror::Error;

use crate::{
    audit::link::link_inside,
    bulk::{
        copy::{
            contents::{Contents, ContentsHasher},
            id_sequence::{highest_id, raise_highest_id},
        },
        raw_users::{counts, has_users, has_users_of_any_release, insert, page_after},
    },
    engine::{
        Connection, bulk_transaction::Isolation, dedicated::DedicatedConnection, url::DatabaseUrl,
    },
    error::{Failure, open::OpenError},
    hash_cost::{hash_cost, highest, raise_hash_cost},
    migrations::Fit,
};

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The step in progress.
    pub step: Step,
    /// How many users it has been done with.
    pub done: usize,
    /// How many users there are.
    pub total: usize,
}

/// What a copy does, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reads the source and writes the target.
    Copying,
    /// Reads the target back.
    Verifying,
}

/// What the two stores hold after a copy. All but the highest id is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// What was read.
    pub source: Contents,
    /// What was written, as it reads back.
    pub target: Contents,
}

/// Why nothing was copied. Shown to the operator; never with anything out of a row.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The source could not be opened.
    #[error("{0}")]
    Source(OpenError),
    /// The target could not be opened.
    #[error("{0}")]
    Target(OpenError),
    /// The source and the target are one store.
    #[error("the target is the source; give another store")]
    SameStore,
    /// There are users in the target, or its audit log tells of some.
    #[error("the target has users already, or had some; give a store that has none")]
    NotEmpty,
    /// The source could not be read.
    #[error("the source can't be read: {0}")]
    Read(Box<dyn std::error::Error + Send + Sync>),
    /// The target could not be written.
    #[error("the target can't be written, and was left without users: {0}")]
    Write(Box<dyn std::error::Error + Send + Sync>),
    /// What was read is not all that the source said it has.
    #[error(
        "the source gave {} users and {} roles of the {users} and {roles} that it has",
        .read.users, .read.roles
    )]
    Incomplete {
        /// How many users it has.
        users: usize,
        /// How many roles they have.
        roles: usize,
        /// What was read of them.
        read: Box<Contents>,
    },
    /// What was written reads back as something else.
    #[error(
        "the target reads back as {}, not as {}, and was left without users",
        .0.target, .0.source
    )]
    Different(Box<Copied>),
    /// The connection broke while the transaction ended.
    #[error("the connection broke at the very end; the target has all users or none: {0}")]
    Commit(Box<dyn std::error::Error + Send + Sync>),
}

/// Copies every user with all columns and roles, and the audit log, from the store at `from` to the
/// one at `to`. The source must exist and be of this release. The target is made if it does not
/// exist, and must have no users. It never gives an id that the source has given. Sessions are not
/// copied.
///
/// # Errors
/// [`CopyError`]; the source is never changed, and the target has no users then.
pub fn copy(
    from: &DatabaseUrl,
    to: &DatabaseUrl,
    mut progress: impl FnMut(Progress),
) -> Result<Copied, CopyError> {
    if same_store::is_one(from, to) {
        return Err(CopyError::SameStore);
    }
    entries::link(from);
    let snapshot = Some(Isolation::Snapshot);
    let source = DedicatedConnection::open_store(from, Fit::Current, snapshot);
    let source = source.map_err(CopyError::Source)?;
    let mut target = DedicatedConnection::open_target(to).map_err(CopyError::Target)?;
    if has_users_of_any_release(&mut target.borrow()).map_err(write)? {
        return Err(CopyError::NotEmpty);
    }
    target.migrate().map_err(CopyError::Target)?;
    let target = &mut target.borrow();
    target.begin(Isolation::Exclusive).map_err(write)?;
    if has_users(target).map_err(write)? || entries::exist(target).map_err(write)? {
        return Err(CopyError::NotEmpty);
    }
    let source = transfer(source, target, &mut progress)?;
    verify(target, source, &mut progress)
}

/// Writes everything that the source has. The source is let go of before the target is verified.
fn transfer(
    mut source: DedicatedConnection,
    target: &mut Connection<'_>,
    progress: &mut impl FnMut(Progress),
) -> Result<Contents, CopyError> {
    let source = &mut source.borrow();
    let (total, roles) = counts(source).map_err(read)?;
    let mut tally = ContentsHasher::default();
    let mut cost = hash_cost(source).map_err(read)?;
    while let Some(page) = page_after(source, tally.last_id()).map_err(read)? {
        insert(target, &page).map_err(write)?;
        tally.add(&page);
        let hashes = page.users.iter().map(|user| user.account.password_hash.as_str());
        cost = cost.max(highest(hashes));
        progress(Progress { step: Step::Copying, done: tally.users(), total });
    }
    entries::read(source, &mut tally, |rows| entries::insert(target, rows)).map_err(unfinished)?;
    entries::continue_chain(source, target).map_err(unfinished)?;
    let contents = tally.finish(highest_id(source).map_err(read)?);
    if (contents.users, contents.roles) != (total, roles) {
        return Err(CopyError::Incomplete { users: total, roles, read: Box::new(contents) });
    }
    raise_highest_id(target, contents.highest_id).map_err(write)?;
    if let Some(cost) = cost {
        raise_hash_cost(target, cost).map_err(write)?;
    }
    Ok(contents)
}

/// Reads the target back and, if it is what the `source` is, keeps it.
fn verify(
    target: &mut Connection<'_>,
    source: Contents,
    progress: &mut impl FnMut(Progress),
) -> Result<Copied, CopyError> {
    let mut tally = ContentsHasher::default();
    while let Some(page) = page_after(target, tally.last_id()).map_err(write)? {
        tally.add(&page);
        progress(Progress { step: Step::Verifying, done: tally.users(), total: source.users });
    }
    entries::read(target, &mut tally, |_| Ok(())).map_err(unfinished)?;
    let highest_id = highest_id(target).map_err(write)?;
    let copied = Copied { source, target: tally.finish(highest_id) };
    if !copied.target.continues(&copied.source) {
        return Err(CopyError::Different(Box::new(copied)));
    }
    // The source may have had entries without a number, and its role no right to give them one.
    link_inside(target).map_err(unfinished)?;
    target.commit().map_err(|error| CopyError::Commit(Box::new(error)))?;
    // All is there by now, whether this fails or not.
    let _ = target.tidy_up();
    Ok(copied)
}

fn unfinished(failure: Failure) -> CopyError {
    CopyError::Write(Box::new(failure.into_store_error()))
}

fn read(error: DieselError) -> CopyError {
    CopyError::Read(Box::new(error))
}

fn write(error: DieselError) -> CopyError {
    CopyError::Write(Box::new(error))
}
