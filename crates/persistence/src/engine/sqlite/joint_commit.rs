//! One transaction of several writes, and what it leaves of the cached rows.

use diesel::{SqliteConnection, result::Error as DieselError};
use rollcall_domain::UserId;

use crate::engine::sqlite::{
    queued_write::{Job, TransactionEnd},
    row_cache::WalVersionReader,
    wal_index::WalVersion,
};

/// How much a write undoes if it fails beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undo {
    /// The transaction, with the other writes.
    Transaction,
    /// What the write has changed, by a savepoint.
    Savepoint,
}

/// Why writes were not committed together.
#[derive(Debug)]
pub(super) enum Undone {
    /// The transaction could not begin.
    Locked(String),
    /// A write or the commit failed.
    Failed,
}

/// Does all in one transaction, or nothing.
pub(super) fn commit_together(
    batch: &mut [Box<dyn Job>],
    connection: &mut SqliteConnection,
    states: Option<&WalVersionReader>,
    end: TransactionEnd,
    undo: Undo,
) -> Result<(), Undone> {
    let (mut has_begun, mut before) = (false, None);
    let outcome = connection.immediate_transaction(|connection| {
        has_begun = true;
        // Nothing else can be committed from here on.
        before = states.and_then(WalVersionReader::version);
        batch.iter_mut().try_for_each(|write| write.attempt(connection, undo))?;
        end(connection).map_err(|_| DieselError::RollbackTransaction)
    });
    match outcome {
        Ok(()) => {
            note_commit(states, before, batch.iter().map(|write| write.user()).collect());
            Ok(())
        }
        Err(_) if has_begun => Err(Undone::Failed),
        Err(error) => Err(Undone::Locked(error.to_string())),
    }
}

/// Keeps the cached rows of other users, if only rows of known users were changed.
pub(super) fn note_commit(
    states: Option<&WalVersionReader>,
    before: Option<WalVersion>,
    users: Option<Vec<UserId>>,
) {
    if let (Some(states), Some(before), Some(users)) = (states, before, users)
        && let Some(after) = states.version()
    {
        states.own_commits().add(before, after, users);
    }
}
