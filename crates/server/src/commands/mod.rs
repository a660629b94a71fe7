//! The commands beside `serve`.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod calibrate;
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

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::failure::Failure;

/// Prints an answer. A reader that has gone away has seen enough.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
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
