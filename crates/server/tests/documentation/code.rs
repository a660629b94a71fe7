//! Files, folders and names of the code that documents for contributors mention.

use std::{collections::BTreeSet, fs, path::PathBuf};

use regex::Regex;

use crate::{files, prose_lines, read, root};

/// The sources and tests, relative to the root, with the folders that hold them.
fn paths() -> BTreeSet<PathBuf> {
    let folders = ["crates", "fuzz/src", "fuzz/fuzz_targets", "migrations"];
    let sources = folders.iter().flat_map(|folder| {
        ["rs", "sql", "js"].map(|extension| files(&root().join(folder), extension)).concat()
    });
    let relative = sources.map(|path| path.strip_prefix(root()).unwrap().to_owned());
    relative.flat_map(|path| path.ancestors().map(PathBuf::from).collect::<Vec<_>>()).collect()
}

/// The words of all sources.
fn words() -> BTreeSet<String> {
    let word = Regex::new(r"\w+").unwrap();
    let sources = files(&root().join("crates"), "rs");
    let texts = sources.iter().map(|path| fs::read_to_string(path).unwrap());
    texts
        .flat_map(|text| {
            word.find_iter(&text).map(|found| found.as_str().to_owned()).collect::<Vec<_>>()
        })
        .collect()
}

/// What `text` mentions of code that does not exist: files and folders by the end of their path,
/// types and methods by their words.
fn missing(text: &str, paths: &BTreeSet<PathBuf>, words: &BTreeSet<String>) -> Vec<String> {
    let code = Regex::new(r"`([^`\n]+)`").unwrap();
    let file =
        Regex::new(r"^(?:[\w-]+/)*[\w-]+\.rs$|^crates(?:/[\w-]+)+$|^\w+/src(?:/[\w-]+)*$").unwrap();
    let name = Regex::new(r"^[A-Z]\w*[a-z]\w*(?:::\w+)*$|^\w+(?:::\w+)+$").unwrap();
    let is_missing = |mention: &&str| {
        if file.is_match(mention) {
            return !paths.iter().any(|path| path.ends_with(mention));
        }
        name.is_match(mention) && !mention.split("::").all(|word| words.contains(word))
    };
    let prose: String = prose_lines(text).flat_map(|(_, line)| [line, "\n"]).collect();
    let mentions: Vec<_> =
        code.captures_iter(&prose).map(|found| found.extract::<1>().1[0]).collect();
    mentions.into_iter().filter(is_missing).map(str::to_owned).collect()
}

#[test]
fn mentioned_files_and_types_exist() {
    let (paths, words) = (paths(), words());
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let missing = missing(&read(document), &paths, &words);
        assert!(missing.is_empty(), "{document} mentions code that does not exist: {missing:?}");
    }
}

#[test]
fn a_mention_of_missing_code_is_found() {
    let text = "`main.rs` `documentation/code.rs` `server/src/main.rs` `ETag` `Regex::new` `it` \
        `lost_file.rs` `code/documentation.rs` `server/src/lost` `LostType` `Regex::lost_method`";
    let found = missing(text, &paths(), &["ETag", "Regex", "new"].map(String::from).into());
    assert_eq!(
        found,
        [
            "lost_file.rs",
            "code/documentation.rs",
            "server/src/lost",
            "LostType",
            "Regex::lost_method"
        ]
    );
}
