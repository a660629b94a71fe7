//! `rollcall completions`: prints the completion script of a shell.

use clap_complete::{Shell, generate};

use crate::{cli::Cli, commands::output, failure::Failure};

/// Prints the script. It is generated in memory, because `clap_complete` panics if it cannot write.
pub(crate) fn print(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Cli::definition(), "rollcall", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
