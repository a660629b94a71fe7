//! The commands of `rollcall audit`.

use clap::{Args, Subcommand, ValueEnum};
use rollcall_domain::{
    LARGEST_NUMBER, PAGE_MAX_LENGTH,
    audit::{AuditAction, ChainMark, InvalidMark},
};

use super::{DatabaseSettings, numbers::whole_number};

#[derive(Args)]
pub(crate) struct AuditSettings {
    #[command(flatten)]
    pub(crate) database: DatabaseSettings,
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// List who changed what, the newest first
    List {
        /// How many entries at most
        #[arg(
            long,
            default_value_t = 100,
            value_parser = whole_number(1..=PAGE_MAX_LENGTH),
            value_name = "COUNT"
        )]
        limit: u32,
        /// Only entries with numbers below this one
        #[arg(long, value_parser = whole_number(1..=LARGEST_NUMBER), value_name = "NUMBER")]
        before: Option<i64>,
        /// Only what was done to the user with this id
        #[arg(long, value_parser = whole_number(1..=LARGEST_NUMBER), value_name = "ID")]
        user_id: Option<i64>,
        /// Only entries of this kind, such as `USER_CHANGED`
        #[arg(long, value_parser = parse_action, value_name = "ACTION")]
        action: Option<AuditAction>,
        /// How to print them
        #[arg(long, value_enum, default_value_t = AuditFormat::Text)]
        format: AuditFormat,
    },
    /// Check that every entry is there and as it was written
    ///
    /// Prints the number and the hash of the last one. Keep them elsewhere: whoever can write to the database
    /// can take away the last entries, or write a whole new log, and only somebody who knows an earlier
    /// state will notice.
    Verify {
        /// Fail unless this is a part of the log: what an earlier run has printed
        #[arg(long, value_parser = parse_mark, value_name = "NUMBER:HASH")]
        contains: Option<ChainMark>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum AuditFormat {
    /// A line each, for people
    Text,
    /// A JSON object each
    Ndjson,
}

fn parse_action(text: &str) -> Result<AuditAction, String> {
    AuditAction::parse(text).ok_or_else(|| {
        format!("must be one of {}", AuditAction::ALL.map(AuditAction::as_str).join(", "))
    })
}

fn parse_mark(text: &str) -> Result<ChainMark, InvalidMark> {
    text.parse()
}
