//! Signatures that are sent a second time, also across restarts.

use serde_json::json;

use super::signing::send;
use crate::harness::{
    Answer, PASSWORD, SIGNING_HOST, Server, Session, Signable, rollcall, timestamp,
};

/// A signed change of a user's own address, as it can be captured and sent again.
struct Captured {
    key: String,
    target: String,
    timestamp: String,
    body: String,
    signature: String,
}

impl Captured {
    /// The change, signed by a clock that is `ahead` seconds fast.
    fn new(session: &Session, target: &str, ahead: i64, email: &str) -> Self {
        let body = json!({"userInfo": {"email": email}}).to_string();
        let (key, target, timestamp) = (session.key.clone(), target.to_owned(), timestamp(ahead));
        let mut captured = Self { key, target, timestamp, body, signature: String::new() };
        captured.signature = session.signature(captured.signable());
        captured
    }

    fn signable(&self) -> Signable<'_> {
        let Self { target, timestamp, body, .. } = self;
        Signable { method: "PATCH", host: SIGNING_HOST, target, timestamp, body }
    }

    fn send(&self, server: &Server) -> Answer {
        send(&server.anonymous(), self.signable(), &self.key, &self.signature)
    }

    fn status(&self, server: &Server) -> u16 {
        self.send(server).status
    }
}

fn stop(server: &mut Server) {
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
}

/// Starts another process on the store. It fails because its port is in use.
fn fail_to_start_again(server: &Server) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("--listen={}", taken.local_addr().unwrap());
    let failed = rollcall(server.folder(), &[&listen]).output().unwrap();
    assert_eq!(failed.status.code(), Some(1));
}

#[test]
fn a_signature_is_accepted_once_for_anything_but_get() {
    let server = Server::start();
    let (session, _) = server.admin_session();
    let change = Captured::new(&session, "/users/1", 0, "root@example.com");
    let get = Signable { method: "GET", body: "", ..change.signable() };
    for (signable, statuses) in [(get, [200, 200]), (change.signable(), [200, 401])] {
        let signature = session.signature(signable);
        for status in statuses {
            let answer = send(&server.anonymous(), signable, &session.key, &signature);
            assert_eq!(answer.status, status, "{}", signable.method);
        }
    }
    // Another spelling of the signature is refused, too.
    let unpadded = change.signature.trim_end_matches('=');
    let again = send(&server.anonymous(), change.signable(), &session.key, unpadded);
    assert_eq!(again.status, 401);
}

#[test]
fn a_refused_request_has_not_used_its_signature_up() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    let others = Captured::new(&session, "/users/1", 0, "alice@example.org");
    let taken = Captured::new(&session, "/users/2", 0, "bob@example.com");
    let (bob, _) = server.user("bob");
    assert_eq!([others.status(&server), others.status(&server)], [403; 2]);
    assert_eq!([taken.status(&server), taken.status(&server)], [409; 2]);
    // A refused request succeeds later, and then only once.
    server.change(bob, &json!({"email": "robert@example.com"}));
    assert_eq!([taken.status(&server), taken.status(&server)], [200, 401]);
    server.change(id, &json!({"roles": [{"name": "admin"}]}));
    assert_eq!([others.status(&server), others.status(&server)], [200, 401]);
}

