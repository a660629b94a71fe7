//! Settings of `rollcall serve`.

use std::{num::NonZeroU32, time::Duration};

use clap::{Args, ValueEnum};
use rollcall_domain::{AttemptLimits, NameRule, Registration, session::SigningPolicy};
use rollcall_persistence::DEFAULT_CONNECTIONS;

use super::{
    SessionSettings, StoreSettings, durations::duration, listen::parse_address,
    network::NetworkSettings, numbers::whole_number, proxies::ProxySettings,
};

pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// The longest time that any setting takes, that of sessions aside.
pub(super) const MAX_SECONDS: u64 = 3600;

#[derive(Args)]
pub(crate) struct ServeSettings {
    /// The address to listen on
    #[arg(
        long,
        env = "ROLLCALL_LISTEN",
        default_value = DEFAULT_LISTEN,
        value_parser = parse_address,
        value_name = "HOST:PORT"
    )]
    pub(crate) listen: String,
    /// The address to give metrics on, in Prometheus' format, as /metrics [default: none]
    #[arg(
        long,
        env = "ROLLCALL_METRICS_LISTEN",
        value_parser = parse_address,
        value_name = "HOST:PORT"
    )]
    pub(crate) metrics_listen: Option<String>,
    #[command(flatten)]
    pub(crate) network: NetworkSettings,
    #[command(flatten)]
    pub(crate) store: StoreSettings,
    /// Connections to PostgreSQL at most
    #[arg(
        long,
        env = "ROLLCALL_DATABASE_CONNECTIONS",
        default_value_t = DEFAULT_CONNECTIONS,
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) database_connections: NonZeroU32,
    /// The name of the first admin, made when the store has no admin
    #[arg(long, env = "ROLLCALL_ADMIN_NAME", default_value = "admin", value_name = "NAME")]
    pub(crate) admin_name: String,
    /// Wrong passwords in a row on one account from one address before it must wait
    #[arg(
        long,
        env = "ROLLCALL_FAILURES_PER_ACCOUNT",
        default_value = "10",
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) failures_per_account: NonZeroU32,
    /// Wrong passwords in a minute from one address before it must wait
    #[arg(
        long,
        env = "ROLLCALL_FAILURES_PER_ADDRESS",
        default_value = "100",
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) failures_per_address: NonZeroU32,
    /// Registrations in a minute from one address before it must wait
    #[arg(
        long,
        env = "ROLLCALL_REGISTRATIONS_PER_ADDRESS",
        default_value = "60",
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) registrations_per_address: NonZeroU32,
    /// Changes in a minute of a user who is no admin, and twice as many at once: log-ins for a
    /// session, registrations, other names and addresses; 0 for any number
    #[arg(
        long,
        env = "ROLLCALL_CHANGES_PER_USER",
        default_value = "60",
        value_parser = whole_number(0..=u32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) changes_per_user: u32,
    #[command(flatten)]
    pub(crate) proxies: ProxySettings,
    /// How long a server that is told to stop goes on answering while it says that it is not
    /// ready
    #[arg(
        long,
        env = "ROLLCALL_DRAIN",
        default_value = "0s",
        value_parser = duration(0..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    drain: Duration,
    /// The host name that clients sign, whatever they reach the server by
    #[arg(long, env = "ROLLCALL_SIGNING_HOST", default_value = "pennprovenance.net", value_parser = parse_host, value_name = "HOST")]
    signing_host: String,
    /// How old the timestamp of a signed request may be
    #[arg(
        long,
        env = "ROLLCALL_TIMESTAMP_MAX_AGE",
        default_value = "300s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    timestamp_max_age: Duration,
    /// How far ahead of the server's clock the timestamp of a signed request may be
    #[arg(
        long,
        env = "ROLLCALL_TIMESTAMP_MAX_AHEAD",
        default_value = "30s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    timestamp_max_ahead: Duration,
    #[command(flatten)]
    pub(crate) sessions: SessionSettings,
    /// Who may register through POST /users: anyone, or admins only
    #[arg(long, env = "ROLLCALL_REGISTRATION", value_enum, default_value_t = RegistrationPolicy::Open)]
    pub(crate) registration: RegistrationPolicy,
    /// Which names users may choose who are no admins: restricted to those that mix no scripts and
    /// look like no other user's, or any; none of them has ? # % or \
    #[arg(long, env = "ROLLCALL_NAMES", value_enum, default_value_t = NamePolicy::Restricted)]
    pub(crate) names: NamePolicy,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum RegistrationPolicy {
    Open,
    Admin,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum NamePolicy {
    Restricted,
    Any,
}

impl ServeSettings {
    /// How long to go on answering after the signal to stop.
    pub(crate) fn drain(&self) -> Duration {
        self.drain
    }

    /// What clients sign, and for how long a signature holds.
    pub(crate) fn signing_policy(&self) -> SigningPolicy {
        SigningPolicy {
            host: self.signing_host.clone(),
            max_age: self.timestamp_max_age,
            max_ahead: self.timestamp_max_ahead,
        }
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

impl From<NamePolicy> for NameRule {
    fn from(policy: NamePolicy) -> Self {
        match policy {
            NamePolicy::Restricted => Self::Restricted,
            NamePolicy::Any => Self::Any,
        }
    }
}

fn parse_host(text: &str) -> Result<String, &'static str> {
    let fits = |it: char| it.is_ascii_alphanumeric() || "-._:[]".contains(it);
    if (1..=255).contains(&text.len()) && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("must be a host name, such as directory.example.com, with or without a port")
    }
}
