//! Settings of `rollcall export`.

use std::path::PathBuf;

use clap::Args;
use rollcall_user_file::Format;

use super::store::DatabaseSettings;

#[derive(Args)]
pub(crate) struct ExportSettings {
    /// File to write, ending in .ndjson, .jsonl or .csv [default: standard output]
    pub(crate) file: Option<PathBuf>,
    /// Output format, if the file's name does not show it [default: ndjson]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Include password hashes, for a move to another system. CSV values are then unescaped;
    /// without this flag, values that look like spreadsheet formulas begin with a quote
    #[arg(long)]
    pub(crate) with_hashes: bool,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseSettings,
}
