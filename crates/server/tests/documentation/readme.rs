//! The commands of README.md, and of pages that continue them.

use regex::Regex;

use crate::{
    read,
    shell::{Block, INSTALLATION, blocks, check, fences},
};

#[test]
fn every_block_works_and_answers_as_shown() {
    check(&blocks(&read("README.md"))).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn blocks_of_pages_work_after_those_of_the_readme() {
    let mut all = blocks(&read("README.md"));
    for page in ["docs/audit.md", "docs/api.md"] {
        let blocks = blocks(&read(page));
        assert!(blocks.iter().any(|block| block.shown.is_some()), "{page} shows no answer");
        all.extend(blocks);
    }
    all.push(Block { commands: "kill %1 && wait %1\n".to_owned(), shown: None });
    check(&all).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_blocks_can_be_pasted() {
    let readme = read("README.md");
    let blocks = blocks(&readme);
    let answers = blocks.iter().filter(|block| block.shown.is_some()).count();
    assert_eq!(fences(&readme).len(), blocks.len() + answers, "other code than commands");
    assert!(blocks[0].commands.starts_with("password='"), "the first line sets the password");
    assert!(blocks[0].commands.contains(INSTALLATION));
    let prompt = Regex::new(r"(?m)^\s*[$#>] ").unwrap();
    let commands: String = blocks.iter().map(|block| block.commands.clone()).collect();
    assert!(!prompt.is_match(&commands), "a prompt is not pasted");
    assert_eq!(commands.matches("curl").count(), 1 + commands.matches("curl -sS -w '\\n'").count());
    assert_eq!(commands.matches("cd ").count(), 1, "the folder is named once");
}

#[test]
fn a_block_that_fails_is_found() {
    let block = |commands: &str| format!("```sh\n{commands}\n```\n");
    for failing in ["false", "false | true", "echo \"$unset\"", "exit 0"] {
        let text = block("echo one") + &block(failing) + &block("echo three");
        let failure = check(&blocks(&text)).unwrap_err();
        assert!(failure.starts_with(failing), "{failure}");
    }
}

#[test]
fn another_answer_than_the_one_shown_is_found() {
    let answers = |shown: &str| {
        let commands = "echo '{\"time\":\"2026-11-28T12:02:28Z\",\"token\":\"abc\"}'";
        let text = format!("```sh\n{commands}\n```\n\n```json\n{shown}\n```\n");
        check(&blocks(&text))
    };
    let shown = r#"{"time":"2025-01-02T03:04:05.678901Z","token":"…"}"#;
    assert_eq!(answers(shown), Ok(()));
    assert!(answers(r#"{"time":"2025-01-02T03:04:05Z"}"#).is_err());
    assert!(answers(r#"{"time":"…","token":"xyz"}"#).is_err());
}
