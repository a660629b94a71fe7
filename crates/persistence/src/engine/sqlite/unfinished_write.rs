//! A write in the queue, as its caller waits for it.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::SyncSender,
    },
    task::{Context, Poll, ready},
};

use futures_channel::oneshot;
use rollcall_domain::{PendingWrite, StoreError, WriteError};

use crate::{engine::counts::Counts, error::Failure};

/// Where the outcome of a write goes.
pub(super) enum Answer<T> {
    /// To a thread that waits for it.
    Blocked(SyncSender<Result<T, Failure>>),
    /// To an [`UnfinishedWrite`].
    Pending(oneshot::Sender<Result<T, Failure>>),
}

/// A write whose caller has no thread that waits.
pub(crate) struct UnfinishedWrite<T> {
    state: State<T>,
    counts: Arc<Counts>,
}

enum State<T> {
    Queued { is_claimed: Arc<AtomicBool>, answered: oneshot::Receiver<Result<T, Failure>> },
    Refused(Option<Failure>),
}

impl<T> Answer<T> {
    pub(super) fn send(self, outcome: Result<T, Failure>) {
        // The caller may have given up.
        match self {
            Self::Blocked(waiting) => drop(waiting.send(outcome)),
            Self::Pending(waiting) => drop(waiting.send(outcome)),
        }
    }
}

impl<T> UnfinishedWrite<T> {
    /// The write that was put in the queue, or was not.
    pub(super) fn new(
        pushed: Result<Arc<AtomicBool>, Failure>,
        answered: oneshot::Receiver<Result<T, Failure>>,
        counts: Arc<Counts>,
    ) -> Self {
        let state = match pushed {
            Ok(is_claimed) => State::Queued { is_claimed, answered },
            Err(failure) => State::Refused(Some(failure)),
        };
        Self { state, counts }
    }
}

impl<T> Future for UnfinishedWrite<T> {
    type Output = Result<T, WriteError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = match &mut self.state {
            State::Queued { answered, .. } => {
                let answer = ready!(Pin::new(answered).poll(context));
                answer.unwrap_or_else(|_| Err(broken_off()))
            }
            State::Refused(failure) => Err(failure.take().unwrap_or_else(broken_off)),
        };
        Poll::Ready(self.counts.failure_of(outcome).map_err(Failure::into_write_error))
    }
}

impl<T: Send> PendingWrite<T> for UnfinishedWrite<T> {
    fn give_up(&mut self) {
        if let State::Queued { is_claimed, .. } = &self.state
            && !is_claimed.swap(true, Ordering::AcqRel)
        {
            self.state = State::Refused(Some(too_many()));
        }
    }
}

pub(super) fn too_many() -> Failure {
    StoreError::Unavailable("too many wait to write".into()).into()
}

pub(super) fn broken_off() -> Failure {
    StoreError::Internal("the write was broken off".into()).into()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use diesel::{prelude::*, sql_query};
    use futures_executor::block_on;
    use rollcall_domain::{PendingWrite, StoreError, WriteError};
    use tempfile::TempDir;

    use super::{Failure, UnfinishedWrite};
    use crate::engine::{presence::IfAbsent, sqlite::Pools};

    fn open() -> (TempDir, Pools) {
        let folder = tempfile::tempdir().unwrap();
        let pools = Pools::open(&folder.path().join("a.db"), IfAbsent::Create).unwrap();
        (folder, pools)
    }

    fn queue(
        pools: &Pools,
        work: impl Fn() + Send + 'static,
        uses: &'static str,
    ) -> UnfinishedWrite<usize> {
        let work = move |connection: &mut SqliteConnection| {
            work();
            Ok::<_, Failure>(sql_query(uses).execute(connection)?)
        };
        pools.writer.queue(None, work, Arc::clone(&pools.counts))
    }

    const COUNT: &str = "UPDATE name_lock SET uses = uses + 1";

    #[test]
    fn a_write_is_made_though_nothing_waits_for_it() {
        let (_folder, pools) = open();
        drop(queue(&pools, || (), COUNT));
        let second = queue(&pools, || (), "UPDATE name_lock SET uses = uses + 1 WHERE uses = 1");
        assert_eq!(block_on(second).unwrap(), 1);
    }

    #[test]
    fn a_caller_gives_up_only_before_the_turn() {
        let (_folder, pools) = open();
        let (begun, begins) = mpsc::channel();
        let (go_on, goes_on) = mpsc::sync_channel::<()>(0);
        let goes_on = std::sync::Mutex::new(goes_on);
        let wait = move || {
            begun.send(()).unwrap();
            let _ = goes_on.lock().unwrap().recv();
        };
        let mut first = queue(&pools, wait, COUNT);
        begins.recv().unwrap();
        let mut second = queue(&pools, || (), COUNT);
        first.give_up();
        second.give_up();
        drop(go_on);
        let refused = block_on(second).unwrap_err();
        assert!(matches!(refused, WriteError::Store(StoreError::Unavailable(_))));
        assert_eq!(block_on(first).unwrap(), 1);
        let third = queue(&pools, || (), "UPDATE name_lock SET uses = uses + 1 WHERE uses = 1");
        assert_eq!(block_on(third).unwrap(), 1);
    }

    #[test]
    fn a_failure_is_answered_and_counted() {
        let (_folder, pools) = open();
        let failed = block_on(queue(&pools, || (), "UPDATE no_table SET uses = 0"));
        assert!(matches!(failed, Err(WriteError::Store(StoreError::Internal(_)))));
        pools.file.close();
        pools.writer.close();
        let broken_off = block_on(queue(&pools, || (), COUNT));
        assert!(matches!(broken_off, Err(WriteError::Store(StoreError::Internal(_)))));
    }
}
