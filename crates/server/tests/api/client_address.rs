//! Which address a request counts as coming from, behind a trusted proxy: this test is the proxy.

use crate::harness::{ADMIN_PASSWORD, Client, Server};

/// Headers in which proxies and content networks name the client, each with a value of its own
/// that would make another address the client.
const HEADERS: [(&str, &str); 18] = [
    ("x-forwarded-for", "198.51.100.1"),
    ("forwarded", "for=198.51.100.2"),
    ("x-real-ip", "198.51.100.3"),
    ("x-client-ip", "198.51.100.4"),
    ("client-ip", "198.51.100.5"),
    ("true-client-ip", "198.51.100.6"),
    ("cf-connecting-ip", "198.51.100.7"),
    ("fastly-client-ip", "198.51.100.8"),
    ("x-cluster-client-ip", "198.51.100.9"),
    ("x-original-forwarded-for", "198.51.100.10"),
    ("x-envoy-external-address", "198.51.100.11"),
    ("x-azure-clientip", "198.51.100.12"),
    ("x-azure-socketip", "198.51.100.13"),
    ("x-appengine-user-ip", "198.51.100.14"),
    ("fly-client-ip", "198.51.100.15"),
    ("x-forwarded", "for=198.51.100.16"),
    ("forwarded-for", "198.51.100.17"),
    ("x-remote-addr", "198.51.100.18"),
];

/// The address that the log has for a request of this client.
fn logged(server: &mut Server, client: &Client, id: &str) -> String {
    client.with("x-request-id", id).get("/nothing");
    let line = server.process().wait_for(&format!("/{id} "));
    let (_, behind) = line.split_once(&format!("/{id} ")).unwrap();
    behind.split(' ').next().unwrap().to_owned()
}

#[test]
fn of_all_headers_only_the_configured_one_counts() {
    for (setting, own) in [
        (&[][..], 0),
        (&["--forwarded-header=x-forwarded-for"], 0),
        (&["--forwarded-header=forwarded"], 1),
    ] {
        for trust in ["--trusted-proxies=127.0.0.1", "--trusted-hops=1"] {
            let mut server = Server::start_with(&[setting, &[trust]].concat());
            let others = HEADERS.iter().enumerate().filter(|(place, _)| *place != own);
            let others = others
                .fold(server.anonymous(), |client, (_, (name, value))| client.with(name, value));
            assert_eq!(logged(&mut server, &others, "others"), "127.0.0.1", "{setting:?} {trust}");
            let (name, value) = HEADERS[own];
            let expected = value.trim_start_matches("for=");
            let all = others.with(name, value);
            assert_eq!(logged(&mut server, &all, "all"), expected, "{setting:?} {trust}");
        }
    }
}

#[test]
fn addresses_are_parsed_in_the_forms_of_proxies() {
    for (setting, values) in [
        (
            "--forwarded-header=x-forwarded-for",
            &[
                ("203.0.113.7", "203.0.113.7"),
                ("203.0.113.7:51234", "203.0.113.7"),
                ("[2001:db8::7]", "2001:db8::7"),
                ("[2001:db8::7]:443", "2001:db8::7"),
                ("6.6.6.6, 203.0.113.7:51234", "203.0.113.7"),
                ("6.6.6.6, unknown", "127.0.0.1"),
                ("6.6.6.6, 203.0.113.7, x", "127.0.0.1"),
            ][..],
        ),
        (
            "--forwarded-header=forwarded",
            &[
                ("for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7"),
                ("for=\"203.0.113.7:51234\"", "203.0.113.7"),
                ("For=\"[2001:db8::7]:443\"", "2001:db8::7"),
                ("for=6.6.6.6, host=\"a,b;for=6.6.6.7\";for=203.0.113.7", "203.0.113.7"),
                ("for=\"6.6.6.6, for=203.0.113.7", "203.0.113.7"),
                ("for=6.6.6.6, for=unknown", "127.0.0.1"),
                ("for=6.6.6.6, for=_hidden", "127.0.0.1"),
                ("for=6.6.6.6, 203.0.113.7", "127.0.0.1"),
            ],
        ),
    ] {
        let mut server = Server::start_with(&["--trusted-proxies=127.0.0.1", setting]);
        let name = setting.trim_start_matches("--forwarded-header=");
        for (place, (value, expected)) in values.iter().enumerate() {
            let client = server.anonymous().with(name, value);
            let address = logged(&mut server, &client, &format!("read-{place}"));
            assert_eq!(address, *expected, "{value}");
        }
    }
}

/// Azure's gateways always add a port. If it were not parsed, all clients would be the proxy.
#[test]
fn a_guesser_behind_a_proxy_that_writes_ports_stops_only_itself() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    let from = |address: &str, password: &str| {
        let client = server.login("root", password).with("x-forwarded-for", address);
        client.get("/users").status
    };
    let guesses: Vec<_> = (0..11)
        .map(|guess| from(&format!("203.0.113.7:{}", 51234 + guess), &format!("guess {guess}")))
        .collect();
    assert_eq!(guesses, [vec![401; 10], vec![429]].concat());
    assert_eq!(from("[2001:db8::7]:443", ADMIN_PASSWORD), 200);
    assert_eq!(from("203.0.113.8:51234", ADMIN_PASSWORD), 200);
}
