//! Writes that wait together.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
    mpsc::{self, Receiver},
};

use diesel::{connection::SimpleConnection, prelude::*, sql_query, sql_types::BigInt};
use rollcall_domain::{StoreError, WriteError};
use tempfile::TempDir;

use super::{Answer, Counts, DatabaseFile, Failure, Job, QueuedWrite, WriteQueue};
use crate::engine::sqlite::write_batch::serve;

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
    (Box::new(QueuedWrite::new(work, None, Arc::default(), Answer::Blocked(answer))), answered)
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
        let is_away =
            matches!(outcome, Err(Failure::Refused(WriteError::Store(StoreError::Unavailable(_)))));
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
    assert!(matches!(panicked, Err(Failure::Refused(WriteError::Store(StoreError::Internal(_))))));
    assert!(writer.write(None, |connection| insert(connection, 3)).is_ok());
    assert_eq!(file.count(), 2);
}
