//! Which prefixes count.

use actix_web::{HttpRequest, test::TestRequest, web::Data};

use super::paths_before_proxies;
use crate::request::{
    client_address::{Forwarding, TrustedProxies},
    paths::base_path::BasePath,
};

const PEER: &str = "192.0.2.1:1234";

/// A request that came from [`PEER`], which is a trusted proxy, with these prefixes.
fn request(base: &str, path: &str, prefixes: &[&str]) -> HttpRequest {
    let proxies = TrustedProxies::Networks(vec!["192.0.2.0/24".parse().unwrap()]);
    let mut request = TestRequest::with_uri(path)
        .peer_addr(PEER.parse().unwrap())
        .app_data(Data::new(Forwarding { proxies, ..Forwarding::default() }));
    if !base.is_empty() {
        request = request.app_data(BasePath::parse(base).unwrap());
    }
    for prefix in prefixes {
        request = request.append_header(("x-forwarded-prefix", *prefix));
    }
    request.to_http_request()
}

fn paths(base: &str, path: &str, prefixes: &[&str]) -> Vec<String> {
    paths_before_proxies(&request(base, path, prefixes))
}

#[test]
fn a_prefix_is_put_before_the_path_as_it_came() {
    for (base, path, prefix, expected) in [
        ("", "/users/1", "/prov", &["/prov/users/1"][..]),
        ("", "/users/1?a=b", "/prov", &["/prov/users/1"]),
        ("", "/users/1", "/prov/", &["/prov/users/1"]),
        ("", "/users/%31", "/a/b", &["/a/b/users/%31"]),
        ("/prov", "/prov/users", "/a", &["/a/prov/users", "/a/users"]),
        ("/v1", "/v1/users", "/api", &["/api/users"]),
        ("/prov", "/users", "/a", &[]),
    ] {
        assert_eq!(paths(base, path, &[prefix]), expected, "{base} {path} {prefix}");
    }
}

#[test]
fn only_one_well_formed_and_unambiguous_prefix_counts() {
    for prefixes in [
        &[][..],
        &[""],
        &["/"],
        &["//"],
        &["prov"],
        &["/prov//"],
        &["/a//b"],
        &["//prov"],
        &["/a/../b"],
        &["/.."],
        &["/."],
        &["/a%2fb"],
        &["/api%2Fv1"],
        &["/api/%761"],
        &["/a?b"],
        &["/a#b"],
        &["/a, /b"],
        &["/a;b"],
        &["/a\\b"],
        &["/ä"],
        &["/prov", "/prov"],
        &["/prov", ""],
        &["/api/v1"],
        &["/api/v1/"],
        &["/x/api/v1"],
        &["/users"],
        &["/tokens"],
        &["/x/users/1/sessions"],
    ] {
        assert_eq!(paths("", "/users", prefixes), [""; 0], "{prefixes:?}");
    }
}

#[test]
fn only_trusted_peers_are_believed() {
    let from = |peer: &str, forwarding: Option<Forwarding>| {
        let request = TestRequest::with_uri("/users")
            .peer_addr(peer.parse().unwrap())
            .insert_header(("x-forwarded-prefix", "/prov"));
        let request = match forwarding {
            Some(forwarding) => request.app_data(Data::new(forwarding)),
            None => request,
        };
        paths_before_proxies(&request.to_http_request()).len()
    };
    let networks = TrustedProxies::Networks(vec!["192.0.2.1/32".parse().unwrap()]);
    let networks = Forwarding { proxies: networks, ..Forwarding::default() };
    let hops = TrustedProxies::Hops(1.try_into().unwrap());
    let hops = Forwarding { proxies: hops, ..Forwarding::default() };
    assert_eq!(from(PEER, None), 0);
    assert_eq!(from(PEER, Some(Forwarding::default())), 0);
    assert_eq!(from("192.0.2.2:1234", Some(networks.clone())), 0);
    assert_eq!(from(PEER, Some(networks.clone())), 1);
    assert_eq!(from("[::ffff:192.0.2.1]:1234", Some(networks)), 1);
    assert_eq!(from("192.0.2.2:1234", Some(hops)), 1);
}
