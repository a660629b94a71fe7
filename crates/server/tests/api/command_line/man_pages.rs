//! `rollcall man-pages`: one page for each command.

use std::{collections::BTreeSet, fs};

use super::{answer, commands, refusal};
use crate::harness::rollcall_on_sqlite;

#[test]
fn each_command_has_a_page_with_its_commands_and_flags() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands(&folder);
    answer(&mut rollcall_on_sqlite(&folder, &["man-pages", "share/man"]));
    let pages = folder.path().join("share/man");
    let page_of = |command: &[String]| {
        let name = [&["rollcall".to_owned()], command].concat().join("-") + ".1";
        // roff escapes dashes.
        let page = fs::read_to_string(pages.join(&name)).unwrap().replace("\\-", "-");
        (name, page)
    };
    let mut expected = BTreeSet::new();
    for (command, flags) in &commands {
        let (name, page) = page_of(command);
        for flag in flags {
            assert!(page.contains(flag.as_str()), "{name} has no {flag}");
        }
        if let Some((last, above)) = command.split_last() {
            let (above, page) = page_of(above);
            assert!(page.contains(last.as_str()), "{above} has no {last}");
        }
        expected.insert(name);
    }
    let written = fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().file_name());
    let written: BTreeSet<_> = written.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(written, expected);
}

#[test]
fn a_page_names_variables_and_the_release_but_no_values() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["man-pages", "."]);
    answer(command.env("ROLLCALL_DATABASE_URL", "postgres://a:secret@localhost/b"));
    let page = fs::read_to_string(folder.path().join("rollcall.1")).unwrap();
    assert!(page.contains("ROLLCALL_DATABASE_URL"), "{page}");
    assert!(page.contains(concat!("rollcall ", env!("CARGO_PKG_VERSION"))), "{page}");
    assert!(!page.contains("secret@"), "{page}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let said = refusal(&mut rollcall_on_sqlite(&folder, &["man-pages", "file/pages"]));
    assert_eq!(said, "file/pages can't be written: Not a directory (os error 20)");
}
