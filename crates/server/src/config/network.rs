//! Settings of the network: TLS, origins, timeouts and connections.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use clap::{ArgAction, Args, ValueEnum};
use rollcall_http::{CorsOrigins, Limits, Pages};

use super::{
    durations::{MAX_SECONDS, duration},
    listen::{ListenAddress, parse_address},
    numbers::{bytes, whole_number},
    open_files,
    switch::parse_switch,
};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct NetworkSettings {
    #[command(flatten)]
    pub(crate) tls: TlsSettings,
    /// Allow plain HTTP on other addresses than loopback, behind a proxy that uses TLS
    #[arg(
        long,
        env = "ROLLCALL_INSECURE_HTTP",
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "false",
        default_missing_value = "true",
        value_parser = parse_switch,
        value_name = "BOOL"
    )]
    insecure_http: bool,
    /// Allow requests from pages of these origins, such as `https://app.example.com`, separated by
    /// commas; * allows all [default: none]
    #[arg(
        long,
        env = "ROLLCALL_CORS_ORIGINS",
        value_delimiter = ',',
        value_parser = parse_origin,
        value_name = "ORIGINS"
    )]
    cors_origins: Vec<String>,
    /// Serve Swagger UI and the OpenAPI documents
    #[arg(long, env = "ROLLCALL_DOCS", value_enum, default_value_t = Switch::On)]
    docs: Switch,
    /// Serve the console at /console/
    #[arg(long, env = "ROLLCALL_CONSOLE", value_enum, default_value_t = Switch::On)]
    console: Switch,
    /// Also listen on this address, which alone serves the console, Swagger UI and the OpenAPI
    /// documents [default: none]
    #[arg(
        long,
        env = "ROLLCALL_DOCS_LISTEN",
        value_parser = parse_address,
        value_name = "HOST:PORT"
    )]
    docs_listen: Option<String>,
    /// Longest time to receive the head of a request
    #[arg(
        long,
        env = "ROLLCALL_HEADER_TIMEOUT",
        default_value = "10s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    header_timeout: Duration,
    /// Longest time to receive the body of a request
    #[arg(
        long,
        env = "ROLLCALL_BODY_TIMEOUT",
        default_value = "10s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    body_timeout: Duration,
    /// Longest idle time of a connection between two requests
    #[arg(
        long,
        env = "ROLLCALL_KEEP_ALIVE",
        default_value = "75s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    keep_alive: Duration,
    /// Longest time that a client may read nothing of an answer, or less than --send-rate
    #[arg(
        long,
        env = "ROLLCALL_SEND_TIMEOUT",
        default_value = "10s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    send_timeout: Duration,
    /// Fewest bytes of an answer that a client must read per second, averaged over --send-timeout
    #[arg(
        long,
        env = "ROLLCALL_SEND_RATE",
        default_value = "2048",
        value_parser = bytes(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "BYTES"
    )]
    send_rate: NonZeroU32,
    /// Longest time to read one answer, at any speed
    #[arg(
        long,
        env = "ROLLCALL_ANSWER_TIMEOUT",
        default_value = "600s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    answer_timeout: Duration,
    /// Most client connections [default: 10000, or fewer if the open-file limit is lower]
    #[arg(
        long,
        env = "ROLLCALL_MAX_CONNECTIONS",
        value_parser = whole_number(NonZeroUsize::MIN..=NonZeroUsize::MAX),
        value_name = "COUNT"
    )]
    max_connections: Option<NonZeroUsize>,
    /// Most client connections per worker, with one worker per core [default: --max-connections]
    #[arg(
        long,
        env = "ROLLCALL_MAX_CONNECTIONS_PER_WORKER",
        value_parser = whole_number(NonZeroUsize::MIN..=NonZeroUsize::MAX),
        value_name = "COUNT"
    )]
    max_connections_per_worker: Option<NonZeroUsize>,
}

