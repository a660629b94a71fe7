//! The results of the lines of a file.

use std::io::{self, IsTerminal, Stderr};

use rollcall_persistence::{ImportedLine, Outcome};

use crate::{
    commands::output::{
        pace::{Pace, Part},
        progress::ProgressLine,
    },
    words::counted,
};

/// Counts the results, and prints errors to standard error.
pub(super) struct Report {
    line: Option<ProgressLine<Stderr>>,
    /// The last progress that was shown: verb and count.
    shown: Option<(&'static str, u64)>,
    max_refused: u64,
    added: u64,
    unchanged: u64,
    refused: u64,
    /// The first line and the number of users with names that are unsafe in paths.
    kept_names: Option<(u64, u64)>,
}

impl Report {
    /// An empty report. It stops after `max_refused` rejected lines.
    pub(super) fn new(max_refused: u64) -> Self {
        let line = ProgressLine::new(io::stderr(), io::stderr().is_terminal());
        Self {
            line: Some(line),
            shown: None,
            max_refused,
            added: 0,
            unchanged: 0,
            refused: 0,
            kept_names: None,
        }
    }

    pub(super) fn refuse(&mut self, line: u64, reason: &str) {
        if !self.is_full() {
            self.refused += 1;
            self.note(&format!("line {line}: {reason}"));
        }
    }

    /// Counts a user with a name that is unsafe in paths.
    pub(super) fn keep_name(&mut self, line: u64) {
        let (first, count) = self.kept_names.unwrap_or((line, 0));
        self.kept_names = Some((first, count + 1));
    }

    pub(super) fn outcomes(&mut self, users: &[ImportedLine], outcomes: Vec<Outcome>) {
        for ((line, _), outcome) in users.iter().zip(outcomes) {
            match outcome {
                Outcome::Added => self.added += 1,
                Outcome::Unchanged => self.unchanged += 1,
                Outcome::Refused(conflict) => self.refuse(*line, &conflict.to_string()),
            }
        }
    }

    pub(super) fn progress(&mut self, pace: &Pace, count: u64, part: Option<Part>, must: bool) {
        // Each step is shown at once, and nothing twice.
        let must = must || self.shown.is_none_or(|(verb, _)| verb != pace.verb());
        if let Some(line) = &mut self.line
            && self.shown != Some((pace.verb(), count))
            && line.show(must, |is_terminal| pace.text(count, part, is_terminal))
        {
            self.shown = Some((pace.verb(), count));
        }
    }

    /// Ends the progress line, so that later output begins on a new one.
    pub(super) fn end(&mut self) {
        if let Some((line, count)) = self.kept_names.take() {
            self.note(&format!(
                "names of {} contain ? # % or \\, first in line {line}; rename them, because many \
                 clients do not escape names in paths",
                counted(count, "user")
            ));
        }
        if let Some(line) = self.line.take() {
            line.end();
        }
    }

    /// The number of rejected lines.
    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    /// Whether the maximum of rejected lines is reached.
    pub(super) fn is_full(&self) -> bool {
        self.refused >= self.max_refused
    }

    /// The error when nothing was imported.
    pub(super) fn failure(&self, is_dry_run: bool) -> String {
        let end = if self.is_full() { " or more" } else { "" };
        let nothing = if is_dry_run { "nothing would be imported" } else { "nothing was imported" };
        format!("{nothing}, because of {}{end}", counted(self.refused, "rejected line"))
    }

    /// The result of an import.
    pub(super) fn summary(&self, is_dry_run: bool) -> String {
        let Self { added, unchanged, refused, .. } = self;
        let verb = if is_dry_run { "would import" } else { "imported" };
        let mut parts = vec![format!("{verb} {}", counted(*added, "user"))];
        if *unchanged > 0 {
            parts.push(format!("{unchanged} unchanged"));
        }
        if *refused > 0 {
            parts.push(format!("skipped {}", counted(*refused, "line")));
        }
        parts.join(", ") + "\n"
    }

    fn note(&mut self, text: &str) {
        if let Some(line) = &mut self.line {
            line.note(text);
        }
    }
}
