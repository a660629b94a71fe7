//! Links between documents.

use std::{fs, path::Path};

use regex::Regex;

use crate::{documents, files, prose_lines, read, root};

/// The anchors of a document, as code hosts derive them from its headings.
fn anchors(text: &str) -> Vec<String> {
    let headings = prose_lines(text).filter_map(|(_, line)| line.strip_prefix('#'));
    let anchor = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let is_kept = |kept: &char| kept.is_alphanumeric() || matches!(kept, ' ' | '-' | '_');
        heading.chars().filter(is_kept).collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// Every link of `text`, the document at `path`, to a file or a heading that does not exist.
fn broken(path: &Path, text: &str) -> Vec<String> {
    let link = Regex::new(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)").unwrap();
    let is_broken = |target: &Path, anchor: Option<&str>| {
        let linked = if target == path { Ok(text.to_owned()) } else { fs::read_to_string(target) };
        !target.exists()
            || anchor.is_some_and(|anchor| !anchors(&linked.unwrap()).contains(&anchor.to_owned()))
    };
    let prose: String = prose_lines(text).flat_map(|(_, line)| [line, "\n"]).collect();
    let links = link.captures_iter(&prose).filter(|found| {
        let file = &found[1];
        let target =
            if file.is_empty() { path.to_owned() } else { path.parent().unwrap().join(file) };
        is_broken(&target, found.get(2).map(|anchor| anchor.as_str()))
    });
    links.map(|found| found[0].to_owned()).collect()
}

#[test]
fn every_linked_file_and_heading_exists() {
    for path in documents() {
        let broken = broken(&path, &fs::read_to_string(&path).unwrap());
        assert!(broken.is_empty(), "{} has broken links: {broken:?}", path.display());
    }
}

#[test]
fn a_broken_link_is_found() {
    let text =
        "# A: `b` c\n[1](#a-b-c) [2](#a-c) [3](links.rs) [4](lost.md)\n```sh\n[5](lost)\n```";
    let path = root().join("crates/server/tests/documentation/main.rs");
    assert_eq!(broken(&path, text), ["](#a-c)", "](lost.md)"]);
}

#[test]
fn the_readme_links_to_every_page_and_one_page_to_recipes() {
    for page in files(&root().join("docs"), "md") {
        let is_recipe = page.parent().unwrap().ends_with("recipes");
        let (from, folder) =
            if is_recipe { ("docs/operations.md", "recipes") } else { ("README.md", "docs") };
        let link = format!("({folder}/{})", page.file_name().unwrap().to_str().unwrap());
        assert!(read(from).contains(&link), "{from} has no link {link}");
    }
}
