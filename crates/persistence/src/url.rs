//! Database URLs: the scheme says which backend.

use std::{fmt, path::PathBuf, str::FromStr};

use thiserror::Error;

const SQLITE_SCHEME: &str = "sqlite://";
const POSTGRES_SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// What libpq is told unless the URL says it.
const PARAMETERS: [(&str, &str); 6] = [
    // How long it tries to connect to each host, in seconds.
    ("connect_timeout", "2"),
    // A standby is behind: what has been revoked would be granted there.
    ("target_session_attrs", "read-write"),
    // A host that has vanished without a word is given up after about as long, in milliseconds when
    // something was sent to it, and in seconds while it is waited for.
    ("tcp_user_timeout", "4000"),
    ("keepalives_idle", "1"),
    ("keepalives_interval", "1"),
    ("keepalives_count", "3"),
];

/// Where the users are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite://` and its path, relative or absolute.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as libpq takes it.
    Postgres(PostgresUrl),
}

/// The URL of a PostgreSQL database. Its text, which may hold a password, never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

/// A text that names no database. Without the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be sqlite:// and the path of a file, such as sqlite://data/rollcall.db, or a postgres:// URL"
)]
pub struct InvalidDatabaseUrl;

impl PostgresUrl {
    /// The text that libpq takes, with what it is told beside what the URL says.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn of(text: &str) -> Self {
        let given = text.split_once('?').map_or("", |(_, parameters)| parameters);
        let is_given = |name| given.split('&').any(|it| it.split('=').next() == Some(name));
        let mut url = text.to_owned();
        for (name, value) in PARAMETERS.iter().filter(|(name, _)| !is_given(name)) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.extend([name, "=", value]);
        }
        Self(url)
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if POSTGRES_SCHEMES
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
        {
            return Ok(Self::Postgres(PostgresUrl::of(text)));
        }
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
        match self {
            Self::Sqlite(path) => write!(formatter, "{SQLITE_SCHEME}{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PostgresUrl(…)")
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
        for text in
            ["", "rollcall.db", "sqlite://", "sqlite://:memory:", "mysql://host/db", "postgres://"]
        {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl), "{text}");
        }
    }

    #[test]
    fn the_password_in_a_url_is_shown_nowhere() {
        for text in ["postgres://u:secret@h/d", "postgresql://h/d?password=secret"] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert!(!format!("{url} {url:?}").contains("secret"));
        }
    }

    #[test]
    fn libpq_is_told_what_the_url_does_not_say() {
        let rest =
            "tcp_user_timeout=4000&keepalives_idle=1&keepalives_interval=1&keepalives_count=3";
        for (text, expected) in [
            ("postgres://h/d", "?connect_timeout=2&target_session_attrs=read-write&"),
            (
                "postgres://u:connect_timeout@h,i:5/d?sslmode=require",
                "&connect_timeout=2&target_session_attrs=read-write&",
            ),
            ("postgres://h/d?connect_timeout=9", "&target_session_attrs=read-write&"),
            ("postgres://h,i/d?target_session_attrs=primary", "&connect_timeout=2&"),
        ] {
            let Ok(DatabaseUrl::Postgres(url)) = text.parse() else { panic!("{text}") };
            assert_eq!(url.as_str(), format!("{text}{expected}{rest}"));
        }
    }
}
