//! What `rollcall audit verify --archive` finds.

use std::{fs, path::PathBuf};

use super::{
    archive::{archive, end},
    command::{audit, printed, refusal},
};
use crate::harness::Server;

/// A server with two archives of three entries each, and two entries in its log.
struct Archived {
    server: Server,
}

impl Archived {
    fn new() -> Self {
        let server = Server::start();
        server.user("alice");
        server.user("bob");
        archive(&server, "a");
        server.user("carol");
        server.user("dave");
        archive(&server, "b");
        server.user("erin");
        Self { server }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.server.folder().path().join(name)
    }

    fn refusal(&self, archives: &[&str]) -> String {
        let archives: Vec<_> = archives.iter().map(|name| format!("--archive={name}")).collect();
        let arguments: Vec<_> =
            ["verify"].into_iter().chain(archives.iter().map(String::as_str)).collect();
        refusal(&audit(&self.server, &arguments))
    }

    /// The error once the file `b` is altered.
    fn found(&self, alter: impl Fn(&str) -> String) -> String {
        let text = fs::read_to_string(self.path("b")).unwrap();
        let altered = alter(&text);
        assert_ne!(altered, text);
        fs::write(self.path("altered"), altered).unwrap();
        self.refusal(&["a", "altered"])
    }
}

#[test]
fn archives_and_the_log_are_one_chain() {
    let archived = Archived::new();
    let said = printed(&archived.server, &["verify", "--archive=a", "--archive=b"]);
    let end = end(&archived.server);
    assert_eq!(said, format!("verified 2 entries and 6 archived before; the last is {end}\n"));
}

#[test]
fn a_wrong_order_and_missing_files_are_found() {
    let archived = Archived::new();
    for (files, expected) in [
        (&["b", "a"][..], "b, line 1: entry 1 is missing; give all archives, the oldest first"),
        (&["b"], "b, line 1: entry 1 is missing; give all archives, the oldest first"),
        (&["a"], "the audit log is altered or incomplete: entry 4 is missing"),
        (&["a", "a"], "a, line 1: entry 1 was put in; give all archives, the oldest first"),
        (&["a", "absent"], "absent does not exist; give the path of a file"),
        (&["a", "."], ". is not a regular file; give the path of one"),
    ] {
        let said = archived.refusal(files);
        assert!(said.contains(expected), "{files:?}: {said}");
    }
}

#[test]
fn an_altered_or_truncated_file_is_found() {
    let archived = Archived::new();
    let invalid = |line| format!("altered, line {line}: not a whole entry");
    for (name, address) in [("carol", "127.0.0.1"), ("dave", "127.0.0.1")] {
        let said = archived.found(|text| text.replace(name, "mallory"));
        let line = if name == "carol" { 2 } else { 3 };
        assert!(said.contains(&format!("altered, line {line}: entry {} was altered", line + 3)));
        let said = archived.found(|text| text.replace(address, "192.0.2.9"));
        assert!(said.contains("altered, line 2: entry 5 was altered"), "{said}");
    }
    let without = |number: usize| {
        move |text: &str| {
            let lines = text.split_inclusive('\n').enumerate();
            let others = lines.filter(|(index, _)| index + 1 != number);
            others.map(|(_, line)| line).collect::<String>()
        }
    };
    // An entry that is neither in a file nor in the log.
    assert!(archived.found(without(3)).contains("incomplete: entry 6 is missing"));
    assert!(archived.found(without(2)).contains("altered, line 2: entry 5 is missing"));
    let said = archived.found(|text| text[..text.len() - 10].to_owned());
    assert!(said.contains(&invalid(3)), "{said}");
    let said = archived.found(|text| text.trim_end().to_owned());
    assert!(said.contains(&invalid(3)), "{said}");
    let said = archived.found(|text| format!("\n{text}"));
    assert!(said.contains(&invalid(1)), "{said}");
    let said = archived.found(|text| text.replacen('{', "{\"note\":1,", 1));
    assert!(said.contains(&invalid(1)), "{said}");
}
