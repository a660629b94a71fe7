//! The caller is revoked by a transaction that the write waits for: the last moment at which that
//! can be.

use std::{
    io::{BufRead, BufReader, Write as _},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::json;

use super::{Parties, Write, metered::Metered, newest_entry, parties, writes};
use crate::harness::{PASSWORD, Server, until};

/// How a caller is revoked, and the status of its request: with a password, and with a session.
/// None if the caller keeps its rights.
type Case = (&'static str, &'static str, [Option<u16>; 2]);

/// `?` is the caller's id.
const CASES: [Case; 5] = [
    (
        "demoted",
        "UPDATE users SET version = version + 1 WHERE id = ?;
         DELETE FROM user_roles WHERE user_id = ?;",
        [Some(403); 2],
    ),
    (
        "disabled",
        "UPDATE users SET status = 'DISABLED' WHERE id = ?;
         DELETE FROM sessions WHERE user_id = ?;",
        [Some(401); 2],
    ),
    (
        "password set",
        "UPDATE users SET password_version = password_version + 1 WHERE id = ?;
         DELETE FROM sessions WHERE user_id = ?;",
        [Some(401); 2],
    ),
    ("logged out", "DELETE FROM sessions WHERE user_id = ?;", [None, Some(401)]),
    (
        "deleted",
        "DELETE FROM sessions WHERE user_id = ?; DELETE FROM user_roles WHERE user_id = ?;
         DELETE FROM users WHERE id = ?;",
        [Some(401); 2],
    ),
];

/// A transaction of another program, begun and not committed.
struct Transaction(Child);

impl Transaction {
    /// Runs `sql`. Other writers wait for it, and readers do not see it yet.
    fn begin(server: &Server, sql: &str) -> Self {
        let url = server.store_url();
        let (mut command, begin) = if let Some(path) = url.strip_prefix("sqlite://") {
            let mut command = Command::new("sqlite3");
            command.args(["-bail", path]);
            (command, ".timeout 10000\nBEGIN IMMEDIATE;")
        } else {
            let mut command = Command::new("psql");
            command.args([&url, "-qAt", "-v", "ON_ERROR_STOP=1"]);
            (command, "BEGIN;")
        };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.as_mut().unwrap();
        writeln!(stdin, "{begin}\n{sql}\nSELECT 'begun';").unwrap();
        stdin.flush().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "begun");
        Self(child)
    }

    fn commit(mut self) {
        self.0.stdin.take().unwrap().write_all(b"COMMIT;\n").unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

/// Sends a write whose caller is revoked after authentication, and returns the status.
fn send_revoked(
    metered: &Metered,
    write: &Write,
    parties: &Parties,
    sql: &str,
    is_signed: bool,
) -> u16 {
    let (server, name) = (&metered.server, parties.caller.name.as_str());
    let client = match (&*write.id, is_signed) {
        // The request itself carries the password.
        ("createSessionToken", _) => server.anonymous(),
        (_, true) => server.session(name, PASSWORD).1,
        (_, false) => server.login(name, PASSWORD),
    };
    while_revoked(metered, parties, sql, || write.send(&client, parties))
}

/// Sends a request whose caller is revoked after authentication, and returns the status.
fn while_revoked(
    metered: &Metered,
    parties: &Parties,
    sql: &str,
    send: impl FnOnce() -> u16 + Send,
) -> u16 {
    let (server, name) = (&metered.server, parties.caller.name.as_str());
    // Its password is cached, so the request reaches the transaction at once.
    assert_eq!(server.login(name, PASSWORD).get("/users/1").status, 200);
    let id = parties.caller.id.to_string();
    let transaction = Transaction::begin(server, &sql.replace('?', &id));
    let before = metered.authentications();
    thread::scope(|scope| {
        let status = scope.spawn(send);
        until("the request is not authenticated", || metered.authentications() > before);
        // Long enough for the write to wait for the transaction.
        thread::sleep(Duration::from_millis(50));
        transaction.commit();
        status.join().unwrap()
    })
}

#[test]
fn no_write_of_the_document_outlives_the_right_to_it() {
    // With open registration the request would have no caller.
    let metered = Metered::start_with(&["--registration=admin"]);
    let mut number = 0;
    for write in writes() {
        for (what, sql, expected) in CASES {
            for (is_signed, expected) in [false, true].into_iter().zip(expected) {
                let is_login = write.id == "createSessionToken";
                let expected = match expected {
                    // Users without a role may log in, and a log-in needs no session.
                    Some(403) if is_login => None,
                    Some(_) if is_login && what == "logged out" => None,
                    expected => expected,
                };
                number += 1;
                let parties = parties(&metered.server, number);
                let before = newest_entry(&metered.server);
                let begun = i64::from(is_signed && !is_login);
                let status = send_revoked(&metered, &write, &parties, sql, is_signed);
                let what = format!("{} {what}, signed: {is_signed}: {status}", write.id);
                let written = newest_entry(&metered.server) - before - begun;
                match expected {
                    Some(expected) => assert_eq!((status, written), (expected, 0), "{what}"),
                    None => assert!(matches!(status, 200..300) && written == 1, "{what}"),
                }
            }
        }
    }
}

#[test]
fn a_demoted_admin_chooses_no_name_that_users_may_not() {
    let metered = Metered::start_with(&[]);
    let (_, demotion, _) = CASES[0];
    for (number, is_registration) in [true, false].into_iter().enumerate() {
        let parties = parties(&metered.server, number);
        let client = metered.server.login(parties.caller.name.as_str(), PASSWORD);
        let before = newest_entry(&metered.server);
        let status = while_revoked(&metered, &parties, demotion, || {
            let path = format!("/users/{}", parties.caller.id);
            let mut info = json!({"name": "rооt"});
            if is_registration {
                info["email"] = json!("another@example.com");
                info["plaintextPassword"] = json!(PASSWORD);
                client.post("/users", &json!({ "userInfo": info })).status
            } else {
                client.patch(&path, &json!({ "userInfo": info })).status
            }
        });
        assert_eq!((status, newest_entry(&metered.server)), (403, before), "{is_registration}");
    }
}
