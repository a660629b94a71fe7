//! How far a copy is, for whoever waits for it.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use rollcall_persistence::{Progress, Step};

/// How long a line stands at least.
const INTERVAL: Duration = Duration::from_secs(1);

/// Puts the cursor at the beginning of the line and clears it.
const REWRITE: &str = "\r\x1b[K";

/// Lines that follow each other, or one that is rewritten where somebody watches.
pub(crate) struct ProgressLine<W> {
    output: W,
    is_terminal: bool,
    shown: Option<Instant>,
}

impl<W: Write> ProgressLine<W> {
    /// Shows nothing yet.
    pub(crate) fn new(output: W, is_terminal: bool) -> Self {
        Self { output, is_terminal, shown: None }
    }

    /// Says how far it is: at once, then once a second, and at the end of each step.
    pub(crate) fn show(&mut self, progress: Progress) {
        let is_recent = self.shown.is_some_and(|shown| shown.elapsed() < INTERVAL);
        if is_recent && progress.done != progress.total {
            return;
        }
        self.shown = Some(Instant::now());
        let text = text(progress);
        // A reader that has gone away is nobody's failure.
        let _ = if self.is_terminal {
            write!(self.output, "{REWRITE}{text}").and_then(|()| self.output.flush())
        } else {
            writeln!(self.output, "{text}")
        };
    }

    /// Lets what follows begin on a line of its own.
    pub(crate) fn end(mut self) {
        if self.is_terminal && self.shown.is_some() {
            let _ = writeln!(self.output);
        }
    }
}

fn text(Progress { step, done, total }: Progress) -> String {
    let step = match step {
        Step::Copying => "copying",
        Step::Verifying => "verifying",
    };
    // Whole percents of what is there; of nothing, all.
    let percent = (done * 100).checked_div(total).unwrap_or(100);
    format!("{step}: {done} of {total} users ({percent} %)")
}

#[cfg(test)]
mod tests {
    use super::{INTERVAL, ProgressLine};
    use rollcall_persistence::{Progress, Step};
    use std::time::Instant;

    fn shown(is_terminal: bool) -> String {
        let mut output = Vec::new();
        let mut line = ProgressLine::new(&mut output, is_terminal);
        for done in [500, 1000, 1500] {
            line.show(Progress { step: Step::Copying, done, total: 2001 });
        }
        line.shown = Instant::now().checked_sub(INTERVAL);
        line.show(Progress { step: Step::Copying, done: 2000, total: 2001 });
        line.show(Progress { step: Step::Verifying, done: 2001, total: 2001 });
        line.end();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn lines_come_at_once_then_once_a_second_and_at_the_end() {
        let expected = "copying: 500 of 2001 users (24 %)\ncopying: 2000 of 2001 users (99 %)\n\
                        verifying: 2001 of 2001 users (100 %)\n";
        assert_eq!(shown(false), expected);
    }

    #[test]
    fn on_a_terminal_one_line_is_rewritten() {
        let shown = shown(true);
        assert_eq!(shown.matches('\n').count(), 1);
        assert!(shown.ends_with("\r\x1b[Kverifying: 2001 of 2001 users (100 %)\n"), "{shown:?}");
    }

    #[test]
    fn nothing_to_copy_is_nothing_to_show() {
        for is_terminal in [false, true] {
            let mut output = Vec::new();
            ProgressLine::new(&mut output, is_terminal).end();
            assert!(output.is_empty());
        }
    }
}
