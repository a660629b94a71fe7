//! The commands of `rollcall audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use rollcall_domain::{
    audit::{AuditAction, ChainMark, InvalidMark},
    limits::{LARGEST_NUMBER, PAGE_DEFAULT_LENGTH, PAGE_MAX_LENGTH},
};

use super::{
    numbers::whole_number,
    store::DatabaseSettings,
    times::{parse_past, parse_time_or_day},
};

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
            default_value_t = PAGE_DEFAULT_LENGTH,
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
        /// List only changes by the user with this id
        #[arg(long, value_parser = whole_number(1..=LARGEST_NUMBER), value_name = "ID")]
        actor_id: Option<i64>,
        /// List only entries of this kind, such as `USER_CHANGED`
        #[arg(long, value_parser = parse_action, value_name = "ACTION")]
        action: Option<AuditAction>,
        /// List only entries of this time or later, such as 2026-11-28 or 2026-11-28T16:24:00Z
        #[arg(long, value_parser = parse_time_or_day, value_name = "TIME")]
        since: Option<Timestamp>,
        /// List only entries before this time
        #[arg(long, value_parser = parse_time_or_day, value_name = "TIME")]
        until: Option<Timestamp>,
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
        /// Verify the log as the continuation of this file, written by `rollcall audit archive`.
        /// Repeat the flag for several files, the oldest first
        #[arg(long, value_name = "FILE")]
        archive: Vec<PathBuf>,
    },
    /// Move the oldest entries to a file, while the server runs or is stopped
    ///
    /// The file has one JSON object per entry, oldest first, as `rollcall audit list
    /// --format ndjson` writes them. Only the owner can read it. It is complete and verified before
    /// the first entry is removed from the log. The log then has an entry `AUDIT_ARCHIVED`, and
    /// verifies as before.
    ///
    /// If a run is interrupted, run the same command again: it goes on with the file. Any other
    /// existing file is an error.
    Archive {
        /// Archive entries before this time, such as 2026-01-01 or 2026-01-01T00:00:00Z. The first
        /// entry that is not older stays, with all later ones
        #[arg(long, value_parser = parse_past, value_name = "DATE")]
        before: Timestamp,
        /// File to write
        file: PathBuf,
    },
    /// Give up an interrupted archive whose file is lost
    ///
    /// An interrupted run of `rollcall audit archive` may have removed entries already. They were
    /// in the file alone, so this command records in the log that they are lost, and `rollcall
    /// audit verify` names them. All other entries stay in the log, and the next archive begins
    /// with them. If the file still exists, run `rollcall audit archive` again instead.
    Abandon {
        /// The end of the unfinished archive, as `rollcall audit verify` prints it
        #[arg(value_parser = parse_mark, value_name = "NUMBER:HASH")]
        end: ChainMark,
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
    AuditAction::parse(text)
        .ok_or_else(|| format!("must be one of {}", AuditAction::WORDS.join(", ")))
}

fn parse_mark(text: &str) -> Result<ChainMark, InvalidMark> {
    text.parse()
}
