//! The secret that session tokens are derived from. It is kept outside the database, so a leaked
//! database cannot be used to forge signatures.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use rollcall_domain::session::SessionSecret;
use rollcall_persistence::DatabaseUrl;

use super::{
    environment::{self, Secret, without_newline},
    input,
};
use crate::failure::Failure;

/// The name of the file beside a database in messages.
const NAME: &str = "the session secret";

const VARIABLE: &str = "ROLLCALL_SESSION_SECRET";

/// The source of the secret.
pub(crate) enum Source {
    /// The environment.
    Given(SessionSecret),
    /// The file beside a SQLite database.
    Beside(PathBuf),
}

impl Source {
    /// Checks the settings before anything is opened.
    pub(crate) fn of(url: &DatabaseUrl) -> Result<Self, Failure> {
        match (environment::secret(VARIABLE)?, url) {
            (Some(Secret { variable, text }), _) => {
                let refused = |reason| format!("{variable} {reason}").into();
                SessionSecret::new(text.as_bytes()).map(Self::Given).map_err(refused)
            }
            (None, DatabaseUrl::Sqlite(database)) => {
                Ok(Self::Beside(rollcall_persistence::session_secret(database)))
            }
            (None, DatabaseUrl::Postgres(_)) => Err(format!(
                "{VARIABLE} or {VARIABLE}_FILE is required with PostgreSQL; at least 32 bytes, the \
                 same for all processes"
            )
            .into()),
        }
    }

    /// Loads the secret. Creates the file if it does not exist.
    pub(crate) fn load(self) -> Result<SessionSecret, Failure> {
        let path = match self {
            Self::Given(secret) => return Ok(secret),
            Self::Beside(path) => path,
        };
        let failed = |reason: &dyn std::fmt::Display| {
            Failure::from(format!(
                "{NAME} {}: {reason}; repair or remove the file, or set {VARIABLE}",
                path.display()
            ))
        };
        let text = read_or_create(&path).map_err(|error| failed(&error))?;
        SessionSecret::new(without_newline(&text).as_bytes()).map_err(|reason| failed(&reason))
    }
}

fn read_or_create(path: &Path) -> io::Result<String> {
    match input::read_text(NAME, path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path)?;
            // Another process that starts at the same time may have created the file first.
            input::read_text(NAME, path)
        }
        read => read,
    }
}

/// Creates the file atomically, readable only by its owner. Keeps an existing one.
fn create(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", SessionSecret::generate().map_err(io::Error::other)?)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}
