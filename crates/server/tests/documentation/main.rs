//! The documents beside the code: their links, the tests and settings that they name, the length of
//! their lines and sentences, and the commands that they show, which run in order.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

mod asvs;
mod code;
mod links;
mod promises;
mod prose;
mod readme;
mod settings;
mod shell;

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// All files below `folder` with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_wanted = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    let deeper = folders.iter().flat_map(|folder| self::files(folder, extension));
    files.into_iter().filter(is_wanted).chain(deeper).collect()
}

/// Every document that is read in the repository.
fn documents() -> Vec<PathBuf> {
    let at_root = ["README", "ARCHITECTURE", "CHANGELOG", "CONTRIBUTING", "SECURITY"];
    let at_root = at_root.map(|name| root().join(name).with_extension("md"));
    let folders = ["docs", "docker", "migrations", "crates/domain/data"];
    let deeper = folders.iter().flat_map(|folder| files(&root().join(folder), "md"));
    at_root.into_iter().chain(deeper).collect()
}

/// The lines of a document outside code blocks, with their numbers.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_fence && !is_code).then_some((index + 1, line))
    })
}
