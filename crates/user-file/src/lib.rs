//! Reads and writes files of users in NDJSON and CSV, for `rollcall import` and `export`.
//!
//! A separate crate, so that the parsers of untrusted files can be fuzzed without a database.

mod beginning;
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

/// The byte order mark, with which some systems begin UTF-8 files.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The maximum size of a user, equal to that of a request's body.
const MAX_RECORD_BYTES: usize = 64 * 1024;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Format {
    /// One JSON object per line
    Ndjson,
    /// Comma-separated values below a header
    Csv,
}

/// A user in a file.
pub struct Line {
    /// The line at which the user begins, counted from 1.
    pub number: u64,
    /// The user, or the errors in its line.
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
    /// Creates a reader of `source`. Reads its first bytes at once, and for CSV the header.
    ///
    /// # Errors
    /// The error in the whole file or in the header, or in reading them.
    pub fn new(mut source: Source, format: Format) -> Result<Self, String> {
        beginning::require_utf8(&mut source)?;
        Ok(match format {
            Format::Ndjson => {
                beginning::refuse_array(&mut source)?;
                Self::Ndjson(ndjson::Reader::new(source))
            }
            Format::Csv => Self::Csv(Box::new(csv::Reader::new(source)?)),
        })
    }

    /// Reads the next user; none at the end.
    ///
    /// # Errors
    /// When the source cannot be read on.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        match self {
            Self::Ndjson(reader) => reader.next_line(),
            Self::Csv(reader) => reader.next_line(),
        }
    }
}

/// The error for an unknown field. Repeats its name only if it looks like one: if a CSV header is
/// missing, a password may be in its place.
fn unknown(field: &str) -> String {
    let is_name =
        field.len() <= 32 && field.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let field = if is_name { format!(" {field:?}") } else { String::new() };
    format!("unknown field{field}; accepted are {}", record::FIELDS.join(", "))
}
