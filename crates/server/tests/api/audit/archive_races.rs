//! Archives that begin at once.

use std::{fs, process::Stdio};

use super::{
    archive::{end, now},
    archive_kills::fill,
    command::{audit, printed, refusal},
};
use crate::harness::{Server, rollcall};

#[test]
fn of_two_archives_at_once_one_leaves_a_file() {
    let server = Server::start();
    fill(&server);
    // A change gives every entry its number.
    server.user("alice");
    let (before, names) = (now(), ["first", "second"]);
    let runs = names.map(|name| {
        let mut command = rollcall(server.folder(), &["audit", "archive", &before, name]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    let outputs = runs.map(|run| run.wait_with_output().unwrap());
    let kept = names.map(|name| server.folder().path().join(name).exists());
    assert_eq!(kept.iter().filter(|is_kept| **is_kept).count(), 1, "{outputs:?}");
    let place = kept.iter().position(|is_kept| *is_kept).unwrap();
    assert!(outputs[place].status.success(), "{outputs:?}");
    printed(&server, &["verify", &format!("--archive={}", names[place])]);
}

#[test]
fn a_file_that_another_run_uses_is_left_to_it() {
    let server = Server::start();
    let (before, last) = (now(), end(&server));
    // What a run leaves that is killed before it removes an entry.
    let listed = printed(&server, &["list", "--format=ndjson"]);
    let path = server.folder().path().join("first");
    fs::write(&path, listed).unwrap();
    let used = fs::File::open(&path).unwrap();
    used.lock().unwrap();
    let said = refusal(&audit(&server, &["archive", &before, "first"]));
    assert!(said.contains("another run uses first; wait until it ends"), "{said}");
    drop(used);
    let said = printed(&server, &["archive", &before, "first"]);
    assert_eq!(said, format!("archived 1 entry in first; the log begins after {last}\n"));
}
