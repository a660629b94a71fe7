//! Empty settings, such as compose's `${NAME:-}`, count as not set.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
};

use clap::{Arg, Command, builder::Resettable};

/// Makes all commands ignore empty variables.
pub(super) fn ignore_empty_variables(command: Command) -> Command {
    let without_empty = |arg: Arg| {
        let is_empty = |name: &OsStr| env::var_os(name).is_some_and(|value| value.is_empty());
        if arg.get_env().is_some_and(is_empty) { arg.env(Resettable::Reset) } else { arg }
    };
    command.mut_args(without_empty).mut_subcommands(ignore_empty_variables)
}

/// The command line without the empty settings of `command`.
pub(super) fn arguments(command: &Command) -> Vec<OsString> {
    without_empty_flags(env::args_os(), &flags(command))
}

/// The flags of settings, and whether the next argument can be the value. A setting has a
/// variable: `audit verify --contains=` is none and stays an error.
type Flags = BTreeMap<String, bool>;

fn flags(command: &Command) -> Flags {
    let flag = |arg: &Arg| {
        let name = arg.get_env().and(arg.get_long())?;
        Some((format!("--{name}"), !arg.is_require_equals_set()))
    };
    let own = command.get_arguments().filter_map(flag);
    command.get_subcommands().flat_map(flags).chain(own).collect()
}

fn without_empty_flags(arguments: impl Iterator<Item = OsString>, flags: &Flags) -> Vec<OsString> {
    let mut arguments = arguments.peekable();
    let mut kept = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            kept.push(argument);
            break;
        }
        let text = argument.to_str().unwrap_or_default();
        if text.strip_suffix('=').is_some_and(|flag| flags.contains_key(flag)) {
            continue;
        }
        let has_value = flags.get(text) == Some(&true);
        if has_value && arguments.next_if(|value| value.is_empty()).is_some() {
            continue;
        }
        kept.push(argument);
    }
    kept.extend(arguments);
    kept
}

#[cfg(test)]
mod tests {
    use super::without_empty_flags;

    #[test]
    fn removes_only_empty_settings() {
        let flags = [("--listen", true), ("--drain", true), ("--insecure-http", false)];
        let flags = flags.map(|(flag, has_value)| (flag.to_owned(), has_value)).into();
        for (given, kept) in [
            (&["--listen=", "--drain=1"][..], &["--drain=1"][..]),
            (&["--listen", "", "--drain", "1"], &["--drain", "1"]),
            (&["--insecure-http=", "--insecure-http", ""], &["--insecure-http", ""]),
            (&["--other=", "--other", ""], &["--other=", "--other", ""]),
            (
                &["--listen", "x", "--", "--listen=", "--drain", ""],
                &["--listen", "x", "--", "--listen=", "--drain", ""],
            ),
        ] {
            let arguments = given.iter().map(Into::into);
            assert_eq!(without_empty_flags(arguments, &flags), kept);
        }
    }
}
