//! Writes users in the formats that the readers accept.

use std::io::{self, Write};

use csv::{QuoteStyle, WriterBuilder};
use rollcall_domain::NewUser;

use crate::{
    Format, Record,
    formula::{self, MARK},
    record::FIELDS,
};

/// The value in the column of the mark.
const NO_VALUE: &str = "";

/// Writes a file user by user.
pub struct Writer<W: Write> {
    output: Output<W>,
    with_hashes: bool,
}

enum Output<W: Write> {
    Ndjson(W),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> Writer<W> {
    /// Writes to `output`. For CSV, writes the header at once.
    ///
    /// # Errors
    /// When `output` fails.
    pub fn new(output: W, format: Format, with_hashes: bool) -> io::Result<Self> {
        let output = match format {
            Format::Ndjson => Output::Ndjson(output),
            Format::Csv => {
                // Spreadsheets may split at a semicolon or tab, but not inside quotation marks.
                let quotes =
                    if with_hashes { QuoteStyle::Necessary } else { QuoteStyle::NonNumeric };
                let mut output = WriterBuilder::new().quote_style(quotes).from_writer(output);
                let fields = FIELDS.iter().filter(|field| match **field {
                    "plaintextPassword" => false,
                    "passwordHash" => with_hashes,
                    _ => true,
                });
                // A file with hashes is for another system, not for a spreadsheet.
                let mark = if with_hashes { None } else { Some(&MARK) };
                output.write_record(fields.chain(mark))?;
                Output::Csv(Box::new(output))
            }
        };
        Ok(Self { output, with_hashes })
    }

    /// Writes a user.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&mut self, user: NewUser) -> io::Result<()> {
        let mut record = Record::from(user);
        record.password_hash.take_if(|_| !self.with_hashes);
        match &mut self.output {
            Output::Ndjson(output) => {
                serde_json::to_writer(&mut *output, &record)?;
                output.write_all(b"\n")
            }
            Output::Csv(output) => {
                let (fields, hash) = record.into_columns();
                let Some(hash) = hash else {
                    let guarded = fields.each_ref().map(|field| formula::guarded(field));
                    let guarded = guarded.iter().map(AsRef::as_ref);
                    return Ok(output.write_record(guarded.chain([NO_VALUE]))?);
                };
                Ok(output.write_record(fields.into_iter().chain([hash]))?)
            }
        }
    }

    /// Flushes and returns the output.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(self) -> io::Result<W> {
        match self.output {
            Output::Ndjson(mut output) => output.flush().map(|()| output),
            Output::Csv(output) => output.into_inner().map_err(csv::IntoInnerError::into_error),
        }
    }
}
