//! Commits writes to a SQLite file together that wait together: several times as many a second as
//! one after the other (docs/performance.md).
//!
//! An acknowledged write must be on the disk, and waiting for the disk takes far longer than
//! writing. SQLite has one writer at a time anyway: one thread takes all writes that wait, and
//! commits them at once. A lone write does not wait for others.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError},
    },
    thread::{self, JoinHandle},
};

use diesel::{SqliteConnection, connection::SimpleConnection};
use futures_channel::oneshot;
use rollcall_domain::{UserId, WRITE_PATIENCE};

use crate::{
    engine::{
        counts::Counts,
        sqlite::{
            CHECKPOINT,
            database_file::DatabaseFile,
            queued_write::{Job, QueuedWrite, TransactionEnd},
            row_cache::WalVersionReader,
            unfinished_write::{Answer, UnfinishedWrite, broken_off, too_many},
            write_batch::serve,
        },
    },
    error::Failure,
};

/// How many writes are committed at once at most.
const MAX_WRITES: usize = 256;

/// The length of the queue. Further writes are refused at once.
const MAX_WAITING: usize = 4096;

/// The queue of writes.
#[derive(Clone)]
pub(crate) struct WriteQueue(Arc<WriterThread>);

/// The end of the queue, and the thread that serves it, which ends with it.
struct WriterThread {
    end: Option<SyncSender<Box<dyn Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl WriteQueue {
    /// Starts the thread that writes by this connection. If a write panics, the connection may be
    /// in any state, and the next write gets another one to the same `file`. Each transaction ends
    /// with `transaction_end`.
    pub(crate) fn start(
        connection: SqliteConnection,
        counts: Arc<Counts>,
        file: Arc<DatabaseFile>,
        states: Option<Arc<WalVersionReader>>,
        transaction_end: TransactionEnd,
    ) -> Self {
        let (end, front) = mpsc::sync_channel(MAX_WAITING);
        let thread = thread::spawn(move || {
            let mut connection = Some(connection);
            while let Some(batch) = next(&front) {
                match usable(&mut connection, &file) {
                    Ok(usable) => {
                        counts.commits.record(batch.len() as u64);
                        if states.as_ref().is_some_and(|states| states.is_log_merged()) {
                            DatabaseFile::stamp(usable);
                        }
                        let states = states.as_deref();
                        let serve =
                            AssertUnwindSafe(|| serve(batch, usable, states, transaction_end));
                        if catch_unwind(serve).is_err() {
                            connection = None;
                        }
                    }
                    Err(reason) => refuse_all(batch, &reason),
                }
                if file.is_closed() {
                    break;
                }
            }
            if let Some(connection) = connection {
                finish(connection, &file);
            }
        });
        Self(Arc::new(WriterThread { end: Some(end), thread: Mutex::new(Some(thread)) }))
    }

    /// Closes the connection once the file is closed, and refuses all writes from then on.
    pub(crate) fn close(&self) {
        // The thread looks whether the file is closed after each batch.
        let _ = self.write(None, |_| Ok(()));
        self.0.join();
    }

    /// Does `work` in a transaction, or in a part of one that can be undone alone, that holds the
    /// write lock from the start, so that what it reads can't change before it writes. Does it
    /// again if another write of the transaction undid it. If there is a `user`, `work` changes
    /// rows of that user alone.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        user: Option<UserId>,
        work: impl Fn(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = mpsc::sync_channel(1);
        let is_claimed = self.push(work, user, Answer::Blocked(answer))?;
        match answered.recv_timeout(WRITE_PATIENCE) {
            Err(RecvTimeoutError::Timeout) if !is_claimed.swap(true, Ordering::AcqRel) => {
                Err(too_many())
            }
            Err(RecvTimeoutError::Timeout) => answered.recv().unwrap_or_else(|_| Err(broken_off())),
            Err(RecvTimeoutError::Disconnected) => Err(broken_off()),
            Ok(outcome) => outcome,
        }
    }

    /// The same without blocking. `counts` gets the failure, if there is one.
    pub(crate) fn queue<T: Send + 'static>(
        &self,
        user: Option<UserId>,
        work: impl Fn(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
        counts: Arc<Counts>,
    ) -> UnfinishedWrite<T> {
        let (answer, answered) = oneshot::channel();
        let pushed = self.push(work, user, Answer::Pending(answer));
        UnfinishedWrite::new(pushed, answered, counts)
    }

    /// Puts `work` at the end of the queue. Its thread sets the flag to do it, its caller to give
    /// up.
    fn push<T: Send + 'static>(
        &self,
        work: impl Fn(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
        user: Option<UserId>,
        answer: Answer<T>,
    ) -> Result<Arc<AtomicBool>, Failure> {
        let is_claimed = Arc::new(AtomicBool::new(false));
        let queued = QueuedWrite::new(work, user, Arc::clone(&is_claimed), answer);
        let end = self.0.end.as_ref().ok_or_else(too_many)?;
        end.try_send(Box::new(queued)).map_err(|error| match error {
            TrySendError::Full(_) => too_many(),
            TrySendError::Disconnected(_) => broken_off(),
        })?;
        Ok(is_claimed)
    }
}

impl Drop for WriterThread {
    /// Waits until all is in the file that was in the log beside it: a process must not end before.
    fn drop(&mut self) {
        drop(self.end.take());
        self.join();
    }
}

impl WriterThread {
    /// Waits for the end of the thread.
    fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// Waits for a write and takes all that are queued by then. None once the queue is closed.
fn next(front: &Receiver<Box<dyn Job>>) -> Option<Vec<Box<dyn Job>>> {
    let mut batch = vec![front.recv().ok()?];
    batch.extend(front.try_iter().take(MAX_WRITES - 1));
    batch.retain(|write| write.claim());
    Some(batch)
}

/// The connection to write by, unless the file is not to be written.
fn usable<'a>(
    connection: &'a mut Option<SqliteConnection>,
    file: &DatabaseFile,
) -> Result<&'a mut SqliteConnection, String> {
    file.require_usable()?;
    let usable = match connection.take() {
        Some(usable) => usable,
        None => file.connect().map_err(|error| error.to_string())?,
    };
    Ok(connection.insert(usable))
}

fn refuse_all(batch: Vec<Box<dyn Job>>, reason: &str) {
    for mut write in batch {
        write.refuse(reason);
        write.answer();
    }
}

/// Leaves everything in the file, if that is still the one at the path. Others may still have the
/// file open, so that closing it would not do it; and readers do not wait for this.
fn finish(mut connection: SqliteConnection, file: &DatabaseFile) {
    if file.may_checkpoint() {
        let _ = connection.batch_execute(CHECKPOINT);
    } else {
        // As long as one connection is open, SQLite neither moves the log into the file nor deletes
        // it.
        mem::forget(connection);
    }
}

#[cfg(test)]
mod tests;
