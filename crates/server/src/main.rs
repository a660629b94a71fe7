//! `rollcall`: serves one store of users through two REST APIs.

mod cli;
mod commands;
mod config;
mod failure;
mod hashing_threads;
mod privacy;
mod telemetry;
mod tls;
mod words;

use std::{process::ExitCode, time::Duration};

use clap::error::ErrorKind;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
};

/// The errors of `rollcall user` without a command, with and without variables set.
const MISSING_COMMAND: [ErrorKind; 2] =
    [ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, ErrorKind::MissingSubcommand];

fn main() -> ExitCode {
    privacy::begin();
    let cli = match Cli::read() {
        Ok(cli) => cli,
        // Help and the version are not errors. `rollcall user` alone shows its help as well.
        Err(answer) if !answer.use_stderr() || MISSING_COMMAND.contains(&answer.kind()) => {
            return commands::output::print_answer(&answer)
                .unwrap_or_else(|failure| report(&failure));
        }
        Err(error) => return report(&Failure::from(error)),
    };
    run(cli).unwrap_or_else(|failure| report(&failure))
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command.unwrap_or_else(|| Command::Serve(Box::new(cli.serve))) {
        Command::Serve(settings) => commands::serve::serve(&settings)?,
        Command::Openapi { format, openapi_version } => {
            commands::openapi::print(openapi_version, format)?;
        }
        Command::User { store, command } => commands::user::run(&store, command)?,
        Command::Audit(settings) => commands::audit::run(&settings)?,
        Command::Copy(settings) => commands::copy::run(&settings)?,
        Command::Import(settings) => return commands::import::run(&settings),
        Command::Export(settings) => commands::export::run(&settings)?,
        Command::Backup(settings) => commands::backup::run(&settings)?,
        Command::Restore(settings) => commands::restore::run(&settings)?,
        Command::Calibrate { target_ms } => {
            commands::calibrate::calibrate(Duration::from_millis(target_ms.into()))?;
        }
        Command::Healthcheck { listen, tls_cert } => {
            commands::healthcheck::check(&listen, tls_cert.is_some())?;
        }
        Command::Completions { shell } => commands::completions::print(shell)?,
        Command::ManPages { folder } => commands::man_pages::write(&folder)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn report(failure: &Failure) -> ExitCode {
    telemetry::log::last_line::write(format!("error: {failure}"));
    failure.exit_code()
}
