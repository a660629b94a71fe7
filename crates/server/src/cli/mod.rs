//! The command line and the environment. The doc comments here are the text of `--help`.

mod flag_values;
mod hints;
mod nearest;
mod refusal;
pub(crate) mod unknown;
mod unset;

use std::path::PathBuf;

use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::config::{
    audit::AuditSettings,
    backup::{BackupSettings, RestoreSettings},
    copy::CopySettings,
    export::ExportSettings,
    help,
    import::ImportSettings,
    listen::parse_address,
    numbers::milliseconds,
    serve::{DEFAULT_LISTEN, ServeSettings},
    store::{StoreSettings, creates_a_store},
    user::UserCommand,
};

/// Serve one store of users through two REST APIs
///
/// Without a command, rollcall runs `serve`.
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
    /// Run the server until Ctrl-C or SIGTERM (the default)
    #[command(after_help = help::OF_SERVE)]
    Serve(Box<ServeSettings>),
    /// Print the OpenAPI document
    Openapi {
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        /// OpenAPI version; 3.0 is for tools that cannot read 3.1
        #[arg(long, value_enum, default_value_t = OpenapiVersion::V3_1, value_name = "VERSION")]
        openapi_version: OpenapiVersion,
    },
    /// Manage users, while the server runs or is stopped
    User {
        #[command(flatten)]
        store: StoreSettings,
        #[command(subcommand)]
        command: UserCommand,
    },
    /// List and verify the audit log
    Audit(AuditSettings),
    /// Copy all users to an empty store, such as from SQLite to PostgreSQL
    ///
    /// Ids, versions, times, password hashes, roles, status and the audit log are copied unchanged.
    /// Ids of deleted users are not reused. Sessions are not copied: users must log in again.
    ///
    /// The source is only read, and may be in use. Later changes in the source are missing in the
    /// copy: stop its servers first, and start them on the target afterwards. The copy is read back
    /// and verified before it is committed. If anything fails, the target has no users.
    Copy(CopySettings),
    /// Add users from a file, all or none
    ///
    /// The file has one user per line: a JSON object in NDJSON, a record below a header in CSV.
    /// Fields are name, email, status (ENABLED or DISABLED), roles (in CSV separated by ;),
    /// createTime, and either plaintextPassword or passwordHash (bcrypt). Only the name and one of
    /// the last two are required. An import can be repeated: a user that exists with the same
    /// values is unchanged.
    ///
    /// The exit code is 0 when every user of the file is in the store, 1 on failure, and 2 when
    /// --skip-errors skipped lines.
    Import(ImportSettings),
    /// Write all users to a file or standard output
    ///
    /// Users are written from one snapshot, ordered by id, with the fields that `rollcall import`
    /// reads. Only the owner can read the file. It gets its name when it is complete.
    Export(ExportSettings),
    /// Copy a SQLite store to a file, while the server runs or is stopped
    ///
    /// The copy is one snapshot of the whole store, including ids and sessions. Only the owner can
    /// read the file. It gets its name when it is complete and checked. The session secret in the
    /// file beside the store is not copied.
    Backup(BackupSettings),
    /// Replace a SQLite store with a backup, while the server is stopped
    ///
    /// The backup is checked first, and is not changed. Its sessions are not restored: users must
    /// log in again. Even after a crash, the store is either unchanged or completely restored.
    Restore(RestoreSettings),
    /// Measure which bcrypt cost this machine computes in a given time
    Calibrate {
        /// Longest time of one hash, in milliseconds
        #[arg(
            long,
            default_value = "250",
            value_parser = milliseconds(0..=60_000_u32),
            value_name = "MILLISECONDS"
        )]
        target_ms: u32,
    },
    /// Exit with 0 if the server on this machine is ready, otherwise with 1
    Healthcheck {
        /// Address that the server listens on
        #[arg(
            long,
            env = "ROLLCALL_LISTEN",
            default_value = DEFAULT_LISTEN,
            value_parser = parse_address,
            value_name = "HOST:PORT"
        )]
        listen: String,
        /// Certificate of the server; required if it uses TLS [default: none]
        #[arg(long, env = "ROLLCALL_TLS_CERT", value_name = "FILE")]
        tls_cert: Option<PathBuf>,
    },
    /// Print a script that completes commands and flags in a shell
    Completions {
        /// Shell that the script is for
        shell: Shell,
    },
    /// Write a manual page for each command
    ManPages {
        /// Folder of the pages, created if it does not exist
        folder: PathBuf,
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
        // Flags of all commands, because clap does not know the command yet.
        let arguments = unset::arguments(&Self::command());
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    /// All commands. Settings of the store are accepted after `user add` as well as between the
    /// two words.
    pub(crate) fn definition() -> clap::Command {
        Self::command()
            .mut_arg("database_url", creates_a_store)
            .mut_subcommand("serve", |serve| serve.mut_arg("database_url", creates_a_store))
            .mut_subcommand("import", |import| import.mut_arg("database_url", creates_a_store))
            .mut_subcommand("restore", |restore| restore.mut_arg("database_url", creates_a_store))
            .mut_subcommand("user", |user| {
                user.mut_arg("database_url", |arg| arg.global(true))
                    .mut_arg("database_pooler", |arg| arg.global(true))
                    .mut_arg("bcrypt_cost", |arg| arg.global(true))
            })
            .mut_subcommand("audit", |audit| {
                audit
                    .mut_arg("database_url", |arg| arg.global(true))
                    .mut_arg("database_pooler", |arg| arg.global(true))
            })
    }
}

/// Makes `--drain -1` an invalid number of seconds instead of an unknown flag `-1`.
fn allow_negative_numbers(command: clap::Command) -> clap::Command {
    let allow = |arg: Arg| {
        let has_value = arg.get_long().is_some() && arg.get_action().takes_values();
        if has_value { arg.allow_negative_numbers(true) } else { arg }
    };
    command.mut_args(allow).mut_subcommands(allow_negative_numbers)
}
