//! What ends a command early: one line for the operator.

use std::{
    fmt::{self, Write as _},
    io,
    process::ExitCode,
};

/// One line that says what is wrong and, for a setting, which values are accepted.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    exit_code: u8,
}

/// What a command exits with that has failed.
const FAILED: u8 = 1;

/// What a command exits with that has done its work, and could not print what it did.
const DONE_UNPRINTED: u8 = 3;

impl Failure {
    /// A failure of the setting `--flag`.
    pub(crate) fn of_setting(flag: &str, reason: &dyn fmt::Display) -> Self {
        Self::of_setting_by(flag, &variable(flag), reason)
    }

    /// A failure of the setting `--flag`, which is also taken from `variable`.
    pub(crate) fn of_setting_by(flag: &str, variable: &str, reason: &dyn fmt::Display) -> Self {
        format!("--{flag} ({variable}) {reason}").into()
    }

    /// A failure of what the setting `--flag` names, which the clause `reason` tells.
    pub(crate) fn about_setting(flag: &str, reason: &dyn fmt::Display) -> Self {
        Self::about_setting_by(flag, &variable(flag), reason)
    }

    /// A failure of what the setting `--flag` names, which is also taken from `variable`.
    pub(crate) fn about_setting_by(flag: &str, variable: &str, reason: &dyn fmt::Display) -> Self {
        format!("--{flag} ({variable}): {reason}").into()
    }

    /// What a command has done, which could not be printed.
    pub(crate) fn unprinted(done: &str, error: &io::Error) -> Self {
        let done: Vec<_> = done.split_whitespace().collect();
        let text = format!("this was done, and could not be printed: {}: {error}", done.join(" "));
        Self { text, exit_code: DONE_UNPRINTED }
    }

    /// What the process exits with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.exit_code.into()
    }
}

/// The variable that a setting is also taken from.
fn variable(flag: &str) -> String {
    format!("ROLLCALL_{}", flag.to_uppercase().replace('-', "_"))
}

/// Repeats names, values and paths without the characters that a terminal obeys.
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.chars().try_for_each(|character| {
            if is_obeyed(character) {
                write!(formatter, "{}", character.escape_unicode())
            } else {
                formatter.write_char(character)
            }
        })
    }
}

/// Whether a terminal does something else than to show the character: controls, which move the
/// cursor or begin a command, and marks that turn the direction of text around.
fn is_obeyed(character: char) -> bool {
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    turns || character.is_control()
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { text, exit_code: FAILED }
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn characters_that_a_terminal_obeys_are_shown_by_number() {
        let failure = Failure::from("\u{1b}[31mred\n\u{202e}neil O'Neil é नमस्ते \u{9b}1m");
        let shown = "\\u{1b}[31mred\\u{a}\\u{202e}neil O'Neil é नमस्ते \\u{9b}1m";
        assert_eq!(failure.to_string(), shown);
    }
}
