//! The log: `env_logger`, to standard error.

mod behind;
mod filter;
pub(crate) mod last_line;
mod line;
mod queue;

use std::{env, io, sync::Arc};

use env_logger::{Builder, Logger};
use log::{Level, Log, Metadata, Record};

use behind::Guard;
use queue::{Queue, Rank};

use crate::{cli::unknown::warn_of_unknown_variables, failure::Failure};

/// The prefix of our own crates.
const OWN: &str = "rollcall";

/// The most detailed level of libraries, whatever `RUST_LOG` sets: below it, they repeat what
/// clients send.
const MAX_LEVEL_OF_LIBRARIES: Level = Level::Info;

/// The log of a command. Its error says why there is no connection to the database, which r2d2
/// would repeat with each attempt.
const COMMAND_FILTER: &str = "warn,r2d2=off";

/// A log without the details of libraries.
struct LevelCap {
    logger: Logger,
    /// The lines that a thread writes. Without it, the logger writes them at once.
    queue: Option<Arc<Queue>>,
}

/// Logs by `RUST_LOG`, or else the warnings of a command, and writes each line at once.
pub(crate) fn direct() {
    install(builder(COMMAND_FILTER).build(), None);
}

/// The same in the background: a thread gathers lines and writes them, so that no request waits for
/// a system call or for the program that reads the log. If too many lines wait, those at info and
/// below are dropped first, and warnings last. The remaining lines are written when the guard is
/// dropped, within at most a second.
pub(crate) fn behind(filter: &str) -> io::Result<Guard> {
    let (queue, guard) = behind::start()?;
    install(builder(filter).build(), Some(queue));
    Ok(guard)
}

fn builder(filter: &str) -> Builder {
    let mut builder = Builder::new();
    builder.parse_filters(&filter::or(filter));
    builder.parse_write_style(&env::var("RUST_LOG_STYLE").unwrap_or_default());
    builder
}

fn install(logger: Logger, queue: Option<Arc<Queue>>) {
    let (level, has_capped_detail) = (logger.filter(), wants_detail_of_libraries(&logger));
    // Installed once, at the beginning of each command.
    if log::set_boxed_logger(Box::new(LevelCap { logger, queue })).is_ok() {
        log::set_max_level(level);
    }
    if let Some(flaw) = filter::flaw() {
        // `Failure` escapes control characters.
        log::warn!("{}; the default is used", Failure::from(flaw));
    }
    warn_of_unknown_variables();
    if has_capped_detail {
        log::warn!(
            "RUST_LOG: libraries log at info at most; in more detail they repeat what clients send"
        );
    }
}

/// Whether `RUST_LOG` sets a more detailed level than info for libraries.
fn wants_detail_of_libraries(logger: &Logger) -> bool {
    let filter = filter::or("");
    let directives = filter.split(',').filter_map(|directive| directive.split_once('='));
    let mut names = directives.map(|(name, _)| name.trim()).chain(["library"]);
    let details = |name| Metadata::builder().target(name).level(Level::Debug).build();
    names.any(|name| !name.starts_with(OWN) && logger.enabled(&details(name)))
}

fn is_within_cap(metadata: &Metadata<'_>) -> bool {
    metadata.level() <= MAX_LEVEL_OF_LIBRARIES || metadata.target().starts_with(OWN)
}

impl Log for LevelCap {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_within_cap(metadata) && self.logger.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if !is_within_cap(record.metadata()) {
            return;
        }
        let Some(queue) = &self.queue else { return self.logger.log(record) };
        if self.logger.matches(record) {
            let is_important = record.level() <= Level::Warn;
            let rank = if is_important { Rank::Important } else { Rank::Ordinary };
            line::format(record, |line| queue.push(rank, line));
        }
    }

    fn flush(&self) {
        self.logger.flush();
    }
}
