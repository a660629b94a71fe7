//! Commands of documents, pasted in order into one shell.

use std::{
    env, fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use regex::Regex;
use tempfile::TempDir;

/// What the shell prints between two blocks.
const SEPARATOR: &str = "-- end of block --";
pub(crate) const INSTALLATION: &str = "cargo install --path crates/server --locked";
const ADDRESS: &str = "localhost:8080";

/// Commands to paste, and the answer that is shown below them.
pub(crate) struct Block {
    pub(crate) commands: String,
    pub(crate) shown: Option<String>,
}

/// The code blocks of `text`: the text before each, its language and its code.
pub(crate) fn fences(text: &str) -> Vec<(&str, &str, &str)> {
    let fence = Regex::new(r"(?ms)^```(\w+)\n(.*?)^```$").unwrap();
    let mut end = 0;
    let mut fences = Vec::new();
    for found in fence.captures_iter(text) {
        let [whole, language, code] = [0, 1, 2].map(|group| found.get(group).unwrap());
        fences.push((&text[end..whole.start()], language.as_str(), code.as_str()));
        end = whole.end();
    }
    fences
}

/// The commands of `text`. An answer follows them at once, and other code is no part of them.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut previous = "";
    for (between, language, code) in fences(text) {
        let is_answer = previous == "sh" && between.trim().is_empty();
        match (language, blocks.last_mut()) {
            ("sh", _) => blocks.push(Block { commands: code.to_owned(), shown: None }),
            ("json" | "text", Some(block)) if is_answer => block.shown = Some(code.to_owned()),
            _ => {}
        }
        previous = language;
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

/// Without what differs from run to run: times, hashes and ids of requests.
fn normalized(answer: &str) -> String {
    let times = Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+Z").unwrap();
    let hashes = Regex::new(r"\b[0-9a-f]{64}\b").unwrap();
    let ids = Regex::new(r"\b[0-9a-f]{16}-[0-9a-f]+\b").unwrap();
    let answer = answer.trim().replace('\r', "");
    let answer = times.replace_all(&answer, "TIME");
    let answer = hashes.replace_all(&answer, "HASH");
    ids.replace_all(&answer, "ID").into_owned()
}

/// Whether `answer` is the one that is shown, where `…` stands for any text.
fn is_shown(shown: &str, answer: &str) -> bool {
    let shown = regex::escape(&normalized(shown)).replace('…', ".*");
    Regex::new(&format!("^{shown}$")).unwrap().is_match(&normalized(answer))
}

/// The first block that fails or has another answer than the one below it.
pub(crate) fn check(blocks: &[Block]) -> Result<(), String> {
    let (output, home) = run(blocks);
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
