//! The command line and the environment. The doc comments here are the text of `--help`.

mod audit;
mod backup;
mod copy;
mod durations;
mod export;
mod help;
mod hints;
mod import;
mod listen;
mod nearest;
mod network;
mod numbers;
mod proxies;
mod refusal;
mod serve;
mod sessions;
mod store;
mod switch;
mod unknown;
mod unset;
mod user;

use std::path::PathBuf;

use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub(crate) use audit::{AuditCommand, AuditFormat, AuditSettings};
pub(crate) use backup::{BackupSettings, RestoreSettings};
pub(crate) use copy::{CopySettings, FROM, TO};
pub(crate) use export::ExportSettings;
pub(crate) use import::ImportSettings;
pub(crate) use listen::ListenAddress;
use listen::parse_address;
pub(crate) use network::TlsSettings;
use numbers::milliseconds;
use serve::DEFAULT_LISTEN;
pub(crate) use serve::ServeSettings;
use sessions::SessionSettings;
pub(crate) use store::{DatabaseSettings, PoolerSettings, StoreSettings};
pub(crate) use unknown::warn_of_unknown_variables;
pub(crate) use user::UserCommand;

/// One store of users behind two published REST contracts.
///
/// Without a command, rollcall serves.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = help::OF_SERVE)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: ServeSettings,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Answer requests until told to stop by Ctrl-C or SIGTERM (the default)
    #[command(after_help = help::OF_SERVE)]
    Serve(Box<ServeSettings>),
    /// Print the OpenAPI document
    Openapi {
        /// The format to print it in
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        /// The version of OpenAPI that it is in; 3.0 is for tools that do not read 3.1
        #[arg(long, value_enum, default_value_t = OpenapiVersion::V3_1, value_name = "VERSION")]
        openapi_version: OpenapiVersion,
    },
    /// Manage users in the store, beside a running server or without one
    User {
        #[command(flatten)]
        store: StoreSettings,
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Read the audit log, and check that nothing was taken from it
    Audit(AuditSettings),
    /// Copy every user to a store that has none, such as from SQLite to PostgreSQL
    ///
    /// Ids, versions, times, password hashes, roles and status stay as they are, and an id that was ever
    /// given is not given again; so does the audit log. Sessions are not copied: users log in anew.
    ///
    /// The source is only read, and may be in use. What is changed in it from then on is not in the copy:
    /// stop the servers on it first, and start them on the target afterwards. The target is made as by a
    /// start, is read back before it is kept, and has no users if anything fails.
    Copy(CopySettings),
    /// Add many users from a file, all or none
    ///
    /// A file has one user a line: in NDJSON an object, in CSV a record below a header. Its fields are name,
    /// email, status (ENABLED or DISABLED), roles (in CSV separated by ;), createTime, and either
    /// plaintextPassword or passwordHash (bcrypt); only the name and one of the last two are required.
    /// A user who is there already with the same values is left as it is, so that an import can be
    /// repeated.
    ///
    /// Exits with 0 when every user of the file is in the store, with 1 when it failed, and with 2 when
    /// --skip-errors has left out some.
    Import(ImportSettings),
    /// Write every user to a file, or to standard output
    ///
    /// The users are written in the order of their ids, as they were at one moment, with the fields that
    /// `rollcall import` takes. The file is readable by its owner only, and is there once it is
    /// complete.
    Export(ExportSettings),
    /// Copy a SQLite store to a file, beside a running server or without one
    ///
    /// The copy is what the store was at one moment, with ids, sessions and all. It is readable by its owner
    /// only, and is there once it is complete and checked. The session secret beside the store is not in
    /// it.
    Backup(BackupSettings),
    /// Put a backup in the place of a SQLite store that no server has open
    ///
    /// The backup is checked first, and stays as it is. Its sessions are not restored: users log in
    /// again. Whatever happens, the store is either what it was
    /// or what the backup is.
    Restore(RestoreSettings),
    /// Say which bcrypt cost fits this machine
    Calibrate {
        /// How long one hash may take, in milliseconds
        #[arg(
            long,
            default_value = "250",
            value_parser = milliseconds(0..=60_000_u32),
            value_name = "MILLISECONDS"
        )]
        target_ms: u32,
    },
    /// Ask the server on this machine whether it is ready, and exit with 0 if it is
    Healthcheck {
        /// The address that the server listens on
        #[arg(
            long,
            env = "ROLLCALL_LISTEN",
            default_value = DEFAULT_LISTEN,
            value_parser = parse_address,
            value_name = "HOST:PORT"
        )]
        listen: String,
        /// The certificate that the server does TLS with, if it does
        #[arg(long, env = "ROLLCALL_TLS_CERT", value_name = "FILE")]
        tls_cert: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Json,
    Yaml,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OpenapiVersion {
    #[value(name = "3.1")]
    V3_1,
    #[value(name = "3.0")]
    V3_0,
}

impl Cli {
    /// Reads the command line and the environment.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let command = unset::ignore_empty_variables(allow_negative_numbers(Self::definition()));
        // Of all commands: one that is set to nothing is looked for before clap knows the command.
        let arguments = unset::arguments(&Self::command());
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    /// All commands. Settings of the store are accepted after `user add` as well as between the two,
    /// where an operator looks for them.
    fn definition() -> clap::Command {
        Self::command()
            .mut_subcommand("user", |user| {
                user.mut_arg("database_url", |it| it.global(true))
                    .mut_arg("database_pooler", |it| it.global(true))
                    .mut_arg("bcrypt_cost", |it| it.global(true))
            })
            .mut_subcommand("audit", |audit| {
                audit
                    .mut_arg("database_url", |it| it.global(true))
                    .mut_arg("database_pooler", |it| it.global(true))
            })
    }
}

/// Has `--drain -1` say that -1 is no number of seconds, instead of asking what `-1` is.
fn allow_negative_numbers(command: clap::Command) -> clap::Command {
    let allow = |arg: Arg| {
        let has_value = arg.get_long().is_some() && arg.get_action().takes_values();
        if has_value { arg.allow_negative_numbers(true) } else { arg }
    };
    command.mut_args(allow).mut_subcommands(allow_negative_numbers)
}
