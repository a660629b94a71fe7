//! The error that ends a command: one line for the operator.

use std::{fmt, io, process::ExitCode};

/// An error in one line and, for a setting, the accepted values.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    exit_code: u8,
}

/// The exit code of a command that failed.
const FAILED: u8 = 1;

/// The exit code of a command that did its work, but could not print the result.
const DONE_UNPRINTED: u8 = 3;

impl Failure {
    /// An error in the value of the setting `--flag`.
    pub(crate) fn of_setting(flag: &str, reason: &dyn fmt::Display) -> Self {
        Self::of_setting_by(flag, &variable(flag), reason)
    }

    /// An error in the value of the setting `--flag` or `variable`.
    pub(crate) fn of_setting_by(flag: &str, variable: &str, reason: &dyn fmt::Display) -> Self {
        format!("--{flag} ({variable}) {reason}").into()
    }

    /// An error of the thing that the setting `--flag` names; `reason` is a clause.
    pub(crate) fn about_setting(flag: &str, reason: &dyn fmt::Display) -> Self {
        Self::about_setting_by(flag, &variable(flag), reason)
    }

    /// An error of the thing that the setting `--flag` or `variable` names.
    pub(crate) fn about_setting_by(flag: &str, variable: &str, reason: &dyn fmt::Display) -> Self {
        format!("--{flag} ({variable}): {reason}").into()
    }

    /// The result of a command that succeeded, but could not print it.
    pub(crate) fn unprinted(done: &str, error: &io::Error) -> Self {
        let done: Vec<_> = done.split_whitespace().collect();
        let text = format!(
            "the command succeeded but could not print its result: {}: {error}",
            done.join(" ")
        );
        Self { text, exit_code: DONE_UNPRINTED }
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.exit_code.into()
    }
}

/// The variable of a setting.
fn variable(flag: &str) -> String {
    format!("ROLLCALL_{}", flag.to_uppercase().replace('-', "_"))
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&escaped(&self.text))
    }
}

/// Escapes control characters, which may be in names, values and paths.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_control(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character controls a terminal instead of being shown: control characters, and marks
/// that change the direction of text.
fn is_control(character: char) -> bool {
    let changes_direction = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    changes_direction || character.is_control()
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
    fn escapes_control_characters() {
        let failure = Failure::from("\u{1b}[31mred\n\u{202e}neil O'Neil é नमस्ते \u{9b}1m");
        let shown = "\\u{1b}[31mred\\u{a}\\u{202e}neil O'Neil é नमस्ते \\u{9b}1m";
        assert_eq!(failure.to_string(), shown);
    }
}
