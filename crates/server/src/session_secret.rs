//! The secret that session tokens are derived from. It is not in the store, so that whoever has read
//! the store can't sign.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use rollcall_domain::session::SessionSecret;
use rollcall_persistence::DatabaseUrl;

use crate::{
    environment::{self, Secret, without_newline},
    failure::Failure,
    input,
};

/// What the file beside a database is called.
const NAME: &str = "the session secret";

const VARIABLE: &str = "ROLLCALL_SESSION_SECRET";

/// Where the secret comes from.
pub(crate) enum Source {
    /// The environment.
    Given(SessionSecret),
    /// The file beside a database that no other machine can be on.
    Beside(PathBuf),
}

impl Source {
    /// Finds out, before anything is opened.
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
                "{VARIABLE} must be set, or {VARIABLE}_FILE: at least 32 bytes, the same for every \
                 process on the database"
            )
            .into()),
        }
    }

    /// The secret. The file is made where there is none.
    pub(crate) fn load(self) -> Result<SessionSecret, Failure> {
        let path = match self {
            Self::Given(secret) => return Ok(secret),
            Self::Beside(path) => path,
        };
        let failed = |reason: &dyn std::fmt::Display| {
            Failure::from(format!(
                "{NAME} {}: {reason}; mend or remove it, or set {VARIABLE}",
                path.display()
            ))
        };
        let text = read_or_make(&path).map_err(|error| failed(&error))?;
        SessionSecret::new(without_newline(&text).as_bytes()).map_err(|reason| failed(&reason))
    }
}

fn read_or_make(path: &Path) -> io::Result<String> {
    match input::read_text(NAME, path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(path)?;
            // Whoever made it: of processes that start together one does.
            input::read_text(NAME, path)
        }
        read => read,
    }
}

/// Makes the file, readable by its owner only, whole or not at all, unless it is there by then.
fn make(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", SessionSecret::generate().map_err(io::Error::other)?)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}
