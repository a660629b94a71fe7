//! Hints for a mistyped command line: the nearest name, the usage and the help.

use clap::{
    Arg, Command, CommandFactory, Error,
    builder::PossibleValue,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{
    Cli, flag_values,
    nearest::{nearest, similar},
    refusal::text,
};
use crate::words::join;

/// The error and the accepted names in one line, where clap would need several.
pub(super) fn of(error: &Error) -> Option<String> {
    let text = match error.kind() {
        ErrorKind::UnknownArgument => unknown_argument(error)?,
        ErrorKind::InvalidSubcommand => unknown_command(error)?,
        ErrorKind::MissingRequiredArgument => missing(error)?,
        ErrorKind::ArgumentConflict if !is_before_a_command(error) => unknown_command(error)?,
        // Needs no usage: it shows the accepted command line.
        ErrorKind::ArgumentConflict => return before_command(error),
        _ => return None,
    };
    Some(text + &usage(error))
}

/// The usage of the command, and how to show its help.
pub(super) fn usage(error: &Error) -> String {
    let usage = command_of(error).map(|mut command| command.render_usage().to_string());
    let usage = usage.unwrap_or_default();
    let lines = usage.trim_start_matches("Usage:").lines().map(str::trim);
    let usage = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" or ");
    let command = [&["rollcall".to_owned()], &command_names(error)[..]].concat().join(" ");
    format!(" (usage: {usage}; more: {command} --help)")
}

fn unknown_argument(error: &Error) -> Option<String> {
    let argument = text(error, ContextKind::InvalidArg)?;
    let hint = || nearest_flag(error, argument).or_else(|| accepted_by(argument));
    let accepted = stray_value(error, argument).or_else(hint);
    let accepted = accepted.map_or(String::new(), |accepted| format!("; {accepted}"));
    Some(format!("unexpected argument '{argument}'{accepted}"))
}

/// Why the argument is not the value of the flag before it.
fn stray_value(error: &Error, argument: &str) -> Option<String> {
    flag_values::stray(&command_of(error)?, argument)
}

/// The most similar flag of the command.
fn nearest_flag(error: &Error, argument: &str) -> Option<String> {
    let name = argument.strip_prefix("--")?;
    let command = command_of(error)?;
    let flags: Vec<_> = command.get_arguments().filter_map(Arg::get_long).collect();
    similar(name, &flags).map(|nearest| format!("did you mean '--{nearest}'?"))
}

/// The unknown command, and the most similar one or else all commands.
fn unknown_command(error: &Error) -> Option<String> {
    let name = text(error, ContextKind::InvalidSubcommand)?;
    if let Some(reason) = stray_value(error, name) {
        return Some(format!("unexpected argument '{name}'; {reason}"));
    }
    // In the order of `--help`.
    let root = Cli::command();
    let names = command_names(error);
    let command = names.iter().try_fold(&root, |command, name| command.find_subcommand(name))?;
    let known: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
    let accepted = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean '{nearest}'?"),
        None => format!("accepted are {}", join(&known, "and")),
    };
    Some(format!("unknown command '{name}'; {accepted}"))
}

fn missing(error: &Error) -> Option<String> {
    let Some(ContextValue::Strings(names)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let verb = if names.len() == 1 { "is" } else { "are" };
    let accepted = match &names[..] {
        [name] => accepted_values(&command_of(error)?, name),
        _ => None,
    };
    let accepted = accepted.map_or(String::new(), |accepted| format!("; {accepted}"));
    Some(format!("{} {verb} required{accepted}", join(names, "and")))
}

/// The values of an argument that accepts only some.
fn accepted_values(command: &Command, argument: &str) -> Option<String> {
    let argument = command.get_arguments().find(|own| own.to_string() == argument)?;
    let values = argument.get_possible_values();
    let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
    (!names.is_empty()).then(|| format!("accepted are {}", join(&names, "and")))
}

/// Whether the argument after an option is a command. Without an option, clap reports an unknown
/// command as such.
fn is_before_a_command(error: &Error) -> bool {
    let name = text(error, ContextKind::InvalidSubcommand);
    name.is_none_or(|name| Cli::command().find_subcommand(name).is_some())
}

/// The error for an option before its command.
fn before_command(error: &Error) -> Option<String> {
    let name = text(error, ContextKind::InvalidSubcommand)?;
    let option = match error.get(ContextKind::PriorArg) {
        Some(ContextValue::String(option)) => option,
        Some(ContextValue::Strings(options)) => options.first()?,
        _ => return None,
    };
    let flag = option.split([' ', '=', '[']).next()?;
    let root = Cli::definition();
    let accepted = if takes(root.find_subcommand(name)?, flag) {
        format!("write rollcall {name} {option}")
    } else {
        accepted_by(flag)?
    };
    Some(format!("{flag} is before the command '{name}'; {accepted}"))
}

/// Says which commands accept a flag, if any do.
fn accepted_by(flag: &str) -> Option<String> {
    // In the order of `--help`.
    let root = Cli::command();
    let commands = root.get_subcommands().filter(|command| takes(command, flag));
    let names: Vec<_> =
        commands.map(|command| format!("rollcall {}", command.get_name())).collect();
    let verb = if names.len() == 1 { "accepts" } else { "accept" };
    (!names.is_empty()).then(|| format!("{} {verb} it", join(&names, "and")))
}

fn takes(command: &Command, flag: &str) -> bool {
    let name = flag.trim_start_matches('-');
    flag.starts_with("--") && command.get_arguments().any(|arg| arg.get_long() == Some(name))
}

/// The command whose usage clap would show, with the flags of its parents.
fn command_of(error: &Error) -> Option<Command> {
    let mut root = Cli::definition();
    root.build();
    let names = command_names(error);
    names.iter().try_fold(&root, |command, name| command.find_subcommand(name)).cloned()
}

/// The names of the command and subcommand whose usage clap would show.
fn command_names(error: &Error) -> Vec<String> {
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else {
        return Vec::new();
    };
    let usage = usage.to_string();
    let words = usage.split_whitespace().skip_while(|word| *word != "rollcall").skip(1);
    words.take_while(|word| !word.starts_with(['[', '<', '-'])).map(str::to_owned).collect()
}
