//! The length of the README, and of lines and sentences in all documents.

use std::fs;

use regex::Regex;

use crate::{documents, prose_lines, read};

const MAX_COLUMNS: usize = 100;
const MAX_WORDS: usize = 30;

/// The lines that are too long. A row of a table and a picture can't be wrapped.
fn long_lines(text: &str) -> Vec<usize> {
    let is_wrapped = |line: &str| !line.trim_start().starts_with(['|', '!']);
    let is_long = |line: &str| line.chars().count() > MAX_COLUMNS;
    let lines = prose_lines(text).filter(|(_, line)| is_wrapped(line) && is_long(line));
    lines.map(|(number, _)| number).collect()
}

/// Paragraphs, items of lists, headings and cells of tables, each on one line.
fn blocks(text: &str) -> Vec<String> {
    let item = Regex::new(r"^\s*(?:[-*]|\d+\.)\s+").unwrap();
    let mut blocks = vec![String::new()];
    let mut previous = 0;
    for (number, line) in prose_lines(text) {
        let line = line.trim_end();
        if let Some(row) = line.trim_start().strip_prefix('|') {
            blocks.extend(row.split('|').map(str::to_owned));
            blocks.push(String::new());
        } else {
            let begins = line.is_empty() || line.starts_with('#') || item.is_match(line);
            if begins || number != previous + 1 {
                blocks.push(String::new());
            }
            let block = blocks.last_mut().unwrap();
            *block += item.replace(line, "").trim();
            block.push(' ');
        }
        previous = number;
    }
    blocks
}

/// The sentences with too many words. A span of code counts as one word, and the target of a link
/// as none.
fn long_sentences(text: &str) -> Vec<String> {
    let (code, target) = (Regex::new("`[^`]+`").unwrap(), Regex::new(r"\]\([^)]*\)").unwrap());
    let end = Regex::new(r#"[.!?][)"'*_\]]*\s+"#).unwrap();
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    let mut long = Vec::new();
    for block in blocks(text) {
        let block = target.replace_all(&code.replace_all(&block, "Code"), "]").into_owned();
        let sentences = end
            .split(&block)
            .filter(|sentence| sentence.split_whitespace().filter(is_word).count() > MAX_WORDS);
        long.extend(sentences.map(str::to_owned));
    }
    long
}

#[test]
fn the_readme_has_at_most_150_lines_and_1000_words() {
    let readme = read("README.md");
    let (lines, words) = (readme.lines().count(), readme.split_whitespace().count());
    assert!(lines <= 150, "{lines} lines");
    assert!(words <= 1000, "{words} words");
}

#[test]
fn no_line_has_more_than_100_columns() {
    for path in documents() {
        let long = long_lines(&fs::read_to_string(&path).unwrap());
        assert!(long.is_empty(), "{}: wrap the lines {long:?}", path.display());
    }
}

#[test]
fn no_sentence_has_more_than_30_words() {
    for path in documents() {
        let long = long_sentences(&fs::read_to_string(&path).unwrap());
        assert!(long.is_empty(), "{}: split {long:#?}", path.display());
    }
}

#[test]
fn a_long_line_is_found() {
    let long = "x".repeat(MAX_COLUMNS + 1);
    let text = format!("{}\n{long}\n| {long} |\n```sh\n{long}\n```\n  {long}\n", "é".repeat(100));
    assert_eq!(long_lines(&text), [2, 7]);
}

#[test]
fn a_long_sentence_is_found() {
    let words = |count| vec!["word"; count].join(" ");
    let (short, long) = (words(MAX_WORDS), words(MAX_WORDS + 1));
    let broken = long.replacen(' ', "\n", 2);
    let finds = |text: &str| long_sentences(text).len();
    for text in [&long, &broken, &format!("# {long}"), &format!("A | `b`.\n\n- {broken}")] {
        assert_eq!(finds(text), 1, "{text}");
    }
    assert_eq!(finds(&format!("| {long}. | {short} |\n{short}. {long}")), 2);
    assert_eq!(
        finds(&format!("word ([link](a b c)). {short}.\n{short}!\n\n1. {short}\n2. {short}")),
        0
    );
    assert_eq!(finds(&format!("`{long}` {short}")), 1);
    assert_eq!(finds(&format!("`{long}` word.\n```sh\n{long}\n```\n{short}")), 0);
}
