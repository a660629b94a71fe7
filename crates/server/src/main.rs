//! `rollcall`: one store of users behind two published REST contracts.

mod admin;
mod commands;
mod failure;
mod passwords;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    failure::Failure,
    settings::{Cli, Command},
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return report(&Failure::from(error)),
        // Help and the version are answers, not failures.
        Err(answer) => answer.exit(),
    };
    run(cli).map_or_else(|failure| report(&failure), |()| ExitCode::SUCCESS)
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(settings) => serve::serve(&settings),
        Command::Openapi { format } => commands::openapi::print(format),
        Command::User { store, command } => commands::user::run(&store, command),
        Command::Healthcheck { listen } => commands::healthcheck::check(&listen),
    }
}

fn report(failure: &Failure) -> ExitCode {
    eprintln!("error: {failure}");
    ExitCode::FAILURE
}
