//! The log: `env_logger`, to standard error.

use std::{
    env,
    io::{self, BufWriter},
};

use env_logger::{Builder, Env, Logger, Target, WriteStyle};
use log::{Level, Log, Metadata, Record};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};

/// How the names of our own crates begin.
const OWN: &str = "rollcall";

/// The most that others log, whatever `RUST_LOG` says: in more detail they repeat what was sent to them.
const MAX_LEVEL_OF_OTHERS: Level = Level::Info;

/// A log without the details of others.
struct Discreet(Logger);

/// Logs what `RUST_LOG` says, or else what `filter` says, each line at once.
pub(crate) fn direct(filter: &str) {
    install(builder(filter).build());
}

/// The same from behind: a thread gathers the lines and writes them when it has caught up, so that
/// no request waits for a system call. Whatever is left is written when the guard is dropped.
pub(crate) fn behind(filter: &str) -> WorkerGuard {
    let writer = BufWriter::new(io::stderr());
    let (writer, guard) = NonBlockingBuilder::default().lossy(false).finish(writer);
    let mut builder = builder(filter);
    install(builder.target(Target::Pipe(Box::new(writer))).write_style(WriteStyle::Never).build());
    guard
}

fn builder(filter: &str) -> Builder {
    Builder::from_env(Env::default().default_filter_or(filter))
}

fn install(logger: Logger) {
    let (level, asks_for_more) = (logger.filter(), asks_for_details_of_others(&logger));
    // It is done once, at the beginning of each command.
    if log::set_boxed_logger(Box::new(Discreet(logger))).is_ok() {
        log::set_max_level(level);
    }
    if asks_for_more {
        log::warn!(
            "RUST_LOG: libraries log at info at most, because in more detail they repeat what is sent"
        );
    }
}

/// Whether `RUST_LOG` has asked for what is not given, for all or by a name.
fn asks_for_details_of_others(logger: &Logger) -> bool {
    let filter = env::var("RUST_LOG").unwrap_or_default();
    let directives = filter.split(',').filter_map(|directive| directive.split_once('='));
    let mut names = directives.map(|(name, _)| name.trim()).chain(["others"]);
    let details = |name| Metadata::builder().target(name).level(Level::Debug).build();
    names.any(|name| !name.starts_with(OWN) && logger.enabled(&details(name)))
}

fn is_discreet(metadata: &Metadata<'_>) -> bool {
    metadata.level() <= MAX_LEVEL_OF_OTHERS || metadata.target().starts_with(OWN)
}

impl Log for Discreet {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_discreet(metadata) && self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if is_discreet(record.metadata()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
}
