//! The log: `env_logger`, to standard error.

use std::io::{self, BufWriter};

use env_logger::{Builder, Env, Target, WriteStyle};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};

/// Logs what `RUST_LOG` says, or else what `filter` says, each line at once.
pub(crate) fn direct(filter: &str) {
    builder(filter).init();
}

/// The same from behind: a thread gathers the lines and writes them when it has caught up, so that
/// no request waits for a system call. Whatever is left is written when the guard is dropped.
pub(crate) fn behind(filter: &str) -> WorkerGuard {
    let writer = BufWriter::new(io::stderr());
    let (writer, guard) = NonBlockingBuilder::default().lossy(false).finish(writer);
    builder(filter).target(Target::Pipe(Box::new(writer))).write_style(WriteStyle::Never).init();
    guard
}

fn builder(filter: &str) -> Builder {
    Builder::from_env(Env::default().default_filter_or(filter))
}
