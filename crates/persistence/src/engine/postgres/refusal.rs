//! PostgreSQL databases that can't be used, and what the operator can do about each.

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Bool, Nullable, Text},
};

use crate::error::open::OpenError;

/// The only encoding that holds every name and address.
const UTF8: &str = "UTF8";

const ENCODING: &str = "SELECT current_setting('server_encoding') AS value";

const READ_ONLY: &str = "SELECT current_setting('transaction_read_only') AS value";

const CREATE: &str = "SELECT quote_ident(current_user) AS role, \
    quote_ident(current_schema()) AS schema, \
    has_schema_privilege(current_schema(), 'CREATE') AS may_create";

/// What PostgreSQL and libpq say, with its `lc_messages` in English, of a database that only reads.
const OF_READ_ONLY: [&str; 3] =
    ["session is read-only", "read-only transaction", "server is in hot standby mode"];

/// The same, of a database or a role that is not there.
const OF_ABSENT: [&str; 2] = ["FATAL: ", "does not exist"];

/// The same, of a log-in that fails until an operator changes something.
const OF_LOG_IN: [&str; 6] = [
    "authentication failed for user",
    "no password supplied",
    "no pg_hba.conf entry",
    "is not permitted to log in",
    "server does not support SSL",
    "certificate verify failed",
];

/// The same, of a role without the rights that it needs.
const OF_FORBIDDEN: [&str; 2] = ["permission denied for", "must be owner of"];

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Right {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    may_create: Option<bool>,
}

/// Refuses a database that has texts in another encoding, where not every name can be looked up.
pub(crate) fn require_utf8(connection: &mut PgConnection) -> Result<(), OpenError> {
    let encoding = setting(connection, ENCODING)?;
    if encoding == UTF8 { Ok(()) } else { Err(OpenError::Encoding(encoding)) }
}

/// Refuses a database that takes no writes.
pub(crate) fn require_writable(connection: &mut PgConnection) -> Result<(), OpenError> {
    match setting(connection, READ_ONLY)?.as_str() {
        "on" => Err(OpenError::ReadOnly("transaction_read_only is on".into())),
        _ => Ok(()),
    }
}

/// Refuses a role that may not create tables where they would be created.
pub(crate) fn require_create(connection: &mut PgConnection) -> Result<(), OpenError> {
    let right: Right = sql_query(CREATE).get_result(connection).map_err(OpenError::connect)?;
    match right {
        Right { schema: Some(_), may_create: Some(true), .. } => Ok(()),
        Right { role, schema: Some(schema), .. } => Err(OpenError::NoCreate { role, schema }),
        Right { schema: None, .. } => Err(OpenError::NoSchema),
    }
}

/// Says what to do about a failure, where that is known.
pub(crate) fn explain(error: OpenError) -> OpenError {
    let text = error.to_string();
    let says = |texts: &[&str]| texts.iter().any(|it| text.contains(it));
    match error {
        OpenError::Connect(source) | OpenError::Migrate(source) if says(&OF_READ_ONLY) => {
            OpenError::ReadOnly(source)
        }
        OpenError::Connect(source) if OF_ABSENT.iter().all(|part| text.contains(part)) => {
            OpenError::Absent(source)
        }
        OpenError::Connect(source) if says(&OF_LOG_IN) => OpenError::LogIn(source),
        OpenError::Migrate(source) if says(&OF_FORBIDDEN) => OpenError::Forbidden(source),
        error => error,
    }
}

fn setting(connection: &mut PgConnection, query: &str) -> Result<String, OpenError> {
    let setting: Setting = sql_query(query).get_result(connection).map_err(OpenError::connect)?;
    Ok(setting.value)
}
