//! URLs of PostgreSQL databases.

use std::fmt;

use crate::engine::{postgres::session::Pooler, url::InvalidDatabaseUrl};

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// What libpq is told unless the URL says it.
const DEFAULTS: [(&str, &str); 7] = [
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
    // What the database shows it as.
    ("application_name", "rollcall"),
];

/// The URL of a PostgreSQL database. Its text, which may hold a password, never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    text: String,
    pooler: Pooler,
}

impl PostgresUrl {
    /// The text that libpq takes, with what it is told beside what the URL says.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands between this process and the database.
    pub(crate) fn pooler(&self) -> Pooler {
        self.pooler
    }

    /// The same database behind this pooler.
    pub(crate) fn through(self, pooler: Pooler) -> Self {
        Self { pooler, ..self }
    }

    /// The name of the database and its hosts, for people.
    pub(crate) fn place(&self) -> String {
        let (_, rest) = self.text.split_once("://").unwrap_or_default();
        let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
        let given = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(given, _)| *given == name).map(|(_, value)| value)
        };
        let (authority, database) = base.split_once('/').unwrap_or((base, ""));
        let (user, hosts) = authority.split_once('@').unwrap_or(("", authority));
        let user = given("user").unwrap_or(user.split(':').next().unwrap_or_default());
        let hosts = given("host").or_else(|| given("hostaddr")).unwrap_or(hosts);
        let port = given("port").map_or(String::new(), |port| format!(":{port}"));
        // As libpq does, which takes the name of the user for that of the database.
        let named = [given("dbname").unwrap_or(database), user];
        let database = named.into_iter().find(|name| !name.is_empty());
        let database =
            database.map_or("default database".to_owned(), |name| format!("database {name}"));
        let hosts = if hosts.is_empty() { "the local socket" } else { hosts };
        format!("PostgreSQL {database} on {hosts}{port}")
    }

    /// The URL that this is; none if it begins like none.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, InvalidDatabaseUrl>> {
        let rest = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme))?;
        if rest.is_empty() {
            return None;
        }
        Some(if is_divided_as_meant(rest) {
            Self::of(text)
        } else {
            Err(InvalidDatabaseUrl::Encoding)
        })
    }

    fn of(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        let (base, given) = text.split_once('?').unwrap_or((text, ""));
        let given: Vec<_> = given
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        for (name, value) in &given {
            match (*name, *value) {
                ("sslmode", mode) => check_ssl_mode(mode)?,
                // As JDBC spells it, and libpq takes it.
                ("ssl", "true") => check_ssl_mode("require")?,
                _ => {}
            }
        }
        let missing =
            DEFAULTS.iter().filter(|(name, _)| given.iter().all(|(given, _)| given != name));
        let parameters: Vec<_> =
            given.iter().chain(missing).map(|(name, value)| format!("{name}={value}")).collect();
        let text = format!("{base}?{}", parameters.join("&"));
        Ok(Self { text, pooler: Pooler::default() })
    }
}

/// Refuses what libpq would refuse too, but only after a start has waited for the database.
fn check_ssl_mode(mode: &str) -> Result<(), InvalidDatabaseUrl> {
    match mode {
        "disable" | "allow" | "prefer" => Ok(()),
        "require" | "verify-ca" | "verify-full" if cfg!(feature = "postgres-tls") => Ok(()),
        "require" | "verify-ca" | "verify-full" => Err(InvalidDatabaseUrl::NoTls),
        _ => Err(InvalidDatabaseUrl::SslMode),
    }
}

/// Whether the text behind the scheme has each part where libpq looks for it. Otherwise libpq's
/// message would repeat a part of the password: one with an `@`, `/`, `?`, `&` or `%` that is not
/// percent-encoded.
fn is_divided_as_meant(rest: &str) -> bool {
    let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = before_query.split_once('/').unwrap_or((before_query, ""));
    let hosts = authority.split_once('@').map_or(authority, |(_, hosts)| hosts);
    let is_pair = |pair: &str| pair.matches('=').count() == 1;
    let is_percent_encoded = rest.split('%').skip(1).all(|escape| {
        let digits = escape.as_bytes().get(..2);
        // libpq refuses a zero byte, and repeats the part that has it.
        digits.is_some_and(|digits| digits != b"00" && digits.iter().all(u8::is_ascii_hexdigit))
    });
    is_percent_encoded
        && !database.contains('@')
        && (query.is_empty() || query.split('&').all(is_pair))
        && hosts.split(',').all(is_host)
}

