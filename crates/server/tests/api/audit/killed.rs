//! Replicas that are killed before they have linked their entries.

use std::{sync::Barrier, thread};

use serde_json::{Value, json};

use super::log;
use crate::harness::{Client, Server};

/// How many changes each writer tries to make.
const CHANGES: usize = 40;

fn email(id: i64, number: usize) -> String {
    format!("{id}-{number}@example.com")
}

/// Changes an address until the server is gone, and returns how many changes were acknowledged.
fn write(client: &Client, id: i64) -> usize {
    let is_made = |number: &usize| {
        let body = json!({"userInfo": {"email": email(id, *number)}});
        loop {
            match client.attempt("PATCH", &format!("/users/{id}"), Some(&body)) {
                // At `serializable`, a change that meets many others is to be sent again.
                Some(answer) if answer.status == 503 => {}
                Some(answer) => {
                    assert_eq!(answer.status, 200, "{answer:?}");
                    return true;
                }
                None => return false,
            }
        }
    };
    (0..CHANGES).take_while(is_made).count()
}

/// The addresses that the log gave a user, the oldest first.
fn logged(log: &[Value], id: i64) -> Vec<String> {
    let changes = log
        .iter()
        .rev()
        .filter(|entry| entry["userId"] == json!(id) && entry["action"] == json!("USER_CHANGED"));
    changes.map(|entry| entry["changes"][0]["after"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_killed_replicas_changes_are_in_the_log_once() {
    let mut victim = Server::start();
    let survivors = [victim.replica(), victim.replica()];
    for round in 0..3 {
        let ids: Vec<i64> =
            (0..6).map(|writer| victim.user(&format!("user{round}-{writer}")).0).collect();
        let clients = [victim.admin(), survivors[0].admin(), survivors[1].admin()];
        let has_begun = Barrier::new(ids.len() + 1);
        let acknowledged: Vec<usize> = thread::scope(|scope| {
            let writers: Vec<_> = ids
                .iter()
                .zip(clients.iter().cycle())
                .map(|(id, client)| {
                    let has_begun = &has_begun;
                    scope.spawn(move || {
                        has_begun.wait();
                        write(client, *id)
                    })
                })
                .collect();
            has_begun.wait();
            // Sooner than its linker wakes up after the first of its changes.
            while logged(&log(&survivors[0]), ids[0]).is_empty() {}
            victim.kill();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let log = log(&survivors[round % 2]);
        let numbers: Vec<_> = log.iter().rev().map(|entry| entry["number"].as_i64()).collect();
        assert_eq!(numbers, (1..).map(Some).take(log.len()).collect::<Vec<_>>());
        for (id, count) in ids.iter().zip(acknowledged) {
            let emails = logged(&log, *id);
            // The change in flight may have been made, too.
            assert!((count..=count + 1).contains(&emails.len()), "{count} of {emails:?}");
            let expected: Vec<_> = (0..emails.len()).map(|number| email(*id, number)).collect();
            assert_eq!(emails, expected);
        }
        victim.start_again(&[]);
    }
    let verified = rollcall_domain::AuditStore::verify(&victim.store(), None).unwrap();
    assert!(verified.is_ok(), "{verified:?}");
}
