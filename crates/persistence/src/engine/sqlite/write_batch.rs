//! Writes that waited together. If one of them fails, each is done again in a savepoint of its own,
//! which copies every page that it changes.

use diesel::SqliteConnection;

use crate::engine::sqlite::{
    joint_commit::{Undo, Undone, commit_together},
    queued_write::{Job, TransactionEnd},
    row_cache::WalVersionReader,
};

/// Does all of them, in as few transactions as possible, and answers their callers.
pub(super) fn serve(
    mut batch: Vec<Box<dyn Job>>,
    connection: &mut SqliteConnection,
    states: Option<&WalVersionReader>,
    end: TransactionEnd,
) {
    if let [write] = &mut batch[..] {
        // No other write waits behind it.
        let _ = write.run_in_own_transaction(connection, states, end);
    } else if !batch.is_empty() {
        let mut together = |undo| commit_together(&mut batch, connection, states, end, undo);
        let outcome = together(Undo::Transaction).or_else(|undone| match undone {
            Undone::Failed => together(Undo::Savepoint),
            Undone::Locked(_) => Err(undone),
        });
        match outcome {
            Ok(()) => {}
            // One failed write must not fail the others.
            Err(Undone::Failed) => run_each_alone(&mut batch, connection, states, end),
            Err(Undone::Locked(reason)) => {
                for write in &mut batch {
                    write.refuse(&reason);
                }
            }
        }
    }
    batch.into_iter().for_each(Job::answer);
}

fn run_each_alone(
    batch: &mut [Box<dyn Job>],
    connection: &mut SqliteConnection,
    states: Option<&WalVersionReader>,
    end: TransactionEnd,
) {
    let mut locked = None;
    for write in batch {
        match &locked {
            None => locked = write.run_in_own_transaction(connection, states, end).err(),
            // Each would wait for the lock as long as the one before has.
            Some(reason) => write.refuse(reason),
        }
    }
}