/// Whether this is a host, in brackets if it is an IPv6 address, with a port or without one.
fn is_host(text: &str) -> bool {
    let in_brackets = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = in_brackets.unwrap_or(match text.find(':') {
        Some(colon) => text.split_at(colon),
        None => (text, ""),
    });
    let port = port.strip_prefix(':').or(port.is_empty().then_some(""));
    !host.contains('@') && port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PostgresUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::url::{DatabaseUrl, InvalidDatabaseUrl};

    #[test]
    fn tls_that_is_asked_for_is_there_or_refused() {
        for mode in ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full", "ssl=true"] {
            let url = format!("postgres://h/d?connect_timeout=1&{mode}");
            let refusal = url.parse::<DatabaseUrl>().err();
            let expected =
                if cfg!(feature = "postgres-tls") { None } else { Some(InvalidDatabaseUrl::NoTls) };
            assert_eq!(refusal, expected);
        }
        for mode in ["", "on", "Require", "verify_full"] {
            let url = format!("postgres://h/d?sslmode={mode}");
            assert_eq!(url.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl::SslMode));
        }
    }

    #[test]
    fn a_password_that_is_not_encoded_is_refused_and_not_repeated() {
        for text in [
            "postgres://h",
            "postgres://u:secret@h:5432/d",
            "postgres://u:a%40b%2Fc%3fd@h/d?sslmode=disable&application_name=x",
            "postgres://u:with:colon@h/d",
            "postgres://u@[::1]:5432/d",
            "postgres://u@[::1]/d",
            "postgres://u@a:1,b:2,c/d",
            "postgres:///d?host=/run/postgresql&password=a@b",
            "postgres://u@%2Frun%2Fpostgresql/d",
        ] {
            assert!(text.parse::<DatabaseUrl>().is_ok(), "{text}");
        }
        for text in [
            "postgres://u:se/cret@h/d",
            "postgres://u:12/cret@h/d",
            "postgres://u:se@cret@h/d",
            "postgres://u:se?cret@h/d",
            "postgres://u:12?cret@h/d",
            "postgres://u:se%cret@h/d",
            "postgres://u:secret%@h/d",
            "postgres://u:secret%4@h/d",
            "postgres://u:secret%00@h/d",
            "postgres://h/d?password=se%00cret",
            "postgres://h/d?password=se&cret",
            "postgres://h/d?password=se=cret",
            "postgres://h:secret/d",
            "postgres://[::1]secret/d",
        ] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl::Encoding), "{text}");
        }
    }

    #[test]
    fn libpq_is_told_what_the_url_does_not_say() {
        const TIMEOUT: &str = "connect_timeout=2";
        const PRIMARY: &str = "target_session_attrs=read-write";
        const REST: &str = "tcp_user_timeout=4000&keepalives_idle=1&keepalives_interval=1\
            &keepalives_count=3&application_name=rollcall";
        for (given, added) in [
            ("", [TIMEOUT, PRIMARY].join("&")),
            ("sslmode=prefer", [TIMEOUT, PRIMARY].join("&")),
            ("password=connect_timeout", [TIMEOUT, PRIMARY].join("&")),
            ("connect_timeout=9", PRIMARY.to_owned()),
            ("connect_timeout=9&host=a,b", PRIMARY.to_owned()),
            ("target_session_attrs=primary", TIMEOUT.to_owned()),
        ] {
            let Ok(DatabaseUrl::Postgres(url)) = format!("postgres://h,i:5/d?{given}").parse()
            else {
                panic!("{given}")
            };
            let given = if given.is_empty() { String::new() } else { format!("{given}&") };
            assert_eq!(url.as_str(), format!("postgres://h,i:5/d?{given}{added}&{REST}"));
        }
    }
}
