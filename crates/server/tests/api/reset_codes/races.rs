//! Reset codes at the same moment as other requests.

use std::{sync::Barrier, thread};

use serde_json::json;

use super::{NEW, create, redeem};
use crate::harness::{PASSWORD, Server};

#[test]
fn of_fifty_redemptions_on_three_replicas_one_succeeds() {
    let first = Server::start_with(&["--failures-per-address=1000"]);
    let (second, third) = (
        first.replica_with(&["--failures-per-address=1000"]),
        first.replica_with(&["--failures-per-address=1000"]),
    );
    let servers = [&first, &second, &third];
    let (id, _) = first.user("alice");
    let (code, barrier) = (create(&first, id), Barrier::new(50));
    let password = |number: usize| format!("password of request {number}");
    let statuses: Vec<u16> = thread::scope(|scope| {
        let send = |number: usize| {
            let (server, code, barrier) = (servers[number % 3], &code, &barrier);
            scope.spawn(move || {
                barrier.wait();
                redeem(server, code, &password(number)).status
            })
        };
        let threads: Vec<_> = (0..50).map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<_> = (0..50).filter(|number| statuses[*number] == 204).collect();
    // A server that has no thread free for a hash answers 503, and the code is not used up by it.
    assert!(statuses.iter().all(|status| matches!(status, 204 | 404 | 503)), "{statuses:?}");
    assert_eq!(winners.len(), 1, "{statuses:?}");
    let alice = second.login("alice", &password(winners[0]));
    assert_eq!(alice.get(&format!("/users/{id}")).json()["user"]["version"], 1);
}

#[test]
fn a_user_disabled_at_the_same_moment_keeps_no_new_password() {
    let server = Server::start();
    for round in 0..10 {
        let name = format!("user{round}");
        let (id, _) = server.user(&name);
        let (code, barrier) = (create(&server, id), Barrier::new(2));
        let status = thread::scope(|scope| {
            let redeemed = scope.spawn(|| {
                barrier.wait();
                redeem(&server, &code, NEW).status
            });
            barrier.wait();
            server.change(id, &json!({"status": "DISABLED"}));
            redeemed.join().unwrap()
        });
        server.change(id, &json!({"status": "ENABLED"}));
        assert_eq!(redeem(&server, &code, "a third password").status, 404);
        let path = format!("/users/{id}");
        let current = if status == 204 { NEW } else { PASSWORD };
        assert!(matches!(status, 204 | 404), "{status}");
        assert_eq!(server.login(&name, current).get(&path).status, 200);
    }
}
