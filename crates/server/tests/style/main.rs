//! The style of Rust, Markdown and scripts: a line of Rust has at most 100 columns, the name of a
//! function at most 60 characters, and the vague words in `words.txt` are not used.
//!
//! `baseline.txt` has the number of findings in each file from before these rules. A file with more
//! fails the test, and so does one with fewer until the baseline is lowered.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::OsStr,
    fs,
    path::Path,
};

use regex::Regex;

const MAX_COLUMNS: usize = 100;
const MAX_NAME: usize = 60;

const EXTENSIONS: [&str; 9] = ["go", "java", "js", "md", "mjs", "py", "rs", "toml", "ts"];
/// Folders that are generated or installed.
const SKIPPED: [&str; 3] = ["node_modules", "target", "__pycache__"];

const UPDATE: &str = "STYLE_BASELINE=update cargo test -p rollcall --test style";

/// The number of findings for each file and rule.
type Counts = BTreeMap<(String, String), usize>;

struct Finding {
    file: String,
    line: usize,
    rule: &'static str,
    text: String,
}

struct Checker {
    names: Regex,
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

fn count(findings: &[Finding]) -> Counts {
    let mut counts = Counts::new();
    for finding in findings {
        *counts.entry((finding.file.clone(), finding.rule.to_owned())).or_default() += 1;
    }
    counts
}

fn parse(baseline: &str) -> Counts {
    let lines = baseline.lines().filter(|line| !line.starts_with('#'));
    let parse_line = |line: &str| {
        let mut fields = line.splitn(3, ' ');
        let (rule, count, file) = (fields.next()?, fields.next()?, fields.next()?);
        Some(((file.to_owned(), rule.to_owned()), count.parse().ok()?))
    };
    let entry = |line| parse_line(line).unwrap_or_else(|| panic!("invalid baseline line: {line}"));
    lines.map(entry).collect()
}

fn print(counts: &Counts) -> String {
    let header = "# RULE FINDINGS FILE. Lowered by: ".to_owned() + UPDATE + "\n";
    let lines = counts.iter().map(|((file, rule), count)| format!("{rule} {count} {file}\n"));
    header + &lines.collect::<String>()
}

/// Every count that is not the baseline's, with the findings of a file that has more.
fn differences(baseline: &Counts, findings: &[Finding]) -> Vec<String> {
    let counts = count(findings);
    let mut lines = Vec::new();
    for key in baseline.keys().chain(counts.keys()).collect::<BTreeSet<_>>() {
        let (file, rule) = key;
        let of = |counts: &Counts| counts.get(key).copied().unwrap_or_default();
        let (is, was) = (of(&counts), of(baseline));
        if is < was {
            lines.push(format!("{file}: {rule}: {is}, the baseline has {was}; run {UPDATE}"));
        }
        if is > was {
            lines.push(format!("{file}: {rule}: {is}, at most {was}:"));
            let own =
                findings.iter().filter(|finding| finding.file == *file && finding.rule == *rule);
            lines.extend(own.map(|finding| format!("  {file}:{}: {}", finding.line, finding.text)));
        }
    }
    lines
}

/// The rules that have more findings than before. A file that was moved takes its findings along:
/// the entries of files that are `gone` make up for those of others.
fn raised(baseline: &Counts, counts: &Counts, gone: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut more = BTreeMap::<&String, usize>::new();
    let mut spare = BTreeMap::<&String, usize>::new();
    for (key, count) in counts {
        let was = baseline.get(key).copied().unwrap_or_default();
        *more.entry(&key.1).or_default() += count.saturating_sub(was);
    }
    for ((_, rule), count) in baseline.iter().filter(|((file, _), _)| gone(file)) {
        *spare.entry(rule).or_default() += count;
    }
    let is_raised = |(rule, more): &(&String, usize)| *more > spare.get(rule).copied().unwrap_or(0);
    more.into_iter().filter(is_raised).map(|(rule, _)| rule.clone()).collect()
}

#[test]
fn no_file_breaks_more_rules_than_before() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let file = root.join("crates/server/tests/style/baseline.txt");
    let baseline = parse(&fs::read_to_string(&file).unwrap());
    let findings = Checker::new().check(&root);
    let differences = differences(&baseline, &findings);
    if env::var("STYLE_BASELINE").is_ok_and(|value| value == "update") {
        let counts = count(&findings);
        let raised = raised(&baseline, &counts, |file| !root.join(file).exists());
        assert!(raised.is_empty(), "not raised for {raised:?}:\n{}", differences.join("\n"));
        fs::write(file, print(&counts)).unwrap();
    } else {
        assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    }
}

#[test]
fn every_kind_of_finding_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
    let word = words().next().unwrap();
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

    let found = |rule: &str, count: usize, file: &str| format!("{rule} {count} {file}");
    let expected = [
        found("words", 3, "body.go"),
        found("words", 1, "body.rs"),
        found("columns", 1, "long.rs"),
        found("names", 1, "name.rs"),
        found("words", 4, "name.ts"),
        found("words", 1, "part.rs"),
        found("words", 1, "prose.md"),
        found("words", 1, "script"),
        found("words", words().count(), "words.rs"),
    ];
    assert_eq!(print(&count(&findings)).lines().skip(1).collect::<Vec<_>>(), expected);
    assert_eq!(findings[0].line, 2);
    assert_eq!(differences(&Counts::new(), &findings).len(), expected.len() + findings.len());
}

#[test]
fn the_baseline_may_only_shrink() {
    let findings = |file: &str, count| {
        let finding =
            |_| Finding { file: file.to_owned(), line: 1, rule: "words", text: String::new() };
        (0..count).map(finding).collect::<Vec<_>>()
    };
    let baseline = parse("# a comment\nwords 2 a.rs\n");
    let not_raised = BTreeSet::new();
    for (file, count, is_difference, is_raised) in [
        ("a.rs", 1, true, false),
        ("a.rs", 2, false, false),
        ("a.rs", 3, true, true),
        ("b.rs", 1, true, true),
    ] {
        let findings = findings(file, count);
        assert_eq!(!differences(&baseline, &findings).is_empty(), is_difference);
        let raised = raised(&baseline, &self::count(&findings), |_| false);
        assert_eq!(raised != not_raised, is_raised, "{count} in {file}");
    }
    let moved =
        |count| raised(&baseline, &self::count(&findings("b.rs", count)), |file| file == "a.rs");
    assert_eq!(moved(2), not_raised);
    assert_ne!(moved(3), not_raised);
}
