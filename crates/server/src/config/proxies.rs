//! Settings of the proxies in front of the server.

use std::{net::IpAddr, num::NonZeroU8};

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use rollcall_http::{BasePath, ForwardedHeader, Forwarding, TrustedProxies};

use super::numbers::whole_number;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct ProxySettings {
    /// Serve everything below this path, such as /prov, for a proxy that does not remove it from
    /// requests [default: none]
    #[arg(long, env = "ROLLCALL_BASE_PATH", value_parser = BasePath::parse, value_name = "PATH")]
    base_path: Option<BasePath>,
    /// Read client addresses from the headers of these proxies: addresses or networks, separated
    /// by commas [default: none]
    #[arg(
        long,
        env = "ROLLCALL_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = parse_network,
        value_name = "NETWORKS"
    )]
    trusted_proxies: Vec<IpNet>,
    /// Number of proxies in front of the server. The client's address is this many places from the
    /// right in --forwarded-header [default: none]
    #[arg(
        long,
        env = "ROLLCALL_TRUSTED_HOPS",
        value_parser = whole_number(NonZeroU8::MIN..=NonZeroU8::MAX),
        value_name = "COUNT"
    )]
    trusted_hops: Option<NonZeroU8>,
    /// Header in which proxies name the client; others are ignored
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
    /// The path below which everything is mounted.
    pub(crate) fn base_path(&self) -> BasePath {
        self.base_path.clone().unwrap_or_default()
    }

    /// The trusted proxies, and the header that they set.
    pub(crate) fn forwarding(&self) -> Result<Forwarding, Failure> {
        let proxies = match (self.trusted_hops, &self.trusted_proxies[..]) {
            (None, networks) => TrustedProxies::Networks(networks.to_vec()),
            (Some(hops), []) => TrustedProxies::Hops(hops),
            (Some(_), _) => {
                let reason =
                    "conflicts with --trusted-proxies (ROLLCALL_TRUSTED_PROXIES); set one of them";
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
            "must not be all addresses, since clients could forge theirs; if only proxies reach \
             the server, set --trusted-hops",
        );
    }
    Ok(network)
}
