//! Revocations on three replicas. Each replica answers requests with the credentials while they
//! are revoked, and refuses every request that is sent after the acknowledgement.
//!
//! `REVOKED_REQUESTS` is how many such requests there are; `scripts/test stale` sends 10,000.

use std::{
    env,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use super::holder::{Holder, REVOCATIONS};
use crate::harness::{Client, End, Server};

/// How many revocations are under way at a time.
const REVOKERS: usize = 2;

/// Enough for one revocation of each kind.
const REQUESTS: usize = 90;

const PATHS: [&str; 2] = ["/users/me", "/auth/verify"];

const SETTINGS: [&str; 2] = ["--trusted-proxies=127.0.0.1", "--registrations-per-address=100000"];

/// Sends requests until each of them was sent once after the revocation. Returns how many those
/// were, and which of them were not refused.
fn send(clients: &[Client], is_revoked: &AtomicBool) -> (usize, Vec<String>) {
    let requests: Vec<_> =
        clients.iter().flat_map(|client| PATHS.map(|path| (client, path))).collect();
    let (mut sent, mut accepted) = (0, Vec::new());
    for (client, path) in requests.iter().cycle() {
        let is_after = is_revoked.load(Ordering::SeqCst);
        let answer = client.get(path);
        if is_after {
            sent += 1;
            if answer.status != 401 {
                accepted.push(format!("{path}: {answer:?}"));
            }
        }
        if sent == requests.len() {
            break;
        }
    }
    (sent, accepted)
}

/// One revocation, raced by requests to each replica.
fn race(servers: &[&Server; 3], number: usize) -> (usize, Vec<String>) {
    let revocation = REVOCATIONS[number % REVOCATIONS.len()];
    let holder = Holder::create(servers[number % 3], number);
    let admin = servers[(number + 1) % 3].admin();
    let clients = servers.map(|server| holder.clients(server, revocation));
    for (client, path) in
        clients.iter().flatten().flat_map(|client| PATHS.map(|path| (client, path)))
    {
        assert!([200, 204].contains(&client.get(path).status), "{revocation:?} {path}");
    }
    let is_revoked = AtomicBool::new(false);
    thread::scope(|scope| {
        let senders = clients.each_ref().map(|clients| scope.spawn(|| send(clients, &is_revoked)));
        {
            let _end = End(&is_revoked);
            holder.revoke(&admin, revocation);
        }
        let sent = senders.map(|sender| sender.join().unwrap());
        (
            sent.iter().map(|(sent, _)| sent).sum(),
            sent.into_iter().flat_map(|sent| sent.1).collect(),
        )
    })
}

#[test]
fn a_revoked_credential_is_refused_next_on_every_replica() {
    let requests = env::var("REVOKED_REQUESTS").map_or(REQUESTS, |number| number.parse().unwrap());
    let first = Server::start_with(&SETTINGS);
    let servers = [&first.replica_with(&SETTINGS), &first.replica_with(&SETTINGS), &first];
    let (number, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let accepted: Vec<String> = thread::scope(|scope| {
        let revokers = [(); REVOKERS].map(|()| {
            scope.spawn(|| {
                let mut accepted = Vec::new();
                while sent.load(Ordering::SeqCst) < requests {
                    let raced = race(&servers, number.fetch_add(1, Ordering::SeqCst));
                    sent.fetch_add(raced.0, Ordering::SeqCst);
                    accepted.extend(raced.1);
                }
                accepted
            })
        });
        revokers.into_iter().flat_map(|revoker| revoker.join().unwrap()).collect()
    });
    println!("{sent:?} requests after {number:?} revocations, {} accepted", accepted.len());
    assert!(accepted.is_empty(), "{accepted:#?}");
}
