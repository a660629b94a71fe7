//! Settings of `rollcall serve`.

use std::{num::NonZeroU32, time::Duration};

use clap::{Args, ValueEnum};
use rollcall_domain::{AttemptLimits, NameRule, Registration, session::SigningPolicy};
use rollcall_persistence::DEFAULT_CONNECTIONS;

use super::{
    durations::{MAX_SECONDS, duration},
    listen::parse_address,
    network::NetworkSettings,
    numbers::whole_number,
    proxies::ProxySettings,
    reset_codes::ResetCodeSettings,
    sessions::SessionSettings,
    store::StoreSettings,
};

pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

#[derive(Args)]
pub(crate) struct ServeSettings {
    /// Listen on this address
    #[arg(
        long,
        env = "ROLLCALL_LISTEN",
        default_value = DEFAULT_LISTEN,
        value_parser = parse_address,
        value_name = "HOST:PORT"
    )]
    pub(crate) listen: String,
    /// Serve Prometheus metrics on this address, at /metrics [default: none]
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
    /// Most connections to PostgreSQL
    #[arg(
        long,
        env = "ROLLCALL_DATABASE_CONNECTIONS",
        default_value_t = DEFAULT_CONNECTIONS,
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) database_connections: NonZeroU32,
    /// Name of the first admin, created while the store has no admin
    #[arg(long, env = "ROLLCALL_ADMIN_NAME", default_value = "admin", value_name = "NAME")]
    pub(crate) admin_name: String,
    /// Wrong passwords in a row for one account before an address must wait
    #[arg(
        long,
        env = "ROLLCALL_FAILURES_PER_ACCOUNT",
        default_value = "10",
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) failures_per_account: NonZeroU32,
    /// Wrong passwords per minute before an address must wait
    #[arg(
        long,
        env = "ROLLCALL_FAILURES_PER_ADDRESS",
        default_value = "100",
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) failures_per_address: NonZeroU32,
    /// Registrations per minute before an address must wait
    #[arg(
        long,
        env = "ROLLCALL_REGISTRATIONS_PER_ADDRESS",
        default_value = "60",
        value_parser = whole_number(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "COUNT"
    )]
    pub(crate) registrations_per_address: NonZeroU32,
    /// Changes per minute by a user without the role admin, with bursts of twice as many: new
    /// sessions, registrations, changes of name and email address; 0 is no limit
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
    /// Keep serving for this time after a stop signal, while /health/ready reports not ready
    #[arg(
        long,
        env = "ROLLCALL_DRAIN",
        default_value = "0s",
        value_parser = duration(0..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    drain: Duration,
    /// Host name that clients sign, independent of the server's own
    #[arg(
        long,
        env = "ROLLCALL_SIGNING_HOST",
        default_value = "pennprovenance.net",
        value_parser = parse_host,
        value_name = "HOST"
    )]
    signing_host: String,
    /// Greatest age of the timestamp of a signed request
    #[arg(
        long,
        env = "ROLLCALL_TIMESTAMP_MAX_AGE",
        default_value = "300s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    timestamp_max_age: Duration,
    /// How far the timestamp of a signed request may be ahead of the server's clock
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
    #[command(flatten)]
    pub(crate) reset_codes: ResetCodeSettings,
    /// Who may call POST /users: everyone (open) or only admins (admin)
    #[arg(
        long,
        env = "ROLLCALL_REGISTRATION",
        value_enum,
        default_value_t = RegistrationPolicy::Open
    )]
    pub(crate) registration: RegistrationPolicy,
    /// Names that users without the role admin may choose. `restricted` rejects mixed scripts and
    /// names that look like another user's; both reject ? # % and \
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
    /// The time to keep serving after a stop signal.
    pub(crate) fn drain(&self) -> Duration {
        self.drain
    }

    /// The host that clients sign, and the validity of a signature.
    pub(crate) fn signing_policy(&self) -> SigningPolicy {
        SigningPolicy {
            host: self.signing_host.clone(),
            max_age: self.timestamp_max_age,
            max_ahead: self.timestamp_max_ahead,
        }
    }

    /// The limits of wrong passwords and registrations.
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
    let is_accepted =
        |character: char| character.is_ascii_alphanumeric() || "-._:[]".contains(character);
    if (1..=255).contains(&text.len()) && text.chars().all(is_accepted) {
        Ok(text.to_owned())
    } else {
        Err("must be a host name, such as directory.example.com, with or without a port")
    }
}
