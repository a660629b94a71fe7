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
    /// List changes and who made them, newest first
    List {
        /// List at most this many entries
        #[arg(
            long,
            default_value_t = 100,
            value_parser = whole_number(1..=PAGE_MAX_LENGTH),
            value_name = "COUNT"
        )]
        limit: u32,
        /// List only entries with a number below this one
        #[arg(long, value_parser = whole_number(1..=LARGEST_NUMBER), value_name = "NUMBER")]
        before: Option<i64>,
        /// List only changes of the user with this id
        #[arg(long, value_parser = whole_number(1..=LARGEST_NUMBER), value_name = "ID")]
        user_id: Option<i64>,
        /// List only entries of this kind, such as `USER_CHANGED`
        #[arg(long, value_parser = parse_action, value_name = "ACTION")]
        action: Option<AuditAction>,
        /// Output format
        #[arg(long, value_enum, default_value_t = AuditFormat::Text)]
        format: AuditFormat,
    },
    /// Verify that no entry is missing or altered
    ///
    /// Prints the number and hash of the last entry. Store this output on another machine: with
    /// write access to the database, an attacker can remove the last entries or rewrite the whole
    /// log. Only a comparison with an earlier entry shows that; pass one to --contains.
    Verify {
        /// Fail unless the log contains this entry, printed by an earlier run
        #[arg(long, value_parser = parse_mark, value_name = "NUMBER:HASH")]
        contains: Option<ChainMark>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum AuditFormat {
    /// One line per entry
    Text,
    /// One JSON object per line
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
