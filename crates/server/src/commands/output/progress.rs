//! Shows the progress of a command.

use std::{
    io::Write,
    time::{Duration, Instant},
};

/// The minimum time between two updates.
const INTERVAL: Duration = Duration::from_secs(1);

/// Moves the cursor to the beginning of the line and clears it.
const REWRITE: &str = "\r\x1b[K";

/// A progress display: a line that is rewritten on a terminal, else one line after another.
pub(crate) struct ProgressLine<W> {
    output: W,
    is_terminal: bool,
    shown: Option<Instant>,
}

impl<W: Write> ProgressLine<W> {
    /// A display that shows nothing yet.
    pub(crate) fn new(output: W, is_terminal: bool) -> Self {
        Self { output, is_terminal, shown: None }
    }

    /// Shows the progress at the first call, then once a second, and whenever it `must` be shown,
    /// as at the end of a step. Returns whether it was shown.
    pub(crate) fn show(&mut self, must: bool, text: impl FnOnce(bool) -> String) -> bool {
        let is_recent = self.shown.is_some_and(|shown| shown.elapsed() < INTERVAL);
        if is_recent && !must {
            return false;
        }
        self.shown = Some(Instant::now());
        let text = text(self.is_terminal);
        // A closed output must not make the command fail.
        let _ = if self.is_terminal {
            write!(self.output, "{REWRITE}{text}").and_then(|()| self.output.flush())
        } else {
            writeln!(self.output, "{text}")
        };
        true
    }

    /// Prints a line that is not overwritten.
    pub(crate) fn note(&mut self, text: &str) {
        let rewrite = if self.is_terminal && self.shown.is_some() { REWRITE } else { "" };
        let _ = writeln!(self.output, "{rewrite}{text}");
    }

    /// Ends the line, so that later output begins on a new one.
    pub(crate) fn end(mut self) {
        if self.is_terminal && self.shown.is_some() {
            let _ = writeln!(self.output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{INTERVAL, ProgressLine};
    use std::time::Instant;

    fn shown(is_terminal: bool) -> String {
        let mut output = Vec::new();
        let mut line = ProgressLine::new(&mut output, is_terminal);
        for done in [500, 1000, 1500] {
            assert_eq!(line.show(false, |_| format!("copying: {done}")), done == 500);
        }
        line.shown = Instant::now().checked_sub(INTERVAL);
        line.show(false, |_| "copying: 2000".to_owned());
        line.note("something odd");
        line.show(true, |is_terminal| format!("verifying: {is_terminal}"));
        line.end();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn prints_a_line_at_once_each_second_and_at_the_end() {
        let expected = "copying: 500\ncopying: 2000\nsomething odd\nverifying: false\n";
        assert_eq!(shown(false), expected);
    }

    #[test]
    fn rewrites_one_line_on_a_terminal() {
        let shown = shown(true);
        assert_eq!(shown.matches('\n').count(), 2);
        assert!(shown.ends_with("\r\x1b[Ksomething odd\n\r\x1b[Kverifying: true\n"), "{shown:?}");
    }

    #[test]
    fn shows_nothing_without_progress() {
        for is_terminal in [false, true] {
            let mut output = Vec::new();
            ProgressLine::new(&mut output, is_terminal).end();
            assert!(output.is_empty());
        }
    }
}
