//! Whether a log belongs to the file beside it.
//!
//! SQLite applies a log to whatever file is beside it, and an older copy of the right one becomes
//! damaged by that. So the file has a stamp in its header: a number that grows whenever a log
//! begins, by a change that is the first one in it. A file whose stamp is lower than the one before
//! the first in the log lacks changes that an earlier log had. One whose stamp is higher than the
//! last in the log has changes of a later log.
//!
//! The stamp is SQLite's `user_version`. Earlier releases leave it at 0, and set it to that again.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    os::unix::fs::FileExt,
    path::Path,
};

use diesel::{
    QueryResult, RunQueryDsl, SqliteConnection, connection::SimpleConnection, dsl::sql,
    sql_types::Integer,
};

use crate::{
    engine::sqlite::{
        file::{LOG, beside, has_bytes},
        file_use::opened,
        log_frames::{LogFrames, STAMP_AT},
    },
    error::open::OpenError,
};

/// How often a log that does not belong to its file is looked at. A process that opens the file and
/// closes it again may be in between.
const LOOKS: u32 = 3;

/// Raises the stamp, in a transaction of its own.
pub(crate) fn raise(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.immediate_transaction(|connection| {
        let stamp: i32 = sql::<Integer>("PRAGMA user_version").get_result(connection)?;
        // No stamp is 0, which says that there is none.
        let next = stamp.checked_add(1).unwrap_or(1).max(1);
        connection.batch_execute(&format!("PRAGMA user_version = {next}"))
    })
}

/// The same. A failure is only logged: the write behind it fails for the same reason, and says so.
pub(crate) fn raise_if_possible(connection: &mut SqliteConnection) {
    log_failure(raise(connection));
}

/// The same, unless another process has the lock. The write behind it waits for that, and this does
/// not.
pub(crate) fn raise_at_once(connection: &mut SqliteConnection, patience: &str) {
    let raised =
        connection.batch_execute("PRAGMA busy_timeout = 0").and_then(|()| raise(connection));
    log_failure(raised.and(connection.batch_execute(patience)));
}

fn log_failure(raised: QueryResult<()>) {
    if let Err(error) = raised {
        log::debug!("stamping the database file: {error}");
    }
}

/// Refuses a file beside a log that does not belong to it, also if another process has the file
/// open: an older copy may have been written over it since. Must be called before SQLite opens it.
pub(crate) fn require_own_log(path: &Path) -> Result<(), OpenError> {
    let log = beside(path, LOG);
    for _ in 0..LOOKS {
        if !has_bytes(&log) || belongs(&log, path).unwrap_or(true) {
            return Ok(());
        }
    }
    let [path, log] = [path, &log].map(|path| path.display().to_string());
    Err(OpenError::LogOfOtherCopy { path, log })
}

/// Whether the log may belong to the file. Yes where that can not be told.
fn belongs(log: &Path, path: &Path) -> io::Result<bool> {
    let Some(file) = opened(path) else { return Ok(true) };
    let mut stamp = [0; 4];
    file.read_exact_at(&mut stamp, STAMP_AT as u64)?;
    let stamp = u32::from_be_bytes(stamp);
    let stamps = stamps(BufReader::new(File::open(log)?))?;
    Ok(match (stamps.iter().min(), stamps.iter().max()) {
        // An earlier release has written to the log.
        (Some(0) | None, _) | (_, None) => true,
        (Some(first), Some(last)) => (first - 1..=*last).contains(&stamp),
    })
}

/// The stamps that the transactions in a log have left, as far as they were committed.
fn stamps(log: impl Read) -> io::Result<Vec<u32>> {
    let Some(mut frames) = LogFrames::open(log)? else { return Ok(Vec::new()) };
    let (mut stamps, mut uncommitted) = (Vec::new(), None);
    while let Some(frame) = frames.next()? {
        uncommitted = frame.stamp.or(uncommitted);
        if frame.is_commit {
            stamps.extend(uncommitted.take());
        }
    }
    Ok(stamps)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

    use super::{belongs, raise, stamps};

    const WRITE: &str =
        "INSERT INTO a VALUES (randomblob(9000)); UPDATE a SET b = 1 WHERE rowid = 1";
    const MERGE: &str = "PRAGMA wal_checkpoint(RESTART)";

    fn connect(path: &Path) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA journal_mode = WAL").unwrap();
        connection
    }

    #[test]
    fn a_log_belongs_to_its_file_and_to_no_older_or_newer_copy() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (file, log) = (at("a.db"), at("a.db-wal"));
        let mut connection = connect(&file);
        connection.batch_execute("CREATE TABLE a (b)").unwrap();
        for round in 0..6 {
            connection.batch_execute(MERGE).unwrap();
            fs::copy(&file, at(&format!("file-{round}"))).unwrap();
            raise(&mut connection).unwrap();
            connection.batch_execute(WRITE).unwrap();
            fs::copy(&log, at(&format!("log-{round}"))).unwrap();
        }
        for (of_log, of_file) in (0..6).flat_map(|log| (0..6).map(move |file| (log, file))) {
            let (log, file) = (at(&format!("log-{of_log}")), at(&format!("file-{of_file}")));
            // The file to which all of the log was moved has what the log has.
            let expected = of_log == of_file || of_log + 1 == of_file;
            assert_eq!(belongs(&log, &file).unwrap(), expected, "{of_log} {of_file}");
        }
    }

    #[test]
    fn only_committed_frames_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let (file, log) = (folder.path().join("a.db"), folder.path().join("a.db-wal"));
        let mut connection = connect(&file);
        for _ in 0..3 {
            raise(&mut connection).unwrap();
        }
        let bytes = fs::read(&log).unwrap();
        assert_eq!(stamps(&bytes[..]).unwrap(), [1, 2, 3]);
        assert_eq!(stamps(&bytes[..bytes.len() - 1]).unwrap(), [1, 2]);
        let mut torn = bytes.clone();
        *torn.last_mut().unwrap() ^= 1;
        assert_eq!(stamps(&torn[..]).unwrap(), [1, 2]);
        assert_eq!(stamps(&bytes[..10]).unwrap(), [0; 0]);
        assert_eq!(stamps(&[0; 5000][..]).unwrap(), [0; 0]);
    }

    #[test]
    fn a_log_without_stamps_belongs_to_any_file() {
        let folder = tempfile::tempdir().unwrap();
        let (file, log) = (folder.path().join("a.db"), folder.path().join("a.db-wal"));
        let mut connection = connect(&file);
        connection.batch_execute("CREATE TABLE a (b)").unwrap();
        connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let older = folder.path().join("older");
        fs::copy(&file, &older).unwrap();
        connection.batch_execute("PRAGMA user_version = 7").unwrap();
        connection.batch_execute(MERGE).unwrap();
        // As an earlier release does at its start.
        connection.batch_execute("PRAGMA user_version = 0").unwrap();
        assert!(belongs(&log, &file).unwrap() && belongs(&log, &older).unwrap());
    }
}
