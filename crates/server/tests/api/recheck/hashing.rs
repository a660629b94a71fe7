//! The caller is revoked while its request waits for a hash.

use std::{io::Write as _, thread};

use rollcall_domain::{
    AuditStore, PasswordVersion, UserRef, UserStore,
    audit::{Actor, AuditQuery},
};
use serde_json::{Value, json};

use super::{Parties, metered::Metered, newest_entry, parties};
use crate::harness::{Client, PASSWORD, Process, Server, rollcall, until};

/// The number of hashes ahead of the request, for each thread: fewer than the queue holds.
const AHEAD: usize = 3;

/// The tries of a case: the hashes ahead may be done before the caller is revoked.
const ROUNDS: usize = 10;

/// The password that a write would set.
const NEW: &str = "another fine password";

/// The password that a stolen one is reset to.
const RESET: &str = "the password after the theft";

/// The caller's request, the command that revokes the caller, and the answer.
struct Case {
    send: fn(&Client, &Parties) -> u16,
    command: [&'static str; 2],
    expected: u16,
}

fn set(password: &str) -> Value {
    json!({"value": {"current_password": PASSWORD, "password": password}})
}

/// Runs `rollcall user` beside the server.
fn run(server: &Server, [verb, input]: [&str; 2], name: &str) {
    let mut command = rollcall(server.folder(), &["user", verb, name, "--bcrypt-cost=4"]);
    command.args((verb == "revoke").then_some("admin"));
    let mut process = Process::start(&mut command);
    process.stdin().write_all(input.as_bytes()).unwrap();
    assert!(process.wait().success(), "{}", process.said());
}

/// The number of entries after the command's. None if the request's comes first: the caller was
/// not revoked in time.
fn written_after_the_command(server: &Server, newest_before: i64) -> Option<usize> {
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    let mut entries = server.store().entries(&query).unwrap();
    entries.retain(|entry| entry.number > newest_before);
    (entries.pop()?.actor == Actor::Operator).then_some(entries.len())
}

/// Fills the pool, sends the caller's request, and revokes the caller. None if the pool was not
/// full long enough.
fn attempt(metered: &Metered, case: &Case, round: usize) -> Option<(u16, usize, Parties)> {
    let (server, parties) = (&metered.server, parties(&metered.server, round));
    let name = parties.caller.name.as_str();
    let client = server.login(name, PASSWORD);
    assert_eq!(client.get("/users/1").status, 200);
    let entries = newest_entry(server);
    let ahead = AHEAD * thread::available_parallelism().unwrap().get();
    let outcome = thread::scope(|scope| {
        for number in 0..ahead {
            // Each from an address of its own, so that none counts as a guesser.
            let address = format!("10.{round}.0.{number}");
            let client = server.login(&format!("stranger{number}"), &address);
            scope.spawn(move || client.with("x-forwarded-for", &address).get("/users"));
        }
        until("the pool is not full", || metered.waiting_hashes() > 0);
        let waiting = metered.waiting_hashes();
        let request = scope.spawn(|| (case.send)(&client, &parties));
        until("the request does not wait", || {
            metered.waiting_hashes() > waiting || request.is_finished()
        });
        run(server, case.command, name);
        let has_waited = !request.is_finished();
        let status = request.join().unwrap();
        let written = written_after_the_command(server, entries);
        written.filter(|_| has_waited && status != 503).map(|written| (status, written))
    });
    outcome.map(|(status, written)| (status, written, parties))
}

/// The outcome of a round in which the caller was revoked while its request waited.
fn revoked(metered: &Metered, case: &Case) -> Parties {
    let outcome = (0..ROUNDS).find_map(|round| attempt(metered, case, round));
    let (status, written, parties) = outcome.expect("no hash took long enough");
    assert_eq!((status, written), (case.expected, 0));
    parties
}

fn start() -> Metered {
    Metered::start_with(&["--bcrypt-cost=12", "--trusted-proxies=127.0.0.1"])
}

#[test]
fn a_demoted_admin_resets_no_password_from_the_queue() {
    let metered = start();
    let send: fn(&Client, &Parties) -> u16 = |client, parties| {
        client.patch(&format!("/api/v1/users/{}", parties.target.name), &set_for_another()).status
    };
    let Parties { target, .. } =
        revoked(&metered, &Case { send, command: ["revoke", ""], expected: 403 });
    let now = metered.server.store().find(&UserRef::Id(target.id)).unwrap().unwrap();
    assert_eq!(now.password_version, PasswordVersion(0));
}

fn set_for_another() -> Value {
    json!({"value": {"password": NEW}})
}

#[test]
fn a_disabled_admin_makes_no_user_from_the_queue() {
    let send: fn(&Client, &Parties) -> u16 = |client, parties| {
        client
            .put(&format!("/api/v1/users/{}-made", parties.target.name), &set_for_another())
            .status
    };
    revoked(&start(), &Case { send, command: ["disable", ""], expected: 401 });
}

#[test]
fn a_stolen_password_does_not_survive_its_reset() {
    let metered = start();
    // The thief's request in flight, which would set its own password after the reset.
    let send: fn(&Client, &Parties) -> u16 = |thief, parties| {
        thief.patch(&format!("/api/v1/users/{}", parties.caller.name), &set(NEW)).status
    };
    let command = ["passwd", RESET];
    let Parties { caller, .. } = revoked(&metered, &Case { send, command, expected: 401 });
    let status =
        |password| metered.server.login(caller.name.as_str(), password).get("/users/1").status;
    assert_eq!([status(NEW), status(PASSWORD), status(RESET)], [401, 401, 200]);
}

#[test]
fn a_renewed_hash_refuses_no_write_proved_by_the_old_one() {
    const WRITERS: usize = 16;
    let mut server = Server::start();
    let (id, _) = server.user("alice");
    for cost in [5, 6, 5] {
        server.kill_and_start_again(&[&format!("--bcrypt-cost={cost}")]);
        let statuses: Vec<_> = thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let alice = server.login("alice", PASSWORD);
                    scope.spawn(move || {
                        let email = format!("alice{writer}at{cost}@example.com");
                        let body = json!({"userInfo": {"email": email}});
                        alice.patch(&format!("/users/{id}"), &body).status
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        assert_eq!(statuses, [200; WRITERS]);
    }
}
