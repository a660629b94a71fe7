//! Settings of `rollcall import`.

use std::path::PathBuf;

use clap::Args;
use rollcall_user_file::Format;

use super::store::StoreSettings;

#[derive(Args)]
pub(crate) struct ImportSettings {
    /// File to read, ending in .ndjson, .jsonl or .csv; - is standard input
    pub(crate) file: PathBuf,
    /// Input format, if the file's name does not show it
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Import all valid lines, and report each invalid line and its error
    #[arg(long)]
    pub(crate) skip_errors: bool,
    /// Check the file against the store without writing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) store: StoreSettings,
}
