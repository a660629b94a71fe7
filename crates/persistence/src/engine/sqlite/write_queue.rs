//! Commits writes to a SQLite file together that wait together: 13,946 changes a second at 64
//! connections, and 1,982 at one (docs/performance.md).
//!
//! An acknowledged write must be on the disk, and waiting for the disk takes far longer than
//! writing. SQLite has one writer at a time anyway: one thread takes all writes that wait, and
//! commits them at once. If one of them fails, each is done again in a savepoint of its own, which
//! copies every page that it changes. A lone write does not wait for others.

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

use diesel::{
    Connection, SqliteConnection, connection::SimpleConnection, result::Error as DieselError,
};
use futures_channel::oneshot;
use rollcall_domain::{StoreError, UserId, WRITE_PATIENCE};

use crate::{
    engine::{
        counts::Counts,
        sqlite::{
            CHECKPOINT,
            database_file::DatabaseFile,
            joint_commit::{Undo, Undone, commit_together, note_commit},
            row_cache::WalVersionReader,
            unfinished_write::{Answer, UnfinishedWrite, broken_off, too_many},
        },
    },
    error::{Failure, is_harmless, messages::is_conflict},
};

/// How many writes are committed at once at most.
const MAX_WRITES: usize = 256;

/// The length of the queue. Further writes are refused at once.
const MAX_WAITING: usize = 4096;

/// Ends each transaction, after its writes.
pub(crate) type TransactionEnd = fn(&mut SqliteConnection) -> Result<(), Failure>;

/// The queue of writes.
#[derive(Clone)]
pub(crate) struct WriteQueue(Arc<WriterThread>);

/// The end of the queue, and the thread that serves it, which ends with it.
struct WriterThread {
    end: Option<SyncSender<Box<dyn Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

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

struct QueuedWrite<T, W> {
    work: W,
    user: Option<UserId>,
    is_claimed: Arc<AtomicBool>,
    outcome: Option<Result<T, Failure>>,
    answer: Answer<T>,
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
        let queued =
            QueuedWrite { work, user, is_claimed: Arc::clone(&is_claimed), outcome: None, answer };
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

fn serve(
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

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver},
    };

    use diesel::{connection::SimpleConnection, prelude::*, sql_query, sql_types::BigInt};
    use rollcall_domain::{StoreError, WriteError};
    use tempfile::TempDir;

