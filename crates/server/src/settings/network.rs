//! Settings of how `rollcall serve` is reached, and of what clients may take.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use clap::{ArgAction, Args, ValueEnum};
use rollcall_http::{CorsOrigins, Limits};

use super::{
    ListenAddress,
    durations::duration,
    listen::parse_address,
    numbers::{bytes, whole_number},
    serve::MAX_SECONDS,
    switch::parse_switch,
};
use crate::{failure::Failure, open_files};

#[derive(Args)]
pub(crate) struct NetworkSettings {
    #[command(flatten)]
    pub(crate) tls: TlsSettings,
    /// Listen in the clear on other addresses than loopback, for a proxy that does TLS
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
    /// Origins whose pages may call, such as `https://app.example.com`, separated by commas; or * for all
    #[arg(
        long,
        env = "ROLLCALL_CORS_ORIGINS",
        value_delimiter = ',',
        value_parser = parse_origin,
        value_name = "ORIGINS"
    )]
    cors_origins: Vec<String>,
    /// Whether to serve Swagger UI and the documents
    #[arg(long, env = "ROLLCALL_DOCS", value_enum, default_value_t = Switch::On)]
    docs: Switch,
    /// Another address to listen on, which alone serves Swagger UI and the documents then
    #[arg(
        long,
        env = "ROLLCALL_DOCS_LISTEN",
        value_parser = parse_address,
        value_name = "HOST:PORT"
    )]
    docs_listen: Option<String>,
    /// How long the head of a request may take to come
    #[arg(
        long,
        env = "ROLLCALL_HEADER_TIMEOUT",
        default_value = "10s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    header_timeout: Duration,
    /// How long the body of a request may take to come
    #[arg(
        long,
        env = "ROLLCALL_BODY_TIMEOUT",
        default_value = "10s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    body_timeout: Duration,
    /// How long a connection may rest between two requests
    #[arg(
        long,
        env = "ROLLCALL_KEEP_ALIVE",
        default_value = "75s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    keep_alive: Duration,
    /// How long an answer waits for a client that reads nothing of it, or too slowly
    #[arg(
        long,
        env = "ROLLCALL_SEND_TIMEOUT",
        default_value = "10s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    send_timeout: Duration,
    /// How many bytes of an answer a client must read in a second, averaged over --send-timeout
    #[arg(
        long,
        env = "ROLLCALL_SEND_RATE",
        default_value = "2048",
        value_parser = bytes(NonZeroU32::MIN..=NonZeroU32::MAX),
        value_name = "BYTES"
    )]
    send_rate: NonZeroU32,
    /// How long a client may take to read an answer, at whatever speed
    #[arg(
        long,
        env = "ROLLCALL_ANSWER_TIMEOUT",
        default_value = "600s",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    answer_timeout: Duration,
    /// Connections of clients at most [default: 10000, or what the limit of open files allows]
    #[arg(
        long,
        env = "ROLLCALL_MAX_CONNECTIONS",
        value_parser = whole_number(NonZeroUsize::MIN..=NonZeroUsize::MAX),
        value_name = "COUNT"
    )]
    max_connections: Option<NonZeroUsize>,
    /// Connections of clients at most for each worker, of which there is one for each core [default: no fewer
    /// than in total]
    #[arg(
        long,
        env = "ROLLCALL_MAX_CONNECTIONS_PER_WORKER",
        value_parser = whole_number(NonZeroUsize::MIN..=NonZeroUsize::MAX),
        value_name = "COUNT"
    )]
    max_connections_per_worker: Option<NonZeroUsize>,
}

/// The files that TLS is done with.
#[derive(Args)]
pub(crate) struct TlsSettings {
    /// The certificate to do TLS with, and those between it and its authority: a file in PEM, read anew
    /// when it changes
    #[arg(long, env = "ROLLCALL_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The private key of the certificate: a file in PEM, not encrypted
    #[arg(long, env = "ROLLCALL_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

impl NetworkSettings {
    /// Where to listen: at `listen`, and where the documents are to be.
    pub(crate) fn addresses<'a>(
        &'a self,
        listen: &'a str,
    ) -> Result<Vec<ListenAddress<'a>>, Failure> {
        let elsewhere = self.docs_listen.as_deref();
        let with_docs = self.docs == Switch::On && elsewhere.is_none();
        if self.docs == Switch::Off && elsewhere.is_some() {
            let reason = "can't be set while --docs (ROLLCALL_DOCS) is off";
            return Err(Failure::of_setting("docs-listen", &reason));
        }
        let mut addresses = vec![ListenAddress { flag: "listen", address: listen, with_docs }];
        addresses.extend(elsewhere.map(|address| ListenAddress {
            flag: "docs-listen",
            address,
            with_docs: true,
        }));
        for address in &addresses {
            self.refuse_open_network(address)?;
        }
        Ok(addresses)
    }

    /// Passwords do not go over a network in the clear unless somebody has said so.
    fn refuse_open_network(&self, listen: &ListenAddress<'_>) -> Result<(), Failure> {
        if self.insecure_http || self.tls.is_on() {
            return Ok(());
        }
        listen.open_address()?.map_or(Ok(()), |address| {
            let reason = format!(
                "is open to the network at {address}: give --tls-cert and --tls-key, or \
                 --insecure-http (ROLLCALL_INSECURE_HTTP) if a proxy in front does TLS"
            );
            Err(Failure::of_setting(listen.flag, &reason))
        })
    }

    /// Metrics are in the clear, with TLS or without.
    pub(crate) fn refuse_open_metrics(&self, address: &str) -> Result<(), Failure> {
        let listen = ListenAddress::metrics(address);
        if self.insecure_http {
            return Ok(());
        }
        listen.open_address()?.map_or(Ok(()), |address| {
            let reason = format!(
                "is open to the network at {address}, where metrics are in the clear: give an address of \
                 loopback, or --insecure-http (ROLLCALL_INSECURE_HTTP) if none but yours is there"
            );
            Err(Failure::of_setting(listen.flag, &reason))
        })
    }

    /// Whose pages may call.
    pub(crate) fn cors_origins(&self) -> Result<Option<CorsOrigins>, Failure> {
        match &self.cors_origins[..] {
            [] => Ok(None),
            [any] if any == "*" => Ok(Some(CorsOrigins::Any)),
            origins if origins.iter().any(|origin| origin == "*") => {
                let reason = "has * beside other origins; either * alone for all, or origins";
                Err(Failure::of_setting("cors-origins", &reason))
            }
            origins => Ok(Some(CorsOrigins::Listed(origins.to_vec()))),
        }
    }

    /// What clients may take, beside `other_files` that the process has open.
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
    /// Whether TLS is asked for.
    pub(crate) fn is_on(&self) -> bool {
        self.tls_cert.is_some() || self.tls_key.is_some()
    }
}

/// An origin as browsers send it: scheme, host and, if it is not the scheme's own, a port.
fn parse_origin(text: &str) -> Result<String, &'static str> {
    const ACCEPTED: &str = "must be origins as browsers send them, such as https://app.example.com or \
                            http://localhost:3000, in lower case and without a path; or * for all";
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
        port.parse::<u16>().is_ok_and(|it| it > 0 && it.to_string() == port) && port != usual
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
    fn origins_are_taken_as_browsers_send_them() {
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
