//! Files of users, NDJSON and CSV: what `rollcall import` reads and `rollcall export` writes.

mod csv;
mod ndjson;
mod record;
mod source;
mod write;

use std::{io, path::Path};

use clap::ValueEnum;

pub(crate) use record::{Credential, FileUser, Record};
pub(crate) use source::Source;
pub(crate) use write::Writer;

use crate::failure::Failure;

/// The fields of a user, in the order in which they are written.
const FIELDS: [&str; 7] =
    ["name", "email", "status", "roles", "createTime", "plaintextPassword", "passwordHash"];

/// The most bytes that one user may take: as many as a request's body.
const MAX_RECORD_BYTES: usize = 64 * 1024;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values below a header
    Csv,
}

/// One user of a file, as it stands there, or why there is none.
pub(crate) struct Line {
    /// Where it begins, counted from 1.
    pub(crate) number: u64,
    pub(crate) record: Result<Record, String>,
}

/// Reads a file user by user.
pub(crate) enum Reader {
    Ndjson(ndjson::Reader),
    Csv(Box<csv::Reader>),
}

impl Format {
    /// The format of a file by the ending of its name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

impl Reader {
    /// Reads from `source`, in CSV the header at once.
    pub(crate) fn new(source: Source, format: Format) -> Result<Self, Failure> {
        Ok(match format {
            Format::Ndjson => Self::Ndjson(ndjson::Reader::new(source)),
            Format::Csv => Self::Csv(Box::new(csv::Reader::new(source)?)),
        })
    }

    /// The next user; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        match self {
            Self::Ndjson(reader) => reader.next(),
            Self::Csv(reader) => reader.next(),
        }
    }
}

/// What is said of a field that there is not. Only what looks like a name is repeated: where a header is
/// missing, a password may stand in its place.
fn unknown(field: &str) -> String {
    let is_name =
        field.len() <= 32 && field.bytes().all(|it| it.is_ascii_alphabetic() || it == b'_');
    let field = if is_name { format!(" {field:?}") } else { String::new() };
    format!("unknown field{field}: {} are accepted", FIELDS.join(", "))
}
