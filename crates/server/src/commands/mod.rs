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

use std::io::{self, Write};

use crate::failure::Failure;

/// Prints an answer; a reader that has gone away is nobody's failure.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("printing: {error}").into())
        }
        _ => Ok(()),
    }
}
