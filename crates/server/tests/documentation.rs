//! What the texts beside the code say of it: the files that they link to, and the tests that
//! SECURITY.md names.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files below `folder` whose names end like this.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_wanted = |path: &PathBuf| path.extension().is_some_and(|it| it == extension);
    let deeper = folders.iter().flat_map(|folder| self::files(folder, extension));
    files.into_iter().filter(is_wanted).chain(deeper).collect()
}

/// The names of all tests in Rust.
fn tests() -> BTreeSet<String> {
    let test = Regex::new(r"#\[(?:\w+::)?test\]\s+(?:#\[[^\]]*\]\s+)*(?:async )?fn (\w+)").unwrap();
    let sources = files(&root().join("crates"), "rs");
    let names = |path: &PathBuf| -> Vec<String> {
        let source = fs::read_to_string(path).unwrap();
        test.captures_iter(&source).map(|found| found[1].to_owned()).collect()
    };
    sources.iter().flat_map(names).collect()
}

#[test]
fn every_promise_in_security_md_names_tests_that_there_are() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let promises = text.split_once("| promise | test |\n| --- | --- |\n").unwrap().1;
    let (known, name) = (tests(), Regex::new("`([^`]+)`").unwrap());
    let rows: Vec<_> = promises.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(!rows.is_empty());
    for row in rows {
        let cell = row.trim_end_matches([' ', '|']).rsplit_once('|').unwrap().1;
        let mut named = name.captures_iter(cell).map(|found| found[1].to_owned()).peekable();
        assert!(named.peek().is_some(), "no test is named: {row}");
        for test in named {
            let is_script = test.starts_with("scripts/") && root().join(&test).is_file();
            assert!(is_script || known.contains(&test), "{test} is neither a test nor a script");
        }
    }
}

#[test]
fn every_file_that_a_text_links_to_is_there() {
    let link = Regex::new(r"\]\(([^)#:]+)(?:#[^)]*)?\)").unwrap();
    let texts =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "migrations/README.md"];
    let texts = texts.into_iter().map(|name| root().join(name));
    let deeper = ["docs", "docker"].iter().flat_map(|folder| files(&root().join(folder), "md"));
    for text in texts.chain(deeper) {
        for found in link.captures_iter(&fs::read_to_string(&text).unwrap()) {
            let target = text.parent().unwrap().join(&found[1]);
            assert!(target.exists(), "{} links to {}", text.display(), target.display());
        }
    }
}
