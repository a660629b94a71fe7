//! The command line and the environment. The doc comments here are the text of `--help`.

use std::{env, net::IpAddr, num::NonZeroU32, sync::Arc};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use rollcall_domain::{
    AttemptLimits, HashCost, Registration, UserService, password::InvalidHashCost,
};
use rollcall_http::TrustedProxies;
use rollcall_persistence::{DatabaseUrl, Store};

use crate::{failure::Failure, hashing};

const ENVIRONMENT_HELP: &str = "\
Environment:
  ROLLCALL_ADMIN_PASSWORD       The first admin's password, used when the store has no admin;
                                when it is unset, one is generated and printed once
  ROLLCALL_ADMIN_PASSWORD_FILE  A file that holds it instead
  RUST_LOG                      What is logged, such as warn or rollcall=debug [default: info]";

/// One store of users behind two published REST contracts.
///
/// Without a command, rollcall serves.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = ENVIRONMENT_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: ServeSettings,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Answer requests until told to stop by Ctrl-C or SIGTERM (the default)
    #[command(after_help = ENVIRONMENT_HELP)]
    Serve(ServeSettings),
    /// Print the OpenAPI document
    Openapi {
        /// The format to print it in
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Manage users in the store, beside a running server or without one
    User {
        #[command(flatten)]
        store: StoreSettings,
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Ask the server on this machine whether it is ready, and exit with 0 if it is
    Healthcheck {
        /// The address that the server listens on
        #[arg(long, env = "ROLLCALL_LISTEN", default_value = DEFAULT_LISTEN, value_name = "HOST:PORT")]
        listen: String,
    },
}

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

#[derive(Args)]
pub(crate) struct ServeSettings {
    /// The address to listen on
    #[arg(long, env = "ROLLCALL_LISTEN", default_value = DEFAULT_LISTEN, value_name = "HOST:PORT")]
    pub(crate) listen: String,
    #[command(flatten)]
    pub(crate) store: StoreSettings,
    /// The name of the first admin, made when the store has no admin
    #[arg(long, env = "ROLLCALL_ADMIN_NAME", default_value = "admin", value_name = "NAME")]
    pub(crate) admin_name: String,
    /// Wrong passwords in a row on one account from one address before it must wait
    #[arg(long, env = "ROLLCALL_FAILURES_PER_ACCOUNT", default_value = "10", value_name = "COUNT")]
    pub(crate) failures_per_account: NonZeroU32,
    /// Wrong passwords in a minute from one address before it must wait
    #[arg(
        long,
        env = "ROLLCALL_FAILURES_PER_ADDRESS",
        default_value = "100",
        value_name = "COUNT"
    )]
    pub(crate) failures_per_address: NonZeroU32,
    /// Registrations in a minute from one address before it must wait
    #[arg(
        long,
        env = "ROLLCALL_REGISTRATIONS_PER_ADDRESS",
        default_value = "60",
        value_name = "COUNT"
    )]
    pub(crate) registrations_per_address: NonZeroU32,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks, separated by commas
    #[arg(
        long,
        env = "ROLLCALL_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = parse_network,
        value_name = "NETWORKS"
    )]
    trusted_proxies: Vec<IpNet>,
    /// Who may register through POST /users: anyone, or admins only
    #[arg(long, env = "ROLLCALL_REGISTRATION", value_enum, default_value_t = RegistrationPolicy::Open)]
    pub(crate) registration: RegistrationPolicy,
}

#[derive(Args)]
pub(crate) struct StoreSettings {
    /// Where the users are kept: sqlite:// and the path of a file, made with its folder
    #[arg(
        long,
        env = "ROLLCALL_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://data/rollcall.db",
        value_name = "URL"
    )]
    database_url: String,
    /// The bcrypt cost of new password hashes, from 4 to 16
    #[arg(long, env = "ROLLCALL_BCRYPT_COST", default_value = "12", value_parser = parse_cost, value_name = "COST")]
    pub(crate) bcrypt_cost: HashCost,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum RegistrationPolicy {
    Open,
    Admin,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Json,
    Yaml,
}

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// List every user
    List,
    /// Add a user; the password is asked for, or read from standard input
    Add {
        /// The name to have
        name: String,
        /// The user's email address
        #[arg(long)]
        email: Option<String>,
        /// Give the user the role admin
        #[arg(long)]
        admin: bool,
    },
    /// Set another password, which is asked for or read from standard input
    Passwd {
        /// The user's name
        name: String,
    },
    /// Let a user log in again
    Enable {
        /// The user's name
        name: String,
    },
    /// Keep a user from logging in, from the very next request on
    Disable {
        /// The user's name
        name: String,
    },
    /// Give a user a role
    Grant {
        /// The user's name
        name: String,
        /// The role's name
        #[arg(default_value = "admin")]
        role: String,
    },
    /// Take a role from a user
    Revoke {
        /// The user's name
        name: String,
        /// The role's name
        #[arg(default_value = "admin")]
        role: String,
    },
    /// Remove a user for good
    Delete {
        /// The user's name
        name: String,
    },
}

impl Cli {
    /// Reads the command line and the environment.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        // After `user add` as well as between the two, where an operator looks for them.
        let command = Self::command().mut_subcommand("user", |user| {
            user.mut_arg("database_url", |it| it.global(true))
                .mut_arg("bcrypt_cost", |it| it.global(true))
        });
        Self::from_arg_matches(&command.try_get_matches_from(env::args_os())?)
    }
}

impl StoreSettings {
    /// Opens the store, which is made where there is none if `create` says so.
    pub(crate) fn open(&self, create: bool) -> Result<Store, Failure> {
        // Not parsed by clap, which would repeat the text: it may hold a password.
        let url: DatabaseUrl = self
            .database_url
            .parse()
            .map_err(|reason| Failure::of_setting("database-url", &reason))?;
        let opened = if create { Store::open(&url) } else { Store::open_existing(&url) };
        opened.map_err(|reason| Failure::of_setting("database-url", &reason))
    }

    /// Starts what hashes passwords, and gives the use cases on `store`.
    pub(crate) fn users(
        &self,
        store: Store,
        registration: Registration,
        limits: AttemptLimits,
    ) -> Result<UserService, Failure> {
        let hasher = hashing::start(self.bcrypt_cost, limits)?;
        Ok(UserService::new(Arc::new(store), hasher, registration))
    }
}

impl ServeSettings {
    /// The proxies whose word is taken for whom they forward.
    pub(crate) fn proxies(&self) -> TrustedProxies {
        TrustedProxies(self.trusted_proxies.clone())
    }

    /// How fast passwords may be guessed and users registered.
    pub(crate) fn limits(&self) -> AttemptLimits {
        AttemptLimits {
            failures_per_account: self.failures_per_account,
            failures_per_address: self.failures_per_address,
            registrations_per_address: self.registrations_per_address,
        }
    }
}

impl From<RegistrationPolicy> for Registration {
    fn from(policy: RegistrationPolicy) -> Self {
        match policy {
            RegistrationPolicy::Open => Self::Open,
            RegistrationPolicy::Admin => Self::AdminOnly,
        }
    }
}

fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let network = text.trim().parse().or_else(|_| text.trim().parse().map(IpAddr::into));
    network.map_err(|_| "must be addresses or networks, such as 10.0.0.1,192.168.0.0/16")
}

fn parse_cost(text: &str) -> Result<HashCost, InvalidHashCost> {
    text.parse().map_err(|_| InvalidHashCost).and_then(HashCost::new)
}
