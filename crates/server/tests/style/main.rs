//! The style of Rust, Markdown and scripts: a line of Rust has at most 100 columns, the name of a
//! function at most 60 characters, a parameter of a closure is named after what it holds, and the
//! vague words in `words.txt` are not used.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, ffi::OsStr, fs, path::Path};

use regex::Regex;

const MAX_COLUMNS: usize = 100;
const MAX_NAME: usize = 60;

const EXTENSIONS: [&str; 9] = ["go", "java", "js", "md", "mjs", "py", "rs", "toml", "ts"];
/// Folders that are generated or installed.
const SKIPPED: [&str; 3] = ["node_modules", "target", "__pycache__"];

struct Finding {
    file: String,
    line: usize,
    rule: &'static str,
    text: String,
}

impl Finding {
    fn line(&self) -> String {
        format!("{}:{}: {}: {}", self.file, self.line, self.rule, self.text)
    }
}

struct Checker {
    names: Regex,
    vague_parameter: Regex,
    words: Regex,
    code_span: Regex,
    go_name: Regex,
}

impl Checker {
    fn new() -> Self {
        // A phrase may continue on the next line of a comment, or be part of a name.
        let phrases: Vec<_> = words().map(|word| word.replace(' ', r"[\s/!#*_]+")).collect();
        let words: Vec<_> = words().filter(|word| !word.contains(' ')).collect();
        let capitals: Vec<_> = words.iter().copied().map(capitalized).collect();
        let (phrases, words, capitals) = (phrases.join("|"), words.join("|"), capitals.join("|"));
        let in_prose = format!(r"(?:\b|_)(?i:({phrases}))s?(?:\b|_)");
        let in_camel_case =
            format!(r"(?:\b|_)({words}|{capitals})s?[A-Z]|[a-z0-9]({capitals})s?(?:\b|_|[A-Z])");
        Self {
            names: Regex::new(r"\bfn (\w+)").unwrap(),
            // In a parameter list, which has patterns and types, and may have several lines.
            vague_parameter: Regex::new(r"\|[\w\s,:&<>()\[\]']*?\bit\b[\w\s,:&<>()\[\]']*\|")
                .unwrap(),
            words: Regex::new(&format!("{in_prose}|{in_camel_case}")).unwrap(),
            code_span: Regex::new("`[^`\n]+`").unwrap(),
            // The empty body in Go's standard library; in two parts, as this file is checked too.
            go_name: Regex::new(concat!(r"\bhttp\.No", r"Body\b")).unwrap(),
        }
    }

    /// Checks every file below `root`.
    fn check(&self, root: &Path) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if path.is_symlink() || name == ".git" || SKIPPED.contains(&name) {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if is_checked(&path) {
                    let file = path.strip_prefix(root).unwrap().to_str().unwrap();
                    self.check_file(file, &fs::read_to_string(&path).unwrap(), &mut findings);
                }
            }
        }
        findings.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        findings
    }

    fn check_file(&self, file: &str, text: &str, findings: &mut Vec<Finding>) {
        let mut found = |rule, line, text: &str| {
            findings.push(Finding { file: file.to_owned(), line, rule, text: text.to_owned() });
        };
        let line_at = |text: &str, start: usize| text[..start].matches('\n').count() + 1;
        let extension = Path::new(file).extension().and_then(OsStr::to_str);
        if extension == Some("rs") {
            for (index, line) in text.lines().enumerate() {
                if line.chars().count() > MAX_COLUMNS {
                    found("columns", index + 1, line.trim());
                }
            }
            for function in self.names.captures_iter(text) {
                if function[1].len() > MAX_NAME {
                    found("names", line_at(text, function.get(0).unwrap().start()), &function[1]);
                }
            }
        }
        if extension == Some("rs") {
            for list in self.vague_parameter.find_iter(text) {
                found("parameters", line_at(text, list.start()), list.as_str());
            }
        }
        let prose = match extension {
            Some("md") => self.code_span.replace_all(text, "``"),
            Some("go") => self.go_name.replace_all(text, "http"),
            _ => text.into(),
        };
        for captures in self.words.captures_iter(&prose) {
            let word = captures.iter().skip(1).flatten().next().unwrap();
            found("words", line_at(&prose, word.start()), word.as_str());
        }
    }
}

fn words() -> impl Iterator<Item = &'static str> {
    include_str!("words.txt").lines()
}

/// A word as it stands inside a name in camel case.
fn capitalized(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn is_checked(path: &Path) -> bool {
    match path.extension().and_then(OsStr::to_str) {
        Some(extension) => EXTENSIONS.contains(&extension),
        None => path.ends_with("justfile") || fs::read(path).unwrap().starts_with(b"#!"),
    }
}

/// Closures with a parameter of this name, and texts that have none.
fn parameters(name: &str) -> String {
    let lists = ["|@|", "|sum, @|", "|(@, _)|", "|mut @|", "|@: &[u8]|", "|\n    @: &'a str,\n|"];
    let lists = lists.map(|list| format!("f({} 0);\n", list.replace('@', name)));
    let rest = "a || f(it).x || b;\ng(|x| it(x));\nh(|| it);\nSome(it) | None => it,\n";
    lists.concat() + rest
}

#[test]
fn no_file_breaks_a_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let findings = Checker::new().check(&root);
    let lines: Vec<_> = findings.iter().map(Finding::line).collect();
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

#[test]
fn every_kind_of_finding_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
    let word = words().next().unwrap();
    write("parameters.rs", &parameters("it"));
    write("item.rs", &parameters("item"));
    write("long.rs", &format!("{}\n// {}\n", "x".repeat(MAX_COLUMNS), "x".repeat(98)));
    write("name.rs", &format!("fn {}() {{}}\nfn {}() {{}}\n", "x".repeat(60), "x".repeat(61)));
    let phrases: Vec<_> = words().map(|word| word.replace(' ', "\n/// ")).collect();
    write("words.rs", &format!("/// {}\n", phrases.join("\n/// x ")));
    write("part.rs", &format!("fn a_{word}_b() {{}}\nfn x{word}() {{}}\n"));
    let capital = capitalized(word);
    write("name.ts", &format!("a{capital}; {capital}B; {word}B; {word}s; a{word}; {capital}x;\n"));
    let empty = ["No", "Body"].concat();
    let other = format!("{empty} {} xhttp.{empty}", empty.to_lowercase());
    write("body.go", &format!("http.{empty}\n{other}\n"));
    write("body.rs", &format!("http.{empty}\n"));
    write("script", &format!("#!/bin/sh\n# {word}\n"));
    write("prose.md", &format!("`{word}` is code, {} is not.\n", word.to_uppercase()));
    write("data", word);
    write("picture.svg", word);

    let findings = Checker::new().check(folder.path());

    let expected = [
        ("body.go", "words", 3),
        ("body.rs", "words", 1),
        ("long.rs", "columns", 1),
        ("name.rs", "names", 1),
        ("name.ts", "words", 4),
        ("parameters.rs", "parameters", 6),
        ("part.rs", "words", 1),
        ("prose.md", "words", 1),
        ("script", "words", 1),
        ("words.rs", "words", words().count()),
    ];
    let mut counts = BTreeMap::<_, usize>::new();
    for finding in &findings {
        *counts.entry((&*finding.file, finding.rule)).or_default() += 1;
    }
    let counts: Vec<_> =
        counts.into_iter().map(|((file, rule), count)| (file, rule, count)).collect();
    assert_eq!(counts, expected);
    assert!(findings[0].line().starts_with("body.go:2: words: "), "{}", findings[0].line());
}
