//! Holds users in an anonymous temporary file until the whole input is known to be valid. The file
//! vanishes with the process.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Seek, Write},
};

use rollcall_persistence::ImportedLine;
use rollcall_user_file::Record;

/// How many users are read at a time.
const BATCH: usize = 500;

/// Users that are being written to the file.
pub(super) struct Spool {
    file: BufWriter<File>,
    count: u64,
}

/// Users that are being read from the file.
pub(super) struct Spooled(BufReader<File>);

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile()?), count: 0 })
    }

    /// Writes each user as a line of JSON.
    pub(super) fn push(&mut self, users: Vec<ImportedLine>) -> io::Result<()> {
        for (line, user) in users {
            serde_json::to_writer(&mut self.file, &(line, Record::from(user)))?;
            self.file.write_all(b"\n")?;
            self.count += 1;
        }
        Ok(())
    }

    /// The number of users.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn read(self) -> io::Result<Spooled> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Spooled(BufReader::new(file)))
    }
}

impl Spooled {
    /// The next users; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<ImportedLine>>> {
        let mut users = Vec::new();
        let mut text = String::new();
        while users.len() < BATCH && self.0.read_line(&mut text)? > 0 {
            let (line, record): (u64, Record) = serde_json::from_str(&text)?;
            users.push((line, record.restore().ok_or(io::ErrorKind::InvalidData)?));
            text.clear();
        }
        Ok(if users.is_empty() { None } else { Some(users) })
    }
}
