//! The order of simultaneous log-ins from many networks.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use serde_json::json;

use crate::harness::{End, PASSWORD, Server};

const ATTACKERS: usize = 24;
const NEWCOMERS: usize = 10;

/// A server with users called `user0` and so on, whose hashes take some time.
fn server() -> Server {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1", "--bcrypt-cost=9"]);
    for number in 0..=NEWCOMERS {
        let body = json!({"value": {"password": PASSWORD}});
        let made = server.admin().put(&format!("/api/v1/users/user{number}"), &body);
        assert_eq!(made.status, 201);
    }
    server
}

fn log_in(server: &Server, number: usize, address: &str) -> u16 {
    let name = format!("user{number}");
    let client = server.login(&name, PASSWORD).with("x-forwarded-for", address);
    client.get(&format!("/api/v1/users/{name}")).status
}

/// Runs `work` while clients guess at many names from the addresses of `address`.
fn beside_guesses(server: &Server, address: fn(usize) -> String, work: impl FnOnce()) {
    let (is_over, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..ATTACKERS {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    let number = count.fetch_add(1, Ordering::SeqCst);
                    let client = server.login(&format!("name{number}"), "a guess");
                    let client = client.with("x-forwarded-for", &address(number));
                    assert!(matches!(client.get("/users").status, 401 | 429 | 503));
                }
            });
        }
        let _end = End(&is_over);
        while count.load(Ordering::SeqCst) < 4 * ATTACKERS {
            thread::yield_now();
        }
        work();
    });
}

#[test]
fn a_network_of_many_addresses_keeps_no_newcomer_out() {
    let server = server();
    let address = |number: usize| format!("2001:db8:bad:{:x}::1", number % 256);
    beside_guesses(&server, address, || {
        for number in 0..NEWCOMERS {
            let address = format!("2001:db8:{number:x}::1");
            assert_eq!(log_in(&server, number, &address), 200, "{address}");
        }
    });
}

#[test]
fn an_address_that_proved_a_password_goes_ahead_of_strangers() {
    let server = server();
    let known = "2001:db8:1::1";
    assert_eq!(log_in(&server, NEWCOMERS, known), 200);
    let address = |number: usize| format!("2001:db8:{:x}::1", 0x100 + number % 0xf00);
    beside_guesses(&server, address, || {
        for number in 0..NEWCOMERS {
            assert_eq!(log_in(&server, number, known), 200, "{number}");
        }
    });
}

#[test]
fn addresses_of_one_network_share_four_times_the_limit() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1", "--failures-per-address=3"]);
    let fail = |address: String| {
        let client = server.login("unknown", &format!("from {address}"));
        client.with("x-forwarded-for", &address).get("/users").status
    };
    for number in 0..12 {
        assert_eq!(fail(format!("2001:db8:0:{number:x}::1")), 401);
    }
    assert_eq!(fail("2001:db8:0:ff::1".to_owned()), 429);
    assert_eq!(fail("2001:db8:0:100::1".to_owned()), 401);
    for number in 0..12 {
        assert_eq!(fail(format!("64:ff9b::192.0.2.{number}")), 401);
    }
    assert_eq!(fail("192.0.2.100".to_owned()), 429);
    assert_eq!(fail("192.0.3.1".to_owned()), 401);
}
