//! Values of flags: one that is missing, and one after a flag that does not take it.

use std::{
    env,
    ffi::{OsStr, OsString},
};

use clap::{Arg, Command};

use super::{Cli, refusal::accepted};

/// The error for a flag without its value, with the accepted values. None if the value is empty,
/// which clap does not distinguish.
pub(super) fn missing(setting: &str) -> Option<String> {
    let flag = setting.split([' ', '=', '[']).next().filter(|flag| flag.starts_with("--"))?;
    let arguments: Vec<_> = env::args_os().collect();
    let with_empty = format!("{flag}=");
    let is_empty = arguments.iter().any(|argument| argument == &*with_empty)
        || arguments.windows(2).any(|pair| pair[0] == flag && pair[1].is_empty());
    if is_empty {
        return None;
    }
    let command = command_of(&arguments);
    let reason = reason(&command, &with_empty, setting)
        .or_else(|| purpose(find(&command, flag)?))
        .unwrap_or_default();
    Some(format!("'{setting}' requires a value{reason}"))
}

/// The command that the arguments name, which this error of clap does not show.
fn command_of(arguments: &[OsString]) -> Command {
    let mut root = Cli::definition();
    root.build();
    arguments
        .iter()
        .fold(&root, |command, argument| command.find_subcommand(argument).unwrap_or(command))
        .clone()
}

/// How the parser of the flag refuses an empty value: it names the accepted ones.
fn reason(command: &Command, with_empty: &str, setting: &str) -> Option<String> {
    let refused = command.clone().try_get_matches_from(["rollcall", with_empty]).err()?;
    accepted(&refused)
        .filter(|(refused, reason)| *refused == setting && !reason.is_empty())
        .map(|(_, reason)| format!(": {reason}"))
}

/// The first sentence of the help of a flag whose value is not parsed, such as a path.
fn purpose(arg: &Arg) -> Option<String> {
    let help = arg.get_help()?.to_string();
    let sentence = help.split(". ").next()?.split(" [default").next()?;
    let mut characters = sentence.chars();
    let first = characters.next()?.to_lowercase();
    Some(format!(" ({first}{})", characters.as_str()))
}

/// Says why an argument after a flag is not its value, if that is so.
pub(super) fn stray(command: &Command, argument: &str) -> Option<String> {
    let arguments: Vec<_> = env::args_os().collect();
    let before = arguments.windows(2).filter(|pair| pair[1] == argument).map(|pair| &*pair[0]);
    before.filter_map(OsStr::to_str).find_map(|flag| {
        let arg = find(command, flag)?;
        if !arg.get_action().takes_values() {
            Some(format!("{flag} takes no value"))
        } else if arg.is_require_equals_set() {
            Some(format!("the value of {flag} follows '=': {flag}={argument}"))
        } else {
            None
        }
    })
}

fn find<'a>(command: &'a Command, flag: &str) -> Option<&'a Arg> {
    let name = flag.strip_prefix("--")?;
    command.get_arguments().find(|arg| arg.get_long() == Some(name))
}
