//! PostgreSQL databases that can't be used, and what the operator can do about each.

use diesel::{
    PgConnection, RunQueryDsl,
    dsl::sql,
    sql_types::{Bool, Nullable, Text},
};

use crate::error::open::OpenError;

/// The only encoding that holds every name and address.
const UTF8: &str = "UTF8";

const ENCODING: &str = "SELECT current_setting('server_encoding')";

const READ_ONLY: &str = "SELECT current_setting('transaction_read_only')";

const CREATE: &str = "SELECT quote_ident(current_user), \
    quote_ident(current_schema()), \
    has_schema_privilege(current_schema(), 'CREATE')";

/// The role, the schema, and whether the one may create tables in the other.
type Right = (String, Option<String>, Option<bool>);

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
    let right = sql::<(Text, Nullable<Text>, Nullable<Bool>)>(CREATE);
    match right.get_result::<Right>(connection).map_err(OpenError::connect)? {
        (_, Some(_), Some(true)) => Ok(()),
        (role, Some(schema), _) => Err(OpenError::NoCreate { role, schema }),
        (_, None, _) => Err(OpenError::NoSchema),
    }
}

fn setting(connection: &mut PgConnection, query: &str) -> Result<String, OpenError> {
    sql::<Text>(query).get_result(connection).map_err(OpenError::connect)
}
