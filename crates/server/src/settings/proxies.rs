//! Settings of the proxies in front of the server.

use std::{net::IpAddr, num::NonZeroU8};

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use rollcall_http::{BasePath, ForwardedHeader, Forwarding, TrustedProxies};

use super::numbers::whole_number;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct ProxySettings {
    /// The path that everything is mounted below, such as /prov, for a proxy that passes paths on
    /// whole [default: none]
    #[arg(long, env = "ROLLCALL_BASE_PATH", value_parser = BasePath::parse, value_name = "PATH")]
    base_path: Option<BasePath>,
    /// Proxies that are believed about clients' addresses: addresses or networks, separated by
    /// commas
    #[arg(
        long,
        env = "ROLLCALL_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = parse_network,
        value_name = "NETWORKS"
    )]
    trusted_proxies: Vec<IpNet>,
    /// How many trusted proxies stand before the server, one behind the other: the client is the
    /// address that is so many from the right in --forwarded-header [default: none]
    #[arg(
        long,
        env = "ROLLCALL_TRUSTED_HOPS",
        value_parser = whole_number(NonZeroU8::MIN..=NonZeroU8::MAX),
        value_name = "COUNT"
    )]
    trusted_hops: Option<NonZeroU8>,
    /// The header in which trusted proxies name the client; any other is ignored
    #[arg(
        long,
        env = "ROLLCALL_FORWARDED_HEADER",
        value_enum,
        default_value_t = HeaderName::XForwardedFor,
        value_name = "HEADER"
    )]
    forwarded_header: HeaderName,
}

#[derive(Clone, Copy, ValueEnum)]
enum HeaderName {
    XForwardedFor,
    /// The header of RFC 7239
    Forwarded,
}

impl ProxySettings {
    /// The path that everything is mounted below.
    pub(crate) fn base_path(&self) -> BasePath {
        self.base_path.clone().unwrap_or_default()
    }

    /// Which proxies are believed, and in which header.
    pub(crate) fn forwarding(&self) -> Result<Forwarding, Failure> {
        let proxies = match (self.trusted_hops, &self.trusted_proxies[..]) {
            (None, networks) => TrustedProxies::Networks(networks.to_vec()),
            (Some(hops), []) => TrustedProxies::Hops(hops),
            (Some(_), _) => {
                let reason = "can't be set along with --trusted-proxies (ROLLCALL_TRUSTED_PROXIES)";
                return Err(Failure::of_setting("trusted-hops", &reason));
            }
        };
        let header = match self.forwarded_header {
            HeaderName::XForwardedFor => ForwardedHeader::XForwardedFor,
            HeaderName::Forwarded => ForwardedHeader::Forwarded,
        };
        Ok(Forwarding { proxies, header })
    }
}

fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let network = text.trim().parse().or_else(|_| text.trim().parse().map(IpAddr::into));
    let network: IpNet =
        network.map_err(|_| "must be addresses or networks, such as 10.0.0.1,192.168.0.0/16")?;
    if network.prefix_len() == 0 {
        return Err(
            "must not be all addresses, which lets each client choose its own; where only \
                    proxies reach the server, set --trusted-hops",
        );
    }
    Ok(network)
}
