//! Files of users, NDJSON and CSV: what `rollcall import` reads and `rollcall export` writes.
//!
//! A crate of its own, so that what reads the files of strangers can be fuzzed without a database.

mod csv;
mod formula;
mod ndjson;
mod record;
mod source;
mod write;

use std::{io, path::Path};

pub use record::{Credential, FileUser, Record};
pub use source::Source;
pub use write::Writer;

/// The fields of a user, in the order in which they are written.
const FIELDS: [&str; 7] =
    ["name", "email", "status", "roles", "createTime", "plaintextPassword", "passwordHash"];

/// What some systems begin files in UTF-8 with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The most bytes that one user may take: as many as a request's body.
const MAX_RECORD_BYTES: usize = 64 * 1024;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Format {
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values below a header
    Csv,
}

/// One user of a file, as it stands there, or why there is none.
pub struct Line {
    /// Where it begins, counted from 1.
    pub number: u64,
    /// The user, or what is wrong with its line.
    pub record: Result<Record, String>,
}

/// Reads a file user by user.
pub enum Reader {
    /// [`Format::Ndjson`]
    Ndjson(ndjson::Reader),
    /// [`Format::Csv`]
    Csv(Box<csv::Reader>),
}

impl Format {
    /// The format of a file by the ending of its name.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

impl Reader {
    /// Reads from `source`, in CSV the header at once.
    ///
    /// # Errors
    /// What is wrong with the header, or with reading it.
    pub fn new(source: Source, format: Format) -> Result<Self, String> {
        Ok(match format {
            Format::Ndjson => Self::Ndjson(ndjson::Reader::new(source)),
            Format::Csv => Self::Csv(Box::new(csv::Reader::new(source)?)),
        })
    }

    /// The next user; none at the end.
    ///
    /// # Errors
    /// When nothing more can be read.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        match self {
            Self::Ndjson(reader) => reader.next_line(),
            Self::Csv(reader) => reader.next_line(),
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
