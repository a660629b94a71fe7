//! A write that waits for the thread that writes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use diesel::{Connection, SqliteConnection, result::Error as DieselError};
use rollcall_domain::{StoreError, UserId};

use crate::{
    engine::sqlite::{
        joint_commit::{Undo, note_commit},
        row_cache::WalVersionReader,
        unfinished_write::Answer,
    },
    error::{Failure, is_harmless, messages::is_conflict},
};

/// Ends each transaction, after its writes.
pub(crate) type TransactionEnd = fn(&mut SqliteConnection) -> Result<(), Failure>;

/// A queued write of any result type.
pub(super) trait Job: Send {
    /// Takes it out of the queue. False if its caller no longer waits.
    fn claim(&self) -> bool;

    /// The one user whose rows it may change; none if it may change others.
    fn user(&self) -> Option<UserId>;

    /// Does it within the open transaction. An error ends that transaction.
    fn attempt(&mut self, connection: &mut SqliteConnection, undo: Undo)
    -> Result<(), DieselError>;

    /// Does it in a transaction of its own. An error if another process had the lock for too long.
    fn run_in_own_transaction(
        &mut self,
        connection: &mut SqliteConnection,
        states: Option<&WalVersionReader>,
        end: TransactionEnd,
    ) -> Result<(), String>;

    /// Refuses it, because there is no transaction.
    fn refuse(&mut self, reason: &str);

    /// Sends the outcome to the caller.
    fn answer(self: Box<Self>);
}

/// A write, and what came of it.
pub(super) struct QueuedWrite<T, W> {
    work: W,
    user: Option<UserId>,
    is_claimed: Arc<AtomicBool>,
    outcome: Option<Result<T, Failure>>,
    answer: Answer<T>,
}

impl<T, W> QueuedWrite<T, W> {
    /// A write that waits until the flag is set: by its thread to do it, or by its caller to give
    /// up.
    pub(super) fn new(
        work: W,
        user: Option<UserId>,
        is_claimed: Arc<AtomicBool>,
        answer: Answer<T>,
    ) -> Self {
        Self { work, user, is_claimed, outcome: None, answer }
    }
}

impl<T, W> Job for QueuedWrite<T, W>
where
    T: Send,
    W: Fn(&mut SqliteConnection) -> Result<T, Failure> + Send,
{
    fn claim(&self) -> bool {
        !self.is_claimed.swap(true, Ordering::AcqRel)
    }

    fn user(&self) -> Option<UserId> {
        self.user
    }

    fn attempt(
        &mut self,
        connection: &mut SqliteConnection,
        undo: Undo,
    ) -> Result<(), DieselError> {
        let outcome = match undo {
            Undo::Transaction => (self.work)(connection),
            Undo::Savepoint => connection.transaction(&self.work),
        };
        let is_lost = match &outcome {
            Ok(_) | Err(Failure::Unchanged(_)) => false,
            Err(_) if undo == Undo::Transaction => true,
            Err(Failure::Refused(_)) => false,
            Err(Failure::Query(error)) => !is_harmless(error),
        };
        self.outcome = Some(outcome);
        if is_lost { Err(DieselError::RollbackTransaction) } else { Ok(()) }
    }

    fn run_in_own_transaction(
        &mut self,
        connection: &mut SqliteConnection,
        states: Option<&WalVersionReader>,
        end: TransactionEnd,
    ) -> Result<(), String> {
        let mut before = None;
        let outcome = connection.immediate_transaction(|connection| {
            before = states.and_then(WalVersionReader::version);
            let value = (self.work)(connection)?;
            end(connection)?;
            Ok(value)
        });
        if outcome.is_ok() {
            note_commit(states, before, self.user.map(|user| vec![user]));
        }
        let locked = match &outcome {
            Err(Failure::Query(error)) if is_conflict(error) => Err(error.to_string()),
            _ => Ok(()),
        };
        self.outcome = Some(outcome);
        locked
    }

    fn refuse(&mut self, reason: &str) {
        let reason = reason.to_owned().into();
        self.outcome = Some(Err(StoreError::Unavailable(reason).into()));
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            self.answer.send(outcome);
        }
    }
}
