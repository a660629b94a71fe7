//! Settings of `rollcall export`.

use std::path::PathBuf;

use clap::Args;
use rollcall_user_file::Format;

use super::DatabaseSettings;

#[derive(Args)]
pub(crate) struct ExportSettings {
    /// The file to write, .ndjson, .jsonl or .csv; standard output if it is not given
    pub(crate) file: Option<PathBuf>,
    /// What to write, if the file's name does not say so [default: ndjson]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Write the password hashes as well, for moving away, and in CSV every value as it is: without
    /// hashes, values that a spreadsheet would take for formulas get a quote in front
    #[arg(long)]
    pub(crate) with_hashes: bool,
    /// Replace the file if there is one
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseSettings,
}
