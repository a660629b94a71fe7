//! Unfinished archives whose file is lost.

use rollcall_domain::audit::{AnnouncedArchive, ChainMark};
use rollcall_persistence::Store;
use serde_json::json;

use super::{
    archive::{archive, now},
    archive_kills::{fill, write_archive},
    command::{audit, printed, refusal},
    log,
};
use crate::harness::Server;

/// A server whose log has lost its first 5,000 entries: a run was killed after the first step of
/// the removal, and its file is gone.
struct Interrupted {
    server: Server,
    end: ChainMark,
    anchor: ChainMark,
}

impl Interrupted {
    fn new() -> Self {
        let server = Server::start();
        fill(&server);
        server.user("alice");
        let store = server.store();
        store.verify_log(&[]).unwrap().unwrap();
        let end = mark(&store, 6000);
        let archive = AnnouncedArchive { start: ChainMark::START, end };
        let anchor = store.remove_archived(ChainMark::START, archive).unwrap();
        assert_eq!(anchor.number, 5000);
        Self { server, end, anchor }
    }

    fn abandon(&self) -> String {
        printed(&self.server, &["abandon", &self.end.to_string()])
    }
}

fn mark(store: &Store, number: i64) -> ChainMark {
    let (_, entry) = store.entries_after(number - 1).unwrap().remove(0);
    entry.unwrap().unwrap().mark()
}

const LOST: &str = "entries 1 to 5000 are recorded as lost\n";

#[test]
fn an_archive_whose_file_is_lost_is_given_up() {
    let interrupted = Interrupted::new();
    let Interrupted { server, end, anchor } = &interrupted;
    let said = refusal(&audit(server, &["archive", &now(), "next"]));
    let remedy = format!("give its file or, if that is lost, run `rollcall audit abandon {end}`");
    assert!(said.contains(&remedy), "{said}");
    let said = refusal(&audit(server, &["abandon", &anchor.to_string()]));
    assert!(said.contains(&format!("the unfinished archive ends with {end}; nothing")), "{said}");

    assert_eq!(interrupted.abandon(), format!("{LOST}the log begins after {anchor}\n"));
    let entry = log(server).remove(0);
    assert_eq!((&entry["action"], &entry["actor"]), (&json!("AUDIT_ARCHIVED"), &json!("OPERATOR")));
    let lost = json!([{"field": "lost", "before": null, "after": anchor.to_string()}]);
    assert_eq!(entry["changes"], lost);
    let said = printed(server, &["verify"]);
    let expected = format!("after the archived entry {anchor}; the last is {}:", entry["number"]);
    assert!(said.contains(&expected) && said.ends_with(LOST), "{said}");
    let said = refusal(&audit(server, &["abandon", &end.to_string()]));
    assert_eq!(said, "error: no archive is unfinished; nothing was changed\n");
}

#[test]
fn the_next_archives_verify_without_the_lost_entries() {
    let interrupted = Interrupted::new();
    let Interrupted { server, anchor, .. } = &interrupted;
    let seventh = format!("--contains=7:{}", anchor.hash);
    interrupted.abandon();
    server.user("bob");
    // What a run leaves that is killed before the first step of the removal.
    write_archive(server, &now(), "begun");
    let said = printed(server, &["verify", "--archive=begun"]);
    assert!(said.starts_with("verified 15005 entries and 0 archived before; "), "{said}");
    // The entry that records the loss moves, too.
    let said = archive(server, "next");
    assert!(said.starts_with("archived 15005 entries in next; "), "{said}");
    let said = printed(server, &["verify", "--archive=next"]);
    assert!(said.starts_with("verified 1 entry and 15005 archived before; "), "{said}");
    assert!(said.ends_with(LOST), "{said}");
    archive(server, "later");
    printed(server, &["verify", "--archive=next", "--archive=later"]);
    let said = refusal(&audit(server, &["verify", "--archive=later"]));
    assert!(said.contains("later, line 1: entry 1 is missing"), "{said}");
    let said = refusal(&audit(server, &["verify", "--archive=next", "--archive=later", &seventh]));
    assert!(said.contains("entry 7 was in an archive whose file is lost"), "{said}");
}
