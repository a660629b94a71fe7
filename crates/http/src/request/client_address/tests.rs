//! Which address is the client's.

use super::{Forwarding, TrustedProxies, forwarded::ForwardedHeader};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

const PEER: &str = "10.0.0.1";

fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        headers.append(HeaderName::from_static(name), value);
    }
    headers
}

/// The client behind trusted `proxies` that send `X-Forwarded-For`.
fn client(proxies: &TrustedProxies, forwarded: &[&str]) -> String {
    let proxies = proxies.clone();
    let forwarding = Forwarding { proxies, header: ForwardedHeader::XForwardedFor };
    forwarding.behind(PEER.parse().unwrap(), &headers("x-forwarded-for", forwarded)).to_string()
}

/// The same with `Forwarded`.
fn client_of_forwarded(proxies: &TrustedProxies, forwarded: &[&str]) -> String {
    let proxies = proxies.clone();
    let forwarding = Forwarding { proxies, header: ForwardedHeader::Forwarded };
    forwarding.behind(PEER.parse().unwrap(), &headers("forwarded", forwarded)).to_string()
}

fn networks(networks: &[&str]) -> TrustedProxies {
    TrustedProxies::Networks(networks.iter().map(|text| text.parse().unwrap()).collect())
}

fn hops(count: u8) -> TrustedProxies {
    TrustedProxies::Hops(count.try_into().unwrap())
}

#[test]
fn a_peer_that_is_not_trusted_is_the_client() {
    assert_eq!(client(&TrustedProxies::default(), &["1.2.3.4"]), PEER);
    assert_eq!(client(&networks(&["10.9.0.0/16"]), &["1.2.3.4"]), PEER);
    assert_eq!(client_of_forwarded(&TrustedProxies::default(), &["for=1.2.3.4"]), PEER);
}

#[test]
fn the_client_is_the_last_address_that_is_no_trusted_proxy() {
    let trusted = networks(&["10.0.0.0/8"]);
    for (forwarded, expected) in [
        (&[][..], PEER),
        (&["1.2.3.4"], "1.2.3.4"),
        (&["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        (&["6.6.6.6, 1.2.3.4, 10.0.0.2"], "1.2.3.4"),
        (&["6.6.6.6, 1.2.3.4, 10.0.0.2:4711"], "1.2.3.4"),
        (&["6.6.6.6, 1.2.3.4:51234, 10.0.0.2"], "1.2.3.4"),
        (&["6.6.6.6", "1.2.3.4,10.0.0.2"], "1.2.3.4"),
        (&["6.6.6.6, unknown, 10.0.0.2"], "10.0.0.2"),
        (&["6.6.6.6, unknown"], PEER),
        (&["6.6.6.6, \u{e9}"], PEER),
        (&["::ffff:1.2.3.4"], "1.2.3.4"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["[2001:db8::7]:443"], "2001:db8::7"),
        (&["\"[2001:db8::1]:4711\""], "2001:db8::1"),
        (&["\u{e9}, 1.2.3.4"], "1.2.3.4"),
        (&["\", 1.2.3.4"], "1.2.3.4"),
        (&[""], PEER),
    ] {
        assert_eq!(client(&trusted, forwarded), expected, "{forwarded:?}");
    }
}

#[test]
fn hops_are_counted_from_the_right() {
    for (count, forwarded, expected) in [
        (1, &[][..], PEER),
        (1, &[""], PEER),
        (1, &["1.2.3.4"], "1.2.3.4"),
        (1, &["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        (1, &["\u{e9}, 1.2.3.4"], "1.2.3.4"),
        (1, &["6.6.6.6,, 1.2.3.4"], "1.2.3.4"),
        (1, &["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
        (1, &["6.6.6.6, unknown"], PEER),
        (1, &["6.6.6.6,"], PEER),
        (2, &["1.2.3.4"], PEER),
        (2, &["1.2.3.4, 5.5.5.5"], "1.2.3.4"),
        (2, &["6.6.6.6, 1.2.3.4", "5.5.5.5"], "1.2.3.4"),
        (2, &["6.6.6.6, [2001:db8::1]:80, 5.5.5.5"], "2001:db8::1"),
        (2, &["6.6.6.6, , 5.5.5.5"], PEER),
        (2, &["2.2.2.2, unknown"], PEER),
        (2, &["2.2.2.2, _hidden"], PEER),
        (3, &["1.2.3.4, unknown", "5.5.5.5"], PEER),
        (2, &["unknown, 1.2.3.4, 5.5.5.5"], "1.2.3.4"),
    ] {
        assert_eq!(client(&hops(count), forwarded), expected, "{count} {forwarded:?}");
    }
}

#[test]
fn forwarded_is_walked_from_the_right_in_the_same_way() {
    let trusted = networks(&["10.0.0.0/8"]);
    for (forwarded, expected) in [
        (&[][..], PEER),
        (&["for=1.2.3.4"], "1.2.3.4"),
        (&["for=6.6.6.6, for=1.2.3.4;proto=https, for=\"10.0.0.2:80\""], "1.2.3.4"),
        (&["for=6.6.6.6", "for=\"[2001:db8::7]:443\", for=10.0.0.2"], "2001:db8::7"),
        (&["for=6.6.6.6, for=unknown, for=10.0.0.2"], "10.0.0.2"),
        (&["for=6.6.6.6, for=_hidden"], PEER),
        (&["for=6.6.6.6, proto=https"], PEER),
        (&["for=6.6.6.6, host=\"a,for=5.5.5.5\";for=1.2.3.4"], "1.2.3.4"),
        (&["for=6.6.6.6, host=\"a\\\"b,\";for=1.2.3.4"], "1.2.3.4"),
    ] {
        assert_eq!(client_of_forwarded(&trusted, forwarded), expected, "{forwarded:?}");
    }
    let forwarded = ["for=6.6.6.6, for=1.2.3.4, for=10.0.0.2"];
    assert_eq!(client_of_forwarded(&hops(2), &forwarded), "1.2.3.4");
    assert_eq!(client_of_forwarded(&hops(4), &forwarded), PEER);
}

#[test]
fn nothing_that_a_client_sends_hides_what_a_proxy_adds() {
    let trusted = networks(&["10.0.0.0/8"]);
    for forged in ["for=\"", "for=\"6.6.6.6", "\"\"\"", "for=\"a\\", "\\", "for=6.6.6.6;", "\u{e9}"]
    {
        let line = format!("{forged}, for=1.2.3.4;by=\"10.0.0.1\"");
        assert_eq!(client_of_forwarded(&trusted, &[&line]), "1.2.3.4", "{line}");
        assert_eq!(client_of_forwarded(&hops(1), &[forged, "for=1.2.3.4"]), "1.2.3.4", "{forged}");
    }
}
