//! Keys that belong to no user: counted apart from everything else.

use rollcall_domain::key::KeySecret;

use super::user_with_key;
use crate::harness::{Client, PASSWORD, Server};

fn unknown(server: &Server) -> Client {
    server.anonymous().bearer(KeySecret::generate().unwrap().expose())
}

#[test]
fn unknown_keys_are_limited_and_block_neither_log_ins_nor_keys() {
    let limits = ["--failures-per-address=20", "--metrics-listen=127.0.0.1:0"];
    let mut server = Server::start_with(&limits);
    let metrics = server.process().wait_for("metrics on http://");
    let metrics = metrics.split_once("metrics on ").unwrap().1.to_owned();
    let hashes = || {
        let text = ureq::get(&metrics).call().unwrap().body_mut().read_to_string().unwrap();
        let lines = text.lines().filter(|line| line.starts_with("rollcall_hashing_rounds"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let (id, key, bearer) = user_with_key(&server, "alice");
    let before = hashes();
    let mut statuses = Vec::new();
    for attempt in 0..24 {
        // As the password of a name, too.
        let client = if attempt % 2 == 0 {
            unknown(&server)
        } else {
            server.login("alice", KeySecret::generate().unwrap().expose())
        };
        statuses.push(client.get("/users/me").status);
    }
    assert_eq!(statuses[..20], [401; 20]);
    assert_eq!(statuses[20..], [429; 4]);
    let refused = unknown(&server).get("/users/me");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    // Neither the password nor a valid key of this address is refused.
    assert_eq!(bearer.get("/users/me").status, 200);
    assert_eq!(server.login("alice", &key.secret).get("/users/me").status, 200);
    assert_eq!(hashes(), before);
    assert_eq!(server.login("alice", PASSWORD).get(&format!("/users/{id}")).status, 200);
    assert_eq!(server.session("alice", PASSWORD).1.get("/users/me").status, 200);
}

#[test]
fn wrong_passwords_block_no_key() {
    let server = Server::start_with(&["--failures-per-address=5"]);
    let (_, key, bearer) = user_with_key(&server, "alice");
    for guess in 0..5 {
        server.login("alice", &format!("guess {guess}")).get("/users/me");
    }
    assert_eq!(server.login("alice", "another guess").get("/users/me").status, 429);
    assert_eq!(bearer.get("/users/me").status, 200);
    assert_eq!(server.login("alice", &key.secret).get("/users/me").status, 200);
}

#[test]
fn a_refused_key_is_logged_with_reason_and_account() {
    let mut server = Server::start();
    let (id, key, bearer) = user_with_key(&server, "alice");
    assert_eq!(server.login("root", &key.secret).get("/users/me").status, 401);
    assert_eq!(unknown(&server).get("/users/me").status, 401);
    assert_eq!(bearer.get("/users/me").status, 200);
    let of_another = server.process().wait_for(&format!("refused=no-key account={id}"));
    assert!(of_another.contains("/users/me 401"), "{of_another}");
    server.process().wait_for("/users/me 200");
    let said = server.process().said();
    assert!(said.lines().any(|line| line.ends_with("refused=no-key")), "{said}");
    assert!(!said.contains("rck_"), "{said}");
}
