//! What the servers keep their users in: SQLite files, or databases on the PostgreSQL server that
//! `ROLLCALL_TEST_POSTGRES` names (see `scripts/with-postgres`).

use std::{
    env, fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

/// The file with the URL of a folder's PostgreSQL database.
const URL_FILE: &str = "postgres-url";

/// The session secret of servers on PostgreSQL.
const SECRET: &str = "a session secret that tests share";

/// The environment of a server in `folder`: empty on SQLite.
pub(crate) fn environment(folder: &TempDir) -> Vec<(&'static str, String)> {
    match postgres_url(folder.path()) {
        Some(url) => {
            vec![("ROLLCALL_DATABASE_URL", url), ("ROLLCALL_SESSION_SECRET", SECRET.to_owned())]
        }
        None => Vec::new(),
    }
}

/// The URL of the store of a server in `folder`.
pub(crate) fn url(folder: &TempDir) -> String {
    let file = || format!("sqlite://{}", folder.path().join("data/rollcall.db").display());
    postgres_url(folder.path()).unwrap_or_else(file)
}

/// The session secret of a server in `folder`.
pub(crate) fn session_secret(folder: &TempDir) -> String {
    if postgres_url(folder.path()).is_some() {
        return SECRET.to_owned();
    }
    let file = folder.path().join("data/rollcall.db-session-secret");
    fs::read_to_string(file).unwrap().trim_end().to_owned()
}

/// Makes servers in `folder` use this database.
pub(crate) fn assign(folder: &TempDir, url: &str) {
    fs::write(folder.path().join(URL_FILE), url).unwrap();
}

/// The database of `folder`, created on first use; none on SQLite.
fn postgres_url(folder: &Path) -> Option<String> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let file = folder.join(URL_FILE);
    if let Ok(url) = fs::read_to_string(&file) {
        return Some(url);
    }
    let server = env::var("ROLLCALL_TEST_POSTGRES").ok()?;
    let name = format!("api_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let create = format!("CREATE DATABASE {name}");
    let made = Command::new("psql").args([&format!("{server}/postgres"), "-qc", &create]).status();
    assert!(made.unwrap().success());
    let url = format!("{server}/{name}");
    fs::write(file, &url).unwrap();
    Some(url)
}