/// The files for TLS.
#[derive(Args)]
pub(crate) struct TlsSettings {
    /// Use TLS with the certificate chain in this PEM file, which is reloaded when it changes
    /// [default: none]
    #[arg(long, env = "ROLLCALL_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Unencrypted private key of the certificate, in PEM; requires --tls-cert [default: none]
    #[arg(long, env = "ROLLCALL_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

impl NetworkSettings {
    /// The addresses to listen on: `listen`, and that of the documents and the console.
    pub(crate) fn addresses<'a>(
        &'a self,
        listen: &'a str,
    ) -> Result<Vec<ListenAddress<'a>>, Failure> {
        let elsewhere = self.docs_listen.as_deref();
        if self.docs == Switch::Off && elsewhere.is_some() {
            let reason = "requires --docs (ROLLCALL_DOCS) on";
            return Err(Failure::of_setting("docs-listen", &reason));
        }
        let pages = Pages { docs: self.docs == Switch::On, console: self.console == Switch::On };
        let beside_api = if elsewhere.is_none() { pages } else { Pages::default() };
        let mut addresses =
            vec![ListenAddress { flag: "listen", address: listen, pages: beside_api }];
        addresses.extend(elsewhere.map(|address| ListenAddress {
            flag: "docs-listen",
            address,
            pages,
        }));
        for address in &addresses {
            self.refuse_open_network(address)?;
        }
        Ok(addresses)
    }

    /// Refuses plain HTTP, in which passwords are readable, on other addresses than loopback.
    fn refuse_open_network(&self, listen: &ListenAddress<'_>) -> Result<(), Failure> {
        if self.insecure_http || self.tls.is_on() {
            return Ok(());
        }
        listen.open_address()?.map_or(Ok(()), |address| {
            let reason = format!(
                "would expose plain HTTP at {address}; set --tls-cert and --tls-key, or \
                 --insecure-http (ROLLCALL_INSECURE_HTTP) behind a proxy with TLS"
            );
            Err(Failure::of_setting(listen.flag, &reason))
        })
    }

    /// Refuses metrics, which never use TLS, on other addresses than loopback.
    pub(crate) fn refuse_open_metrics(&self, address: &str) -> Result<(), Failure> {
        let listen = ListenAddress::metrics(address);
        if self.insecure_http {
            return Ok(());
        }
        listen.open_address()?.map_or(Ok(()), |address| {
            let reason = format!(
                "would expose metrics without TLS at {address}; use a loopback address, or set \
                 --insecure-http (ROLLCALL_INSECURE_HTTP) on a private network"
            );
            Err(Failure::of_setting(listen.flag, &reason))
        })
    }

    /// The origins whose pages may send requests.
    pub(crate) fn cors_origins(&self) -> Result<Option<CorsOrigins>, Failure> {
        match &self.cors_origins[..] {
            [] => Ok(None),
            [any] if any == "*" => Ok(Some(CorsOrigins::Any)),
            origins if origins.iter().any(|origin| origin == "*") => {
                let reason = "combines * with other origins; use * alone, or only origins";
                Err(Failure::of_setting("cors-origins", &reason))
            }
            origins => Ok(Some(CorsOrigins::Listed(origins.to_vec()))),
        }
    }

    /// The limits of clients. The process has `other_files` open besides their connections.
    pub(crate) fn limits(&self, other_files: usize) -> Result<Limits, Failure> {
        let connections = open_files::connections(self.max_connections, other_files)
            .map_err(|reason| Failure::of_setting("max-connections", &reason))?;
        Ok(Limits {
            header_timeout: self.header_timeout,
            body_timeout: self.body_timeout,
            keep_alive: self.keep_alive,
            send_timeout: self.send_timeout,
            send_rate: self.send_rate,
            answer_timeout: self.answer_timeout,
            connections,
            connections_per_worker: self
                .max_connections_per_worker
                .map_or(connections, NonZeroUsize::get),
        })
    }
}

impl TlsSettings {
    /// Whether TLS is set, at least in part.
    pub(crate) fn is_on(&self) -> bool {
        self.tls_cert.is_some() || self.tls_key.is_some()
    }
}

/// An origin as browsers send it: scheme, host and, if it is not the scheme's own, a port.
fn parse_origin(text: &str) -> Result<String, &'static str> {
    const ACCEPTED: &str = "must be * or origins in lower case without a path, such as \
                            https://app.example.com or http://localhost:3000";
    let origin = text.trim();
    if origin == "*" {
        return Ok(origin.to_owned());
    }
    let (scheme, authority) = origin.split_once("://").ok_or(ACCEPTED)?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let usual = if scheme == "https" { "443" } else { "80" };
    let is_number = |port: &str| {
        let is_plain = |number: u16| number > 0 && number.to_string() == port;
        port.parse().is_ok_and(is_plain) && port != usual
    };
    let is_in_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._[]:".contains(&byte);
    let is_host = !host.is_empty()
        && host.bytes().all(is_in_host)
        && (host.starts_with('[') == host.contains(':'));
    if ["http", "https"].contains(&scheme) && is_host && port.is_none_or(is_number) {
        Ok(origin.to_owned())
    } else {
        Err(ACCEPTED)
    }
}

#[cfg(test)]
mod tests {
    use super::parse_origin;

    #[test]
    fn accepts_origins_as_browsers_send_them() {
        for origin in [
            "*",
            "https://a.example",
            "http://localhost:3000",
            "http://127.0.0.1",
            "https://[::1]:8443",
            " https://a-b.c",
        ] {
            assert_eq!(parse_origin(origin).as_deref(), Ok(origin.trim()));
        }
        for origin in [
            "",
            "a.example",
            "https://",
            "https://A.example",
            "https://a.example/",
            "https://a.example/x",
            "ftp://a.example",
            "https://a.example:443",
            "http://a.example:80",
            "https://a.example:0",
            "https://a.example:x",
            "https://u@a.example",
            "null",
            "https://*.example",
            "https://a b",
        ] {
            assert!(parse_origin(origin).is_err(), "{origin}");
        }
    }
}
