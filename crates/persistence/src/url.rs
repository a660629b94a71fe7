//! Database URLs: the scheme says which backend.

use std::{fmt, path::PathBuf, str::FromStr};

use thiserror::Error;

const SQLITE_SCHEME: &str = "sqlite://";

/// Where the users are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite://` and its path, relative or absolute.
    Sqlite(PathBuf),
}

/// A text that names no database. Without the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be sqlite:// and the path of a file, such as sqlite://data/rollcall.db")]
pub struct InvalidDatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `:memory:` and parameters would give each connection a store of its own.
        match text.strip_prefix(SQLITE_SCHEME) {
            Some(path) if !path.is_empty() && !path.starts_with(':') && !path.contains('?') => {
                Ok(Self::Sqlite(path.into()))
            }
            _ => Err(InvalidDatabaseUrl),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sqlite(path) = self;
        write!(formatter, "{SQLITE_SCHEME}{}", path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, InvalidDatabaseUrl};

    #[test]
    fn the_scheme_picks_the_backend_and_nothing_else_makes_a_stray_file() {
        for path in ["data/rollcall.db", "/var/lib/rollcall.db"] {
            assert_eq!(format!("sqlite://{path}").parse(), Ok(DatabaseUrl::Sqlite(path.into())));
        }
        for text in ["", "rollcall.db", "sqlite://", "sqlite://:memory:", "mysql://host/db"] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl), "{text}");
        }
    }
}
