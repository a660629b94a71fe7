//! Passwords, hashes, tokens, API keys and session secrets pass through every operation and never
//! leak: not in the log, responses, metrics or process command lines.

mod bodies;
mod commands;
mod operations;
mod refusals;
mod secrets;
mod stage;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use self::{
    operations::{Operation, operations},
    stage::{Stage, Who},
};
use crate::harness::End;

/// Statuses that require a fault. `fail` makes each operation answer 500. The same few lines of
/// code write every 503.
const FAULTS: [u16; 2] = [500, 503];

/// The operation whose limit is by address alone, which the stage lifts.
const LIMITED_BY_ADDRESS: &str = "redeemResetCode";

/// Runs `work`, and returns the command lines of all processes meanwhile.
fn watching(work: impl FnOnce()) -> BTreeSet<String> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !is_over.load(Ordering::SeqCst) {
                for process in fs::read_dir("/proc").unwrap().flatten() {
                    // Most entries are not processes, and some processes have ended.
                    let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
                    seen.insert(String::from_utf8_lossy(&line).replace('\0', " "));
                }
                thread::sleep(Duration::from_millis(10));
            }
            seen
        });
        let end = End(&is_over);
        work();
        drop(end);
        watch.join().unwrap()
    })
}

/// Sends every kind of request of every operation to a server with the most verbose log.
fn send_everything(stage: &Stage) {
    let operations = operations();
    let mut seen = BTreeMap::<String, BTreeSet<u16>>::new();
    for operation in &operations {
        let statuses = seen.entry(operation.id.clone()).or_default();
        statuses.extend(successes(stage, operation));
        statuses.extend(refusals::send(stage, operation));
    }
    for (operation, status) in operations.iter().zip(refusals::send_slowly(stage, &operations)) {
        seen.entry(operation.id.clone()).or_default().insert(status);
    }
    for Operation { id, statuses, .. } in &operations {
        let is_lifted = |status: u16| status == 429 && id == LIMITED_BY_ADDRESS;
        let is_missing = |status: &&u16| {
            !FAULTS.contains(status) && !seen[id].contains(status) && !is_lifted(**status)
        };
        let missing: Vec<_> = statuses.iter().filter(is_missing).collect();
        assert!(missing.is_empty(), "{id}: nothing here leads to {missing:?}");
    }
}

/// The secrets that leaked from a server with `log` as its `RUST_LOG` after `work`, and after all
/// operations have failed.
fn found(log: Option<&str>, work: impl FnOnce(&Stage)) -> Vec<String> {
    let stage = Stage::start(log);
    let command_lines = watching(|| {
        work(&stage);
        stage.keep_hashes();
        stage.read_the_rest();
        fail(&stage);
        stage.read_the_rest();
    });
    stage.end(&command_lines)
}

/// Successful requests of the operation, by every permitted caller.
fn successes(stage: &Stage, operation: &Operation) -> Vec<u16> {
    let session = stage.session("root", &stage.admin_password);
    let send = |who: Who<'_>| {
        let (request, expected) = operation.request(stage);
        let (status, body) = stage.send(&request, who);
        assert_eq!(status, expected, "{}: {body}", operation.id);
        status
    };
    let key = stage.key(1).1;
    stage.send(&operation.request(stage).0, Who::Bearer(&key));
    vec![send(stage.admin()), send(Who::Signed(&session))]
}

/// Calls the operations on a store that rejects writes, and on a store without its users table.
fn fail(stage: &Stage) {
    let session = stage.session("root", &stage.admin_password);
    let requests: Vec<_> =
        operations().iter().map(|operation| operation.request(stage).0).collect();
    stage.sql(
        "CREATE TRIGGER refuse_new BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'no'); END;
         CREATE TRIGGER refuse BEFORE UPDATE ON users BEGIN SELECT RAISE(ABORT, 'no'); END",
        "ALTER TABLE users ADD CONSTRAINT refuse CHECK (id < 0) NOT VALID",
    );
    let send = |who: Who<'_>| -> Vec<_> {
        requests.iter().map(|request| stage.send(request, who).0).collect()
    };
    assert!(send(stage.admin()).contains(&500));
    let rename = "ALTER TABLE users RENAME TO gone";
    stage.sql(rename, rename);
    let wrong = Who::Basic("root", "not it");
    for who in [stage.admin(), Who::Signed(&session), wrong, Who::Anonymous] {
        let statuses = send(who);
        let has_credentials = !matches!(who, Who::Anonymous);
        assert!(statuses.iter().all(|status| !has_credentials || *status == 500), "{statuses:?}");
    }
}

#[test]
fn no_secret_that_goes_through_any_operation_comes_out_again() {
    let found = found(Some("trace"), send_everything);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_secret_comes_out_of_a_server_with_default_settings() {
    let found = found(None, |stage| {
        for operation in operations() {
            successes(stage, &operation);
        }
    });
    assert!(found.is_empty(), "{found:#?}");
}
