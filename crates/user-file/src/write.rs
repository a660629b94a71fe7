//! Writes users in the formats that the readers accept.

use std::io::{self, Write};

use csv::{QuoteStyle, WriterBuilder};
use rollcall_domain::{Account, Email, RoleName};
use serde::Serialize;

use crate::{
    FIELDS, Format,
    csv::SEPARATOR,
    formula::{self, MARK},
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    name: &'a str,
    email: Option<&'a str>,
    status: &'a str,
    roles: Vec<&'a str>,
    create_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<&'a str>,
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
    pub fn write(&mut self, account: &Account) -> io::Result<()> {
        let Account { user, password_hash, password_version: _ } = account;
        let row = Row {
            name: user.name.as_str(),
            email: user.email.as_ref().map(Email::as_str),
            status: user.status.as_str(),
            roles: user.roles.iter().map(RoleName::as_str).collect(),
            create_time: user.create_time.to_string(),
            password_hash: self.with_hashes.then(|| password_hash.as_str()),
        };
        match &mut self.output {
            Output::Ndjson(output) => {
                serde_json::to_writer(&mut *output, &row)?;
                output.write_all(b"\n")
            }
            Output::Csv(output) => {
                let roles = row.roles.join(SEPARATOR);
                let fields =
                    [row.name, row.email.unwrap_or(""), row.status, &roles, &row.create_time];
                let Some(hash) = row.password_hash else {
                    let guarded = fields.map(formula::guarded);
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
