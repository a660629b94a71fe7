//! Reads a file in batches.

use std::{cell::Cell, rc::Rc};

use rollcall_user_file::{Line, Reader, Record, Source};

use crate::{commands::output::pace::Part, failure::Failure};

/// The maximum number of users in a batch. With `--skip-errors` each batch is a transaction, which
/// blocks other writers of a SQLite file for a tenth of a second.
const SIZE: usize = 5000;

/// The approximate number of bytes of a file in a batch; long lines make smaller batches.
const BYTES: u64 = 4 * 1024 * 1024;

/// The maximum number of passwords in a batch for each core: some seconds of hashing at the usual
/// costs.
const PASSWORDS_PER_CORE: usize = 16;

/// The batches of a file.
pub(super) struct Batches {
    reader: Reader,
    size: Option<u64>,
    read: Rc<Cell<u64>>,
    max_passwords: usize,
    count: u64,
}

impl Batches {
    /// Reads batches from `reader`.
    pub(super) fn new(SourceSize { size, read }: SourceSize, reader: Reader) -> Self {
        let max_passwords = PASSWORDS_PER_CORE * super::resolve::cores().get();
        Self { reader, size, read, max_passwords, count: 0 }
    }

    /// The next batch; none at the end.
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

    /// The number of users read.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The part of the file that was read; none if its size is unknown.
    pub(super) fn part(&self) -> Option<Part> {
        self.size.map(|total| Part { done: self.read.get(), total })
    }
}

/// The size of a source and the number of bytes read, kept when the reader takes the source.
pub(super) struct SourceSize {
    size: Option<u64>,
    read: Rc<Cell<u64>>,
}

impl SourceSize {
    pub(super) fn of(source: &Source) -> Self {
        Self { size: source.size(), read: source.read_so_far() }
    }
}
