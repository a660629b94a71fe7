//! Settings of `rollcall import`.

use std::path::PathBuf;

use clap::Args;
use rollcall_user_file::Format;

use super::StoreSettings;

#[derive(Args)]
pub(crate) struct ImportSettings {
    /// The file to read, .ndjson, .jsonl or .csv; - for standard input
    pub(crate) file: PathBuf,
    /// What the file is, if its name does not say so
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Import what can be imported, and say of each other line why it was left out
    #[arg(long)]
    pub(crate) skip_errors: bool,
    /// Check everything, also against the store, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) store: StoreSettings,
}
