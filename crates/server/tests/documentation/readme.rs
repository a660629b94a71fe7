//! The commands of README.md, pasted in order into one shell.

use std::{
    env, fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use regex::Regex;
use tempfile::TempDir;

use crate::read;

/// What the shell prints between two blocks.
const SEPARATOR: &str = "-- end of block --";
const INSTALLATION: &str = "cargo install --path crates/server --locked";
const ADDRESS: &str = "localhost:8080";

/// Commands to paste, and the answer that is shown below them.
struct Block {
    commands: String,
    shown: Option<String>,
}

fn blocks(readme: &str) -> Vec<Block> {
    let fence = Regex::new(r"(?ms)^```(\w+)\n(.*?)^```$").unwrap();
    let mut blocks: Vec<Block> = Vec::new();
    for found in fence.captures_iter(readme) {
        let text = found[2].to_owned();
        match (&found[1], blocks.last_mut()) {
            ("sh", _) => blocks.push(Block { commands: text, shown: None }),
            ("json" | "text", Some(block)) if block.shown.is_none() => block.shown = Some(text),
            (language, _) => panic!("{language} is no command and no answer to one:\n{text}"),
        }
    }
    blocks
}

/// Runs all blocks in a home folder of their own, with the built binary on the path in the place of
/// an installed one. The shell ends at the first command that fails, and the server with it.
fn run(blocks: &[Block]) -> (Output, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut script = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n".to_owned();
    let separator = format!("echo '{SEPARATOR}'\n");
    for block in blocks {
        script += &block.commands;
        script += &separator;
    }
    let script = script.replace(INSTALLATION, ":").replace(ADDRESS, &format!("localhost:{port}"));
    let binaries = Path::new(env!("CARGO_BIN_EXE_rollcall")).parent().unwrap().to_owned();
    let path = env::split_paths(&env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    let output = Command::new("timeout")
        .args(["300", "bash", "-euo", "pipefail", "-c", &script])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", env::join_paths([binaries].into_iter().chain(path)).unwrap())
        .env("ROLLCALL_LISTEN", format!("127.0.0.1:{port}"))
        .current_dir(home.path())
        .output()
        .unwrap();
    (output, home)
}

/// Whether `answer` is the one that is shown, apart from times and from what `…` stands for.
fn is_shown(shown: &str, answer: &str) -> bool {
    let time = Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+Z").unwrap();
    let shown = regex::escape(&time.replace_all(shown.trim(), "TIME")).replace('…', ".*");
    let answer = time.replace_all(answer.trim(), "TIME").into_owned();
    Regex::new(&format!("^{shown}$")).unwrap().is_match(&answer)
}

/// The first block that fails or has another answer than the one below it.
fn check(readme: &str) -> Result<(), String> {
    let blocks = blocks(readme);
    let (output, home) = run(&blocks);
    let answers = String::from_utf8(output.stdout).unwrap();
    let mut answers: Vec<_> = answers.split(&format!("{SEPARATOR}\n")).collect();
    let rest = answers.pop().unwrap();
    for (block, answer) in blocks.iter().zip(&answers) {
        if block.shown.as_ref().is_some_and(|shown| !is_shown(shown, answer)) {
            return Err(format!("{}\nanswers\n{answer}", block.commands));
        }
    }
    if output.status.success() && answers.len() == blocks.len() {
        return Ok(());
    }
    let commands = blocks.get(answers.len()).map_or("", |block| &block.commands);
    let errors = String::from_utf8_lossy(&output.stderr);
    let log = fs::read_to_string(home.path().join("rollcall/rollcall.log")).unwrap_or_default();
    Err(format!("{commands}\nfails with {}:\n{rest}{errors}{log}", output.status))
}

#[test]
fn every_block_works_and_answers_as_shown() {
    check(&read("README.md")).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_blocks_can_be_pasted() {
    let blocks = blocks(&read("README.md"));
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
        let readme = block("echo one") + &block(failing) + &block("echo three");
        let failure = check(&readme).unwrap_err();
        assert!(failure.starts_with(failing), "{failure}");
    }
}

#[test]
fn another_answer_than_the_one_shown_is_found() {
    let readme = |shown: &str| {
        let commands = "echo '{\"time\":\"2026-11-28T12:02:28Z\",\"token\":\"abc\"}'";
        format!("```sh\n{commands}\n```\n\n```json\n{shown}\n```\n")
    };
    let shown = r#"{"time":"2025-01-02T03:04:05.678901Z","token":"…"}"#;
    assert_eq!(check(&readme(shown)), Ok(()));
    assert!(check(&readme(r#"{"time":"2025-01-02T03:04:05Z"}"#)).is_err());
    assert!(check(&readme(r#"{"time":"…","token":"xyz"}"#)).is_err());
}
