//! What ends a command early: one line for the operator.

use std::fmt;

/// One line that says what is wrong and, for a setting, what is accepted.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure of the setting `--flag`.
    pub(crate) fn of_setting(flag: &str, reason: &dyn fmt::Display) -> Self {
        let variable = format!("ROLLCALL_{}", flag.to_uppercase().replace('-', "_"));
        Self::of_setting_by(flag, &variable, reason)
    }

    /// A failure of the setting `--flag`, which is also taken from `variable`.
    pub(crate) fn of_setting_by(flag: &str, variable: &str, reason: &dyn fmt::Display) -> Self {
        Self(format!("--{flag} ({variable}) {reason}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<clap::Error> for Failure {
    /// The first paragraph of what clap says, which names the setting and what is accepted, as one
    /// line.
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        let paragraph = text.split("\n\n").next().unwrap_or_default();
        let words: Vec<_> = paragraph.split_whitespace().collect();
        Self(words.join(" ").trim_start_matches("error: ").to_owned())
    }
}
