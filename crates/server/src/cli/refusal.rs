//! Errors in the command line or the environment, in one line.

use std::{env, error::Error as _, ffi::OsStr};

use clap::{
    Arg, Command, CommandFactory, Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{Cli, flag_values, hints};
use crate::{failure::Failure, words::join};

/// The number of characters of a value that an error repeats.
const MAX_VALUE_CHARS: usize = 80;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let text = match error.kind() {
            ErrorKind::ValueValidation | ErrorKind::InvalidValue => invalid_value(&error),
            ErrorKind::InvalidUtf8 => Some(not_utf8()),
            _ => hints::of(&error),
        };
        text.unwrap_or_else(|| first_paragraph(&error)).into()
    }
}

/// The value, its setting or variable, and the accepted values.
fn invalid_value(error: &Error) -> Option<String> {
    let (setting, accepted) = accepted(error)?;
    let value = text(error, ContextKind::InvalidValue)?;
    if value.is_empty()
        && error.source().is_none()
        && let Some(missing) = flag_values::missing(setting)
    {
        return Some(missing);
    }
    let accepted = if accepted.is_empty() { "must not be empty" } else { &accepted };
    let value: String = value.chars().take(MAX_VALUE_CHARS).collect();
    let place = variable_of(setting).map_or(String::new(), |variable| format!(" in {variable}"));
    Some(format!("invalid value '{value}'{place} for '{setting}': {accepted}"))
}

/// The setting with an invalid value, and the accepted values. These are empty if the value is, and
/// any other is accepted.
pub(super) fn accepted(error: &Error) -> Option<(&str, String)> {
    let setting = text(error, ContextKind::InvalidArg)?;
    let accepted = match (error.source(), error.get(ContextKind::ValidValue)) {
        (Some(reason), _) => reason.to_string(),
        (None, Some(ContextValue::Strings(values))) if values.is_empty() => String::new(),
        (None, Some(ContextValue::Strings(values))) => {
            let nearest = text(error, ContextKind::SuggestedValue);
            let nearest =
                nearest.map_or(String::new(), |value| format!("; did you mean '{value}'?"));
            format!("must be {}{nearest}", join(values, "or"))
        }
        _ => return None,
    };
    Some((setting, accepted))
}

/// A part of an error that is one text.
pub(super) fn text(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

/// The variable that sets a flag like `--drain <DURATION>`, unless the command line sets it.
fn variable_of(setting: &str) -> Option<String> {
    let flag = setting.split([' ', '=', '[']).next()?;
    let is_flag = |argument: &OsStr| {
        let argument = argument.to_string_lossy();
        argument.split('=').next() == Some(flag)
    };
    if env::args_os().any(|argument| is_flag(&argument)) {
        return None;
    }
    let is_named = |arg: &Arg| arg.get_long().is_some_and(|name| flag == format!("--{name}"));
    let variables = variables(&Cli::command(), &is_named);
    variables.into_iter().find(|variable| env::var_os(variable).is_some())
}

/// The variables of the arguments that `is_wanted`.
pub(super) fn variables(command: &Command, is_wanted: &dyn Fn(&Arg) -> bool) -> Vec<String> {
    let own = command.get_arguments().filter(|arg| is_wanted(arg));
    let own = own.filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned()));
    own.chain(command.get_subcommands().flat_map(|command| variables(command, is_wanted))).collect()
}

fn not_utf8() -> String {
    let is_text =
        |variable: &String| env::var_os(variable).is_none_or(|value| value.to_str().is_some());
    let variable = variables(&Cli::command(), &|_| true).into_iter().find(|name| !is_text(name));
    variable.map_or_else(
        || "an argument is not UTF-8 text".to_owned(),
        |variable| format!("{variable} must be UTF-8 text"),
    )
}

/// The first paragraph of clap's error, as one line, and the usage.
fn first_paragraph(error: &Error) -> String {
    let text = error.render().to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = paragraph.split_whitespace().collect();
    words.join(" ").trim_start_matches("error: ").to_owned() + &hints::usage(error)
}
