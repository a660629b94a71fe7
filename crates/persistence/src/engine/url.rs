//! Database URLs: the scheme says which backend.

use std::{
    fmt,
    path::{PathBuf, absolute},
    str::FromStr,
};

use thiserror::Error;

use crate::engine::postgres::session::Pooler;
use crate::engine::postgres::url::PostgresUrl;

const SQLITE_SCHEME: &str = "sqlite://";

/// How the URLs begin by which SQLite is told more than a path.
const FILE_SCHEME: &str = "file:";

/// Where the users are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite://` and its path, relative or absolute.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as libpq takes it.
    Postgres(PostgresUrl),
}

/// Why a text names no database. Without the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidDatabaseUrl {
    /// It is of no known form.
    #[error(
        "must be sqlite:// and the path of a file, such as sqlite://data/rollcall.db, or a \
         postgres:// URL"
    )]
    Form,
    /// There is another URL behind `sqlite://`.
    #[error(
        "must have a path behind sqlite://, without file: (a file of that name is ./file:x.db)"
    )]
    FileUrl,
    /// It has parameters, as other programs accept them.
    #[error("must have no ? behind sqlite://: parameters are not accepted")]
    Parameters,
    /// It would be divided in another way than it was meant.
    #[error(
        "must have what has a meaning in URLs percent-encoded, such as %40 for @ and %2F for / in \
         a password"
    )]
    Encoding,
    /// What it says of TLS means nothing.
    #[error(
        "has an unknown sslmode: disable, allow, prefer, require, verify-ca and verify-full are \
         known"
    )]
    SslMode,
    /// It asks for TLS, and there is none in this build.
    #[error(
        "asks for TLS by its sslmode, which this build does not have: build it with --features \
         postgres-tls"
    )]
    NoTls,
}

impl DatabaseUrl {
    /// The same database behind this pooler, which means nothing for a SQLite file.
    #[must_use]
    pub fn through(self, pooler: Pooler) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(path),
            Self::Postgres(url) => Self::Postgres(url.through(pooler)),
        }
    }

    /// Where the database is, for people: the absolute path of the file, or the name and the host
    /// without user and password.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Sqlite(path) => {
                absolute(path).unwrap_or_else(|_| path.clone()).display().to_string()
            }
            Self::Postgres(url) => url.place(),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(url) = PostgresUrl::parse(text) {
            return url.map(Self::Postgres);
        }
        let path = text.strip_prefix(SQLITE_SCHEME).ok_or(InvalidDatabaseUrl::Form)?;
        sqlite_path(path).map(Self::Sqlite)
    }
}

/// The path of a SQLite file. What means no file to SQLite is refused rather than taken for a name:
/// an operator who writes it means something else.
fn sqlite_path(path: &str) -> Result<PathBuf, InvalidDatabaseUrl> {
    let is_file_url =
        path.get(..FILE_SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(FILE_SCHEME));
    if is_file_url {
        Err(InvalidDatabaseUrl::FileUrl)
    } else if path.is_empty() || path.starts_with(':') {
        Err(InvalidDatabaseUrl::Form)
    } else if path.contains('?') {
        Err(InvalidDatabaseUrl::Parameters)
    } else {
        Ok(path.into())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "{SQLITE_SCHEME}{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, InvalidDatabaseUrl};

    #[test]
    fn the_scheme_selects_the_backend() {
        for path in ["data/rollcall.db", "/var/lib/rollcall.db"] {
            assert_eq!(format!("sqlite://{path}").parse(), Ok(DatabaseUrl::Sqlite(path.into())));
        }
        for text in
            ["", "rollcall.db", "sqlite://", "sqlite://:memory:", "mysql://host/db", "postgres://"]
        {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl::Form), "{text}");
        }
    }

    #[test]
    fn what_sqlite_would_read_as_a_url_is_refused() {
        for (text, reason) in [
            ("sqlite://file:x.db", InvalidDatabaseUrl::FileUrl),
            ("sqlite://FILE:///x.db?mode=rwc", InvalidDatabaseUrl::FileUrl),
            ("sqlite://file::memory:", InvalidDatabaseUrl::FileUrl),
            ("sqlite://x.db?mode=ro", InvalidDatabaseUrl::Parameters),
            ("sqlite://:memory:", InvalidDatabaseUrl::Form),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(reason), "{text}");
        }
        for path in ["./file:x.db", "./:memory:", "a#b.db", "a%20b.db"] {
            assert_eq!(format!("sqlite://{path}").parse(), Ok(DatabaseUrl::Sqlite(path.into())));
        }
    }

    #[test]
    fn a_place_is_a_path_or_a_database_and_its_hosts() {
        for (text, place) in [
            ("sqlite:///srv/rollcall.db", "/srv/rollcall.db"),
            ("postgres://u:p@db.example.com:5433/users", "database users on db.example.com:5433"),
            ("postgres://u@a:1,b:2/users?sslmode=disable", "database users on a:1,b:2"),
            ("postgres://u:p@[::1]/users", "database users on [::1]"),
            ("postgres://u:p@h", "database u on h"),
            ("postgres://h", "default database on h"),
            ("postgres:///d?host=/run/postgresql&port=5433", "database d on /run/postgresql:5433"),
            ("postgres:///?dbname=d&user=u&password=p", "database d on the local socket"),
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.place().trim_start_matches("PostgreSQL "), place, "{text}");
        }
        let relative: DatabaseUrl = "sqlite://data/x.db".parse().unwrap();
        let expected = std::env::current_dir().unwrap().join("data/x.db");
        assert_eq!(relative.place(), expected.display().to_string());
    }

    #[test]
    fn the_password_in_a_url_is_shown_nowhere() {
        for text in ["postgres://u:secret@h/d", "postgresql://h/d?password=secret"] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert!(!format!("{url} {url:?} {}", url.place()).contains("secret"));
        }
    }
}
