//! What the programs have in common.

use std::{net::TcpListener, process::Command};

use super::process::Running;
use crate::{
    Result,
    storm::Target,
    throughput::{CLIENTS, Clients},
};

/// A program with users of its own.
pub(super) trait Peer {
    /// Its name and version.
    fn name(&self) -> String;

    /// The command that serves until it is killed.
    fn command(&self) -> Command;

    /// Makes the users, once.
    fn set_up(&mut self) -> Result<()>;

    /// Its address, a read by the reader, and guesses of another user's password.
    fn target(&self) -> Target<'_>;

    /// The connections that read. With those of other programs, a program that hashes for each
    /// request answers none of them in a round.
    fn clients(&self) -> Clients {
        CLIENTS
    }

    /// Starts it.
    fn start(&self) -> Result<Running> {
        Running::start(&mut self.command())
    }
}

/// An address of the loopback interface that is free now.
pub(super) fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// The first word with a digit in what the command prints, without a distribution's revision.
pub(super) fn version(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let mut words = text.split([' ', '/', '-', '\n']);
    let word = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    Ok(word.unwrap_or_default().to_owned())
}

/// Runs a command to its end. Fails with what it prints.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&text)).into())
}
