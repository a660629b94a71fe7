//! Requests that are exempt from the limits: those of an address that has proved the password
//! itself.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::json;

use crate::harness::{Client, PASSWORD, Server};

const VICTIM: &str = "10.1.0.1";
const ATTACKERS: [&str; 3] = ["2001:db8:bad1::1", "2001:db8:bad2::1", "2001:db8:bad3::1"];

fn behind_a_proxy(arguments: &[&str]) -> Server {
    Server::start_with(&[&["--trusted-proxies=127.0.0.1"], arguments].concat())
}

impl Client {
    fn sent_from(&self, address: &str) -> Self {
        self.with("x-forwarded-for", address)
    }
}

/// The status of a right guess while wrong ones before and after it are refused.
fn answer_while_blocked(wrong: impl Fn() -> u16, right: impl Fn() -> u16) -> u16 {
    for _ in 0..100 {
        if let (429, status, 429) = (wrong(), right(), wrong()) {
            return status;
        }
    }
    panic!("wrong guesses are not refused")
}

#[test]
fn a_blocked_address_is_refused_the_right_password() {
    let server = behind_a_proxy(&["--failures-per-account=5"]);
    let (id, alice) = server.user("alice");
    let path = &format!("/users/{id}");
    let victim = alice.sent_from(VICTIM);
    assert_eq!(victim.get(path).status, 200);
    let [attacker, intruder, thief] = ATTACKERS;
    let attacker = server.anonymous().sent_from(attacker);
    let intruder = server.anonymous().sent_from(intruder);
    let thief = server.session("alice", PASSWORD).1.sent_from(thief);
    let basic = |password: &str| attacker.login("alice", password).get(path).status;
    let login = |password: &str| {
        let body = json!({"credentials": {"name": "alice", "password": password}});
        intruder.post("/tokens", &body).status
    };
    let current = |password: &str| {
        let info =
            json!({"plaintextPassword": "another one", "currentPlaintextPassword": password});
        thief.patch(path, &json!({"userInfo": info})).status
    };
    for guess in [&basic as &dyn Fn(&str) -> u16, &login, &current] {
        let blocked = (0..6).find(|number| guess(&format!("guess {number}")) == 429);
        assert_eq!(blocked, Some(5));
        assert_eq!([PASSWORD, "a wrong guess", PASSWORD].map(guess), [429; 3]);
        assert_eq!(victim.get(path).status, 200);
    }
}

#[test]
fn a_hundred_wrong_guesses_beside_a_user_suspend_its_exemption() {
    let server = behind_a_proxy(&["--failures-per-account=2", "--failures-per-address=1000"]);
    let (id, alice) = server.user("alice");
    let path = &format!("/users/{id}");
    let (here, elsewhere) = (alice.sent_from(VICTIM), alice.sent_from("10.9.0.1"));
    assert_eq!([&here, &elsewhere].map(|client| client.get(path).status), [200; 2]);
    let guess = |number: usize| {
        let client = server.login("alice", &format!("guess {number}"));
        client.sent_from(VICTIM).get(path).status
    };
    let count = AtomicUsize::new(0);
    let wrong = || guess(count.fetch_add(1, Ordering::SeqCst));
    assert_eq!(answer_while_blocked(wrong, || here.get(path).status), 200);
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                for _ in 0..10 {
                    wrong();
                }
            });
        }
    });
    assert_eq!(answer_while_blocked(wrong, || here.get(path).status), 429);
    assert_eq!(elsewhere.get(path).status, 200);
}

#[test]
fn a_right_password_is_let_in_from_many_addresses() {
    let server = behind_a_proxy(&["--failures-per-account=1"]);
    let (id, alice) = server.user("alice");
    for number in 1..20 {
        let client = alice.sent_from(&format!("10.0.0.{number}"));
        for _ in 0..3 {
            assert_eq!(client.get(&format!("/users/{id}")).status, 200);
        }
    }
}