    use super::{Answer, Counts, DatabaseFile, Failure, Job, QueuedWrite, WriteQueue, serve};

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }

    /// A file with a table of numbers below 100, each at most once.
    struct File(TempDir);

    impl File {
        fn new() -> Self {
            let file = Self(tempfile::tempdir().unwrap());
            file.create_table();
            file
        }

        fn create_table(&self) {
            let table = "PRAGMA journal_mode = WAL; \
                CREATE TABLE numbers (number INTEGER NOT NULL UNIQUE CHECK (number < 100))";
            self.connect().batch_execute(table).unwrap();
        }

        fn connect(&self) -> SqliteConnection {
            let path = self.0.path().join("numbers.db");
            let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            connection.batch_execute("PRAGMA busy_timeout = 100").unwrap();
            connection
        }

        /// How many numbers others see.
        fn count(&self) -> i64 {
            let count = sql_query("SELECT count(*) AS count FROM numbers");
            count.get_result::<Count>(&mut self.connect()).unwrap().count
        }

        /// Does these together, and gives what came of each.
        fn serve<T: Send + 'static>(&self, works: Vec<Work<T>>) -> Vec<Result<T, Failure>> {
            let (batch, answers): (Vec<_>, Vec<_>) = works.into_iter().map(waiting).unzip();
            serve(batch, &mut self.connect(), None, |_| Ok(()));
            answers.into_iter().map(|answer| answer.recv().unwrap()).collect()
        }
    }

    type Work<T> = Box<dyn Fn(&mut SqliteConnection) -> Result<T, Failure> + Send>;

    fn waiting<T: Send + 'static>(work: Work<T>) -> (Box<dyn Job>, Receiver<Result<T, Failure>>) {
        let (answer, answered) = mpsc::sync_channel(1);
        (
            Box::new(QueuedWrite {
                work,
                user: None,
                is_claimed: Arc::default(),
                outcome: None,
                answer: Answer::Blocked(answer),
            }),
            answered,
        )
    }

    fn insert(connection: &mut SqliteConnection, number: i64) -> Result<(), Failure> {
        let insert = sql_query("INSERT INTO numbers VALUES (?)").bind::<BigInt, _>(number);
        insert.execute(connection)?;
        Ok(())
    }

    #[test]
    fn writes_that_wait_together_are_committed_together() {
        let file = Arc::new(File::new());
        let works = (0..10).map(|number| {
            let file = Arc::clone(&file);
            let work: Work<i64> = Box::new(move |connection| {
                insert(connection, number)?;
                Ok(file.count())
            });
            work
        });
        let seen: Vec<_> = file.serve(works.collect()).into_iter().map(Result::ok).collect();
        assert_eq!(seen, [Some(0); 10]);
        assert_eq!(file.count(), 10);
    }

    #[test]
    fn a_failed_write_fails_no_other_and_leaves_nothing() {
        let file = File::new();
        // A number too high is a failure after which the transaction is not gone on with.
        for numbers in [vec![1, 2, 2, 3], vec![4, 100, 5, 5], vec![100]] {
            let before = file.count();
            let work = |number| -> Work<()> {
                Box::new(move |connection| {
                    insert(connection, number + 50)?;
                    insert(connection, number)
                })
            };
            let outcomes = file.serve(numbers.iter().copied().map(work).collect());
            let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
            let mut good = numbers.clone();
            good.retain(|number| *number < 50);
            good.dedup();
            assert_eq!(done, good.len());
            assert_eq!(file.count() - before, 2 * i64::try_from(done).unwrap());
        }
        let refused: Work<()> = Box::new(|connection| {
            insert(connection, 20)?;
            Err(WriteError::Missing.into())
        });
        let outcomes = file.serve(vec![refused, Box::new(|connection| insert(connection, 21))]);
        assert!(matches!(&outcomes[0], Err(Failure::Refused(WriteError::Missing))));
        assert!(outcomes[1].is_ok());
        assert_eq!(file.count(), 11);
    }

    #[test]
    fn a_refused_write_does_not_part_the_others() {
        let file = Arc::new(File::new());
        let works = (0..9).map(|number| {
            let file = Arc::clone(&file);
            let work: Work<i64> = Box::new(move |connection| {
                insert(connection, number)?;
                if number % 4 == 2 { Err(WriteError::Missing.into()) } else { Ok(file.count()) }
            });
            work
        });
        let seen: Vec<_> = file.serve(works.collect()).into_iter().map(Result::ok).collect();
        let expected: Vec<_> = (0..9).map(|number| (number % 4 != 2).then_some(0)).collect();
        assert_eq!(seen, expected);
        assert_eq!(file.count(), 7);
    }

    #[test]
    fn a_failure_before_changes_repeats_no_other() {
        let (file, runs) = (File::new(), Arc::new(AtomicUsize::new(0)));
        let works = [1, 2, 2, 3].map(|number| -> Work<()> {
            let runs = Arc::clone(&runs);
            Box::new(move |connection| {
                runs.fetch_add(1, Ordering::Relaxed);
                if number == 3 {
                    return Err(Failure::from(WriteError::Missing).before_changes());
                }
                insert(connection, number).map_err(Failure::before_changes)
            })
        });
        let outcomes = file.serve(works.into());
        let done: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
        assert_eq!((done, runs.load(Ordering::Relaxed)), (vec![true, true, false, false], 4));
        assert_eq!(file.count(), 2);
        // A number too high is a failure that other changes may be lost with.
        let works = [4, 100].map(|number| -> Work<()> {
            Box::new(move |connection| insert(connection, number).map_err(Failure::before_changes))
        });
        let outcomes = file.serve(works.into());
        assert!(outcomes[0].is_ok() && outcomes[1].is_err());
        assert_eq!(file.count(), 3);
    }

    #[test]
    fn writes_are_unavailable_while_another_process_has_the_lock() {
        let file = File::new();
        let mut other = file.connect();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        let work = |number| -> Work<()> { Box::new(move |connection| insert(connection, number)) };
        for outcome in file.serve((1..=3).map(work).collect()) {
            let is_away = matches!(
                outcome,
                Err(Failure::Refused(WriteError::Store(StoreError::Unavailable(_))))
            );
            assert!(is_away);
        }
        other.batch_execute("COMMIT").unwrap();
        assert!(file.serve((1..=3).map(work).collect()).iter().all(Result::is_ok));
    }

    #[test]
    fn a_write_that_panics_ends_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.db");
        let counts = Arc::new(Counts::new());
        let (database, connection) = DatabaseFile::open_or(
            crate::engine::presence::IfAbsent::Create,
            &path,
            Arc::clone(&counts),
        )
        .unwrap();
        let file = File(folder);
        file.create_table();
        let file_of_queue = Arc::new(database);
        let writer = WriteQueue::start(connection, counts, file_of_queue, None, |_| Ok(()));
        assert!(writer.write(None, |connection| insert(connection, 1)).is_ok());
        let panicked = writer.write::<()>(None, |connection| {
            insert(connection, 2)?;
            panic!("on purpose")
        });
        assert!(matches!(
            panicked,
            Err(Failure::Refused(WriteError::Store(StoreError::Internal(_))))
        ));
        assert!(writer.write(None, |connection| insert(connection, 3)).is_ok());
        assert_eq!(file.count(), 2);
    }
}