#[test]
fn equal_requests_at_once_are_done_once() {
    let server = &Server::start();
    let (session, _) = server.admin_session();
    for round in 0..10 {
        let change = &Captured::new(&session, "/users/1", 0, &format!("root{round}@example.com"));
        let mut statuses: Vec<_> = std::thread::scope(|scope| {
            let send = |_| scope.spawn(|| change.status(server));
            let threads: Vec<_> = (0..8).map(send).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
    }
    let version = server.admin().get("/users/1").json()["user"]["version"].clone();
    assert_eq!(version, 10);
}

#[test]
fn a_restart_remembers_and_lets_a_slow_clock_go_on() {
    let mut server = Server::start();
    let (session, _) = server.admin_session();
    for round in 0..3 {
        let slow = |number: i64| {
            let email = format!("root{round}-{number}@example.com");
            Captured::new(&session, "/users/1", number - 60, &email)
        };
        let [before, refused, after] = [0, 1, 2].map(slow);
        assert_eq!(before.status(&server), 200);
        let missing = Captured::new(&session, "/users/99", -60, "absent@example.com");
        assert_eq!(missing.status(&server), 404);
        stop(&mut server);
        server.start_again(&[]);
        assert_eq!(before.send(&server).error(), (401, "unauthenticated".to_owned()));
        assert_eq!(missing.status(&server), 404);
        assert_eq!([after.status(&server), after.status(&server)], [200, 401]);
        assert_eq!(refused.status(&server), 200);
    }
}

#[test]
fn after_a_kill_what_may_have_been_accepted_must_wait() {
    let mut server = Server::start();
    let (session, _) = server.admin_session();
    let accepted = Captured::new(&session, "/users/1", 0, "root@example.com");
    let of_fast_clock = Captured::new(&session, "/users/1", 25, "fast@example.com");
    assert_eq!([accepted.status(&server), of_fast_clock.status(&server)], [200; 2]);
    server.kill_and_start_again(&[]);
    assert_must_wait(&server, [&accepted, &of_fast_clock]);
    let slow = Captured::new(&session, "/users/1", -60, "slow@example.com");
    let wait: u64 = slow.send(&server).header("retry-after").parse().unwrap();
    assert!((60..=120).contains(&wait), "{wait}");
    // Safe requests are accepted with any timestamp that is not too old.
    let time = timestamp(-60);
    let get = Signable {
        method: "GET",
        host: SIGNING_HOST,
        target: "/users",
        timestamp: &time,
        body: "",
    };
    let answer = send(&server.anonymous(), get, &session.key, &session.signature(get));
    assert_eq!(answer.status, 200);
    // A clean stop does not restore the memory that the kill lost.
    stop(&mut server);
    server.start_again(&[]);
    assert_must_wait(&server, [&accepted, &of_fast_clock]);
}

#[test]
fn a_start_that_fails_after_a_kill_keeps_no_one_waiting() {
    let mut server = Server::start();
    let (session, _) = server.admin_session();
    server.kill();
    fail_to_start_again(&server);
    server.start_again(&[]);
    let old = Captured::new(&session, "/users/1", 0, "old@example.com");
    assert_must_wait(&server, [&old]);
    let (session, _) = server.admin_session();
    let new = Captured::new(&session, "/users/1", 0, "new@example.com");
    assert_eq!([new.status(&server), new.status(&server)], [200, 401]);
}

#[test]
fn after_a_kill_a_session_that_is_new_goes_on_at_once() {
    let mut server = Server::start();
    let (session, _) = server.admin_session();
    server.kill_and_start_again(&[]);
    let old = Captured::new(&session, "/users/1", 0, "old@example.com");
    assert_must_wait(&server, [&old]);
    let (session, _) = server.admin_session();
    let new = |email| Captured::new(&session, "/users/1", 0, email);
    let [first, second] = ["first@example.com", "second@example.com"].map(new);
    assert_eq!([first.status(&server), first.status(&server)], [200, 401]);
    stop(&mut server);
    server.start_again(&[]);
    assert_eq!([first.status(&server), second.status(&server)], [401, 200]);
}

/// Asserts that signatures which may be used already are refused with `Retry-After`.
fn assert_must_wait<const N: usize>(server: &Server, requests: [&Captured; N]) {
    for request in requests {
        let answer = request.send(server);
        assert_eq!(answer.error(), (503, "unavailable".to_owned()));
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
}

#[test]
fn a_start_that_fails_loses_nothing_that_is_remembered() {
    let mut server = Server::start();
    let (session, _) = server.admin_session();
    let change = Captured::new(&session, "/users/1", -60, "root@example.com");
    assert_eq!(change.status(&server), 200);
    stop(&mut server);
    fail_to_start_again(&server);
    server.start_again(&[]);
    assert_eq!(change.send(&server).error(), (401, "unauthenticated".to_owned()));
    assert_eq!(Captured::new(&session, "/users/1", -50, "r@example.com").status(&server), 200);
}

#[test]
fn only_the_user_who_signs_too_much_is_refused() {
    let server = Server::start();
    server.user("alice");
    let (of_alice, _) = server.session("alice", PASSWORD);
    let (of_root, signed) = server.admin_session();
    let first = Captured::new(&of_root, "/users/1", 0, "root@example.com");
    let of_other = Captured::new(&of_alice, "/users/2", 0, "alice@example.org");
    let unsent = Captured::new(&of_alice, "/users/2", 0, "alice@example.net");
    let unsent_by_root = Captured::new(&of_root, "/users/1", 0, "root@example.net");
    assert_eq!((first.status(&server), of_other.status(&server)), (200, 200));
    for number in 0..1100 {
        // Two requests may have the same millisecond.
        let target = format!("/users/1?{number}");
        assert_eq!(signed.patch(&target, &json!({"userInfo": {}})).status, 200);
    }
    assert_eq!((first.status(&server), unsent_by_root.status(&server)), (401, 401));
    assert_eq!((of_other.status(&server), unsent.status(&server)), (401, 200));
}
