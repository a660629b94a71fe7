//! Reads a file as many users at a time as are dealt with together.

use std::{cell::Cell, rc::Rc};

use rollcall_user_file::{Line, Reader, Record, Source};

use super::Part;
use crate::failure::Failure;

/// The most users of a batch. With `--skip-errors` each is a transaction, during which nobody else writes to
/// a SQLite file: a tenth of a second.
const SIZE: usize = 5000;

/// About the most bytes of a file that a batch is read from: fewer users, where they are long.
const BYTES: u64 = 4 * 1024 * 1024;

/// The most passwords of a batch for each core: some seconds of hashing at the usual costs.
const PASSWORDS_PER_CORE: usize = 16;

/// What is read of a file, batch by batch.
pub(super) struct Batches {
    reader: Reader,
    size: Option<u64>,
    read: Rc<Cell<u64>>,
    max_passwords: usize,
    count: u64,
}

impl Batches {
    /// Reads what `reader` reads from `source`.
    pub(super) fn new(SourceSize { size, read }: SourceSize, reader: Reader) -> Self {
        let max_passwords = PASSWORDS_PER_CORE * super::resolve::cores().get();
        Self { reader, size, read, max_passwords, count: 0 }
    }

    /// The next users; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Line>>, Failure> {
        let (mut batch, mut passwords) = (Vec::new(), 0);
        let begin = self.read.get();
        while batch.len() < SIZE
            && passwords < self.max_passwords
            && self.read.get() - begin < BYTES
        {
            let line =
                self.reader.next_line().map_err(|error| format!("reading the file: {error}"))?;
            let Some(line) = line else { break };
            passwords += usize::from(line.record.as_ref().is_ok_and(Record::has_password));
            batch.push(line);
        }
        self.count += batch.len() as u64;
        Ok(if batch.is_empty() { None } else { Some(batch) })
    }

    /// How many users have been read.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// How much of the file has been read, if it has an end that is known.
    pub(super) fn part(&self) -> Option<Part> {
        self.size.map(|total| Part { done: self.read.get(), total })
    }
}

/// What is to be known of a source once it belongs to its reader.
pub(super) struct SourceSize {
    size: Option<u64>,
    read: Rc<Cell<u64>>,
}

impl SourceSize {
    pub(super) fn of(source: &Source) -> Self {
        Self { size: source.size(), read: source.read_so_far() }
    }
}
