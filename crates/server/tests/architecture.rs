//! The arrows between the crates: which may know which.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand};

/// Packages, and the packages that each needs to be built, tests aside.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// What each crate of the workspace may know of the others, directly.
const ARROWS: [(&str, &[&str]); 6] = [
    (
        "rollcall",
        &["rollcall-domain", "rollcall-http", "rollcall-persistence", "rollcall-user-file"],
    ),
    ("rollcall-api-spec", &["rollcall-domain"]),
    ("rollcall-domain", &[]),
    ("rollcall-http", &["rollcall-api-spec", "rollcall-domain"]),
    ("rollcall-persistence", &["rollcall-domain"]),
    ("rollcall-user-file", &["rollcall-domain"]),
];

/// What each crate must not reach, through whatever other packages.
const FORBIDDEN: [(&str, &[&str]); 5] = [
    ("rollcall-api-spec", &["actix-web", "diesel", "r2d2", "libsqlite3-sys"]),
    ("rollcall-domain", &["actix-web", "diesel", "r2d2", "utoipa", "validator"]),
    ("rollcall-http", &["diesel", "r2d2", "libsqlite3-sys"]),
    ("rollcall-persistence", &["actix-web", "utoipa", "validator"]),
    ("rollcall-user-file", &["actix-web", "diesel", "r2d2", "utoipa", "validator"]),
];

/// What only these crates may name among their own dependencies.
const RESERVED: [(&str, &[&str]); 7] = [
    ("actix-web", &["rollcall", "rollcall-http"]),
    ("bcrypt", &["rollcall-domain"]),
    ("diesel", &["rollcall-persistence"]),
    ("prometheus-client", &["rollcall"]),
    // jiff's times are the domain's too and learn serde where api-spec asks for it.
    ("serde", &["rollcall-api-spec", "rollcall-http", "rollcall-user-file"]),
    ("utoipa", &["rollcall-api-spec"]),
    ("utoipa-swagger-ui", &["rollcall-http"]),
];

fn workspace() -> Graph {
    let metadata = MetadataCommand::new().features(CargoOpt::AllFeatures).exec().unwrap();
    let name = |id| metadata[id].name.to_string();
    let is_built_with = |kind: &DependencyKind| *kind != DependencyKind::Development;
    metadata
        .resolve
        .as_ref()
        .unwrap()
        .nodes
        .iter()
        .map(|node| {
            let needed = node.deps.iter().filter(|dependency| {
                dependency.dep_kinds.iter().any(|kind| is_built_with(&kind.kind))
            });
            (name(&node.id), needed.map(|dependency| name(&dependency.pkg)).collect())
        })
        .collect()
}

/// Every arrow in `graph` that the tables do not allow.
fn violations(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (package, direct) in graph.iter().filter(|(package, _)| package.starts_with("rollcall")) {
        let allowed = ARROWS.iter().find(|(name, _)| name == package).map(|(_, allowed)| *allowed);
        for other in direct {
            let is_ours = other.starts_with("rollcall");
            if is_ours && !allowed.is_some_and(|allowed| allowed.contains(&other.as_str())) {
                found.push(format!("{package} knows {other}"));
            }
            let owners = RESERVED.iter().find(|(name, _)| name == other).map(|(_, owners)| owners);
            if owners.is_some_and(|owners| !owners.contains(&package.as_str())) {
                found.push(format!("{package} names {other}"));
            }
        }
        let reached = reachable(graph, package);
        for (_, forbidden) in FORBIDDEN.iter().filter(|(name, _)| name == package) {
            let forbidden = forbidden.iter().filter(|name| reached.contains(**name));
            found.extend(forbidden.map(|name| format!("{package} reaches {name}")));
        }
    }
    found
}

fn reachable(graph: &Graph, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from.to_owned()];
    while let Some(package) = waiting.pop() {
        for next in graph.get(&package).into_iter().flatten() {
            if reached.insert(next.clone()) {
                waiting.push(next.clone());
            }
        }
    }
    reached
}

#[test]
fn the_arrows_run_only_as_they_are_drawn() {
    let graph = workspace();
    assert!(ARROWS.iter().all(|(package, _)| graph.contains_key(*package)));
    assert_eq!(violations(&graph), [""; 0]);
}

#[test]
fn every_kind_of_wrong_arrow_is_found() {
    for (from, to, expected) in [
        ("rollcall-domain", "rollcall-http", "rollcall-domain knows rollcall-http"),
        ("rollcall-http", "rollcall-persistence", "rollcall-http reaches diesel"),
        ("rollcall-new", "rollcall-domain", "rollcall-new knows rollcall-domain"),
        ("rollcall", "diesel", "rollcall names diesel"),
        ("rollcall-http", "utoipa", "rollcall-http names utoipa"),
        ("rollcall-domain", "serde", "rollcall-domain names serde"),
        ("regex", "utoipa", "rollcall-domain reaches utoipa"),
    ] {
        let mut graph = workspace();
        graph.entry(from.to_owned()).or_default().insert(to.to_owned());
        let found = violations(&graph);
        assert!(found.iter().any(|violation| violation == expected), "{expected}: {found:?}");
    }
}

/// The files below a folder whose code, tests aside, has this text.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if path.file_name().unwrap() != "tests.rs" {
            let source = fs::read_to_string(&path).unwrap();
            if source.split("#[cfg(test)]").next().unwrap().contains(text) {
                found.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn sqlite_files_are_opened_in_one_place() {
    let persistence = Path::new(env!("CARGO_MANIFEST_DIR")).join("../persistence/src");
    assert_eq!(files_with(&persistence, "SqliteConnection::establish"), ["sqlite_name.rs"]);
    assert_eq!(files_with(&persistence, "ConnectionManager::new"), Vec::<String>::new());
}
