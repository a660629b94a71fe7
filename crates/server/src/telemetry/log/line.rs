//! One line of the log, in the form of `env_logger`: `[2026-11-28T18:00:00Z INFO  target] text`.
//!
//! `env_logger` formats the time of each line, and each part through a style and an indenter, which
//! takes three times as long.

use std::{
    cell::Cell,
    fmt::Write,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use log::Record;

/// What follows a line break inside a line.
const INDENT: &str = "\n    ";

thread_local! {
    static FORMATTER: Cell<Formatter> = const { Cell::new(Formatter::new()) };
}

/// The memory of a thread that formats lines.
#[derive(Default)]
struct Formatter {
    line: String,
    /// The second of the last line, and its text.
    second: u64,
    time: String,
}

/// Passes the line of `record` to `write`.
pub(super) fn format(record: &Record<'_>, write: impl FnOnce(&[u8])) {
    // Taken away meanwhile, because an argument may log as well. A thread that ends has none.
    let mut formatter = FORMATTER.try_with(Cell::take).unwrap_or_default();
    formatter.format(record, SystemTime::now());
    write(formatter.line.as_bytes());
    let _ = FORMATTER.try_with(|kept| kept.set(formatter));
}

impl Formatter {
    const fn new() -> Self {
        Self { line: String::new(), second: 0, time: String::new() }
    }

    fn format(&mut self, record: &Record<'_>, now: SystemTime) {
        self.set_time(now);
        let Self { line, time, .. } = self;
        line.clear();
        for part in ["[", time, " ", padded(record.level())] {
            line.push_str(part);
        }
        if !record.target().is_empty() {
            line.push(' ');
            line.push_str(record.target());
        }
        line.push_str("] ");
        let begin = line.len();
        // Writing to a string does not fail.
        let _ = line.write_fmt(*record.args());
        if line[begin..].contains('\n') {
            let text = line.split_off(begin).replace('\n', INDENT);
            line.push_str(&text);
        }
        line.push('\n');
    }

    /// Formats the time, unless it is in the second of the last line.
    fn set_time(&mut self, now: SystemTime) {
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        if self.time.is_empty() || self.second != since_epoch.as_secs() {
            self.second = since_epoch.as_secs();
            let time = Timestamp::try_from(now).unwrap_or_default();
            self.time = format!("{time:.0}");
        }
    }
}

/// The name of a level, as wide as the longest.
fn padded(level: log::Level) -> &'static str {
    match level {
        log::Level::Error => "ERROR",
        log::Level::Warn => "WARN ",
        log::Level::Info => "INFO ",
        log::Level::Debug => "DEBUG",
        log::Level::Trace => "TRACE",
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Formatter, SystemTime, format};
    use env_logger::{Builder, Target, WriteStyle};
    use log::{Level, LevelFilter, Log, Record};
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_the_same_as_of_env_logger() {
        let written = Written::default();
        let target = Target::Pipe(Box::new(written.clone()));
        let mut builder = Builder::new();
        builder.filter_level(LevelFilter::Trace).write_style(WriteStyle::Never).target(target);
        let logger = builder.build();
        for level in Level::iter() {
            for (target, text) in [
                ("rollcall_http::request_log", "GET /users/1 200 0ms admin"),
                ("a", ""),
                ("", "two\nlines\n"),
                ("b", "\n\u{e9}"),
            ] {
                written.0.lock().unwrap().clear();
                let mut ours = Vec::new();
                let arguments = format_args!("{text}");
                let record = Record::builder().level(level).target(target).args(arguments).build();
                logger.log(&record);
                format(&record, |line| ours.extend_from_slice(line));
                let theirs = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
                let ours = String::from_utf8(ours).unwrap();
                // The second may have ended in between.
                assert_eq!(ours.split_once(' ').unwrap().1, theirs.split_once(' ').unwrap().1);
                assert_eq!(ours.find(' '), theirs.find(' '));
            }
        }
    }

    #[test]
    fn each_second_has_its_own_text() {
        let mut formatter = Formatter::new();
        let mut time = |milliseconds| {
            formatter.set_time(SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds));
            formatter.time.clone()
        };
        let expected = ["1970-01-01T00:00:00Z", "1970-01-01T00:00:59Z", "2026-11-28T18:43:30Z"];
        assert_eq!([999, 59_999, 1_795_891_410_500].map(&mut time), expected);
        assert_eq!(time(0), expected[0]);
    }

    /// Logs while it is formatted.
    struct Logs;

    impl std::fmt::Display for Logs {
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            let inner = format_args!("inner");
            super::format(&Record::builder().args(inner).build(), |line| {
                assert!(line.ends_with(b"inner\n"));
            });
            formatter.write_str("outer")
        }
    }

    #[test]
    fn an_argument_may_log_as_well() {
        let mut lines = Vec::new();
        for _ in 0..2 {
            let arguments = format_args!("{Logs}");
            let record = Record::builder().args(arguments).build();
            format(&record, |line| lines.push(String::from_utf8(line.to_vec()).unwrap()));
        }
        assert!(lines.iter().all(|line| line.ends_with("] outer\n")), "{lines:?}");
    }
}
