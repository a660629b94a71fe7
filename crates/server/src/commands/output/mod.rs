//! Standard output of commands: results, tables and progress.

pub(crate) mod pace;
pub(crate) mod progress;
pub(crate) mod standard_output;
pub(crate) mod table;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::failure::Failure;

/// Prints the output of a command that only reads. A closed pipe is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    printed(standard_output::require_open().and_then(|()| write(text)))
}

/// Prints a verdict. The exit code repeats it, so a closed output is accepted.
pub(crate) fn print_verdict(text: &str) -> Result<(), Failure> {
    printed(write(text))
}

/// Prints the result of a command that has changed something. If the output fails, the error says
/// that the command succeeded. A closed output is no error: programs that discard it often open
/// `/dev/null` for reading and writing, which looks the same.
pub(crate) fn print_done(done: &str) -> Result<(), Failure> {
    match write(done) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::unprinted(done, &error))
        }
        _ => Ok(()),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Prints an answer of clap, such as help, and returns the exit code.
pub(crate) fn print_answer(answer: &clap::Error) -> Result<ExitCode, Failure> {
    printed(answer.print().and_then(|()| io::stdout().flush()))?;
    Ok(u8::try_from(answer.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn printed(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("writing to standard output: {error}").into())
        }
        _ => Ok(()),
    }
}
