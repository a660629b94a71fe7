//! The commands beside `serve`.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod calibrate;
mod confirm;
mod confusable;
pub(crate) mod copy;
pub(crate) mod export;
pub(crate) mod healthcheck;
pub(crate) mod import;
pub(crate) mod openapi;
mod pace;
mod progress;
pub(crate) mod restore;
mod sessions;
mod table;
pub(crate) mod user;
mod words;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{failure::Failure, standard_output};
pub(crate) use words::{counted, join};

/// Prints an answer that is all that a command is for. A reader that has gone away has seen enough.
fn print(text: &str) -> Result<(), Failure> {
    printed(standard_output::require_open().and_then(|()| write(text)))
}

/// Prints the verdict of a command, which its exit code is as well.
fn print_verdict(text: &str) -> Result<(), Failure> {
    printed(write(text))
}

/// Prints what a command has done, which it has done as well if that can not be printed. An output
/// that leads nowhere is no error: programs that do not read it open `/dev/null` for both
/// directions, which looks like a closed one.
fn print_done(done: &str) -> Result<(), Failure> {
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

/// Prints what clap answers by itself, such as help, and returns what to exit with.
pub(crate) fn print_answer(answer: &clap::Error) -> Result<ExitCode, Failure> {
    printed(answer.print().and_then(|()| io::stdout().flush()))?;
    Ok(u8::try_from(answer.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn printed(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("printing: {error}").into())
        }
        _ => Ok(()),
    }
}
