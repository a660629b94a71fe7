//! The store only uses features of every engine that speaks PostgreSQL's protocol.

use std::{fs, path::Path};

/// Features that some engines lack: notifications, code in the database, features limited to one
/// machine, and locks other than row locks.
const FORBIDDEN: [&str; 20] = [
    "listen ",
    "notify ",
    "pg_notify",
    "create extension",
    "create function",
    "create trigger",
    "create type",
    "plpgsql",
    "do $$",
    "language sql",
    "advisory",
    "lock table",
    "skip locked",
    "skip_locked",
    "ctid",
    "xmin",
    "create temp",
    "unlogged",
    "inherits",
    "exclude using",
];

/// The only places that may, and what. A copy does without its lock where there is none, and a
/// change of an address is made in another way. Linkers of replicas do not wait for each other.
const EXEMPT: [(&str, &str); 6] = [
    ("migrations/mod.rs", "advisory"),
    ("locks.rs", "advisory"),
    ("quick_update/statement.rs", "advisory"),
    ("quick_update/statement.rs", "skip locked"),
    ("audit/head.rs", "skip_locked"),
    ("engine/bulk_transaction.rs", "lock table"),
];

/// The files in `folder` whose names end like this, by their paths below `root`, with their text.
fn files(root: &Path, folder: &Path, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(root, &path, ending));
        } else if name.ends_with(ending) {
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    found
}

/// Every use of something forbidden in these files, comments aside.
fn breaches(files: &[(String, String)]) -> Vec<String> {
    let mut breaches = Vec::new();
    for (name, text) in files {
        let lines = text.lines().map(|line| line.trim().to_lowercase());
        for line in lines.filter(|line| !line.starts_with("//") && !line.starts_with("--")) {
            let used = FORBIDDEN.iter().filter(|word| line.contains(**word));
            let used = used.filter(|word| !EXEMPT.contains(&(name.as_str(), word)));
            breaches.extend(used.map(|word| format!("{name}: {word}: {line}")));
        }
    }
    breaches
}

#[test]
fn nothing_is_used_that_only_postgresql_itself_has() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let [source, migrations] =
        ["src", "../../migrations/postgres"].map(|folder| crate_folder.join(folder));
    let mut all = files(&source, &source, ".rs");
    all.extend(files(&migrations, &migrations, ".sql"));
    assert!(all.len() > 10 && all.iter().any(|(name, _)| name.ends_with("/up.sql")));
    assert_eq!(breaches(&all), [""; 0]);
}

#[test]
fn forbidden_sql_is_found() {
    let file = |name: &str, text: &str| [(name.to_owned(), text.to_owned())];
    assert_eq!(breaches(&file("up.sql", "-- no LISTEN x\n  LISTEN changes;")).len(), 1);
    assert_eq!(breaches(&file("store.rs", "sql_query(\"SELECT pg_advisory_lock(1)\")")).len(), 1);
    assert_eq!(breaches(&file("migrations/mod.rs", "pg_advisory_xact_lock")).len(), 0);
}
