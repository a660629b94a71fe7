//! The highest id ever assigned. Its user may be deleted, so the rows do not show it: SQLite keeps
//! it in `sqlite_sequence`, PostgreSQL in the sequence of the column.

use diesel::{
    dsl::{max, sql},
    prelude::*,
    result::Error as DieselError,
    sql_types::{BigInt, Text},
};

use crate::{
    engine::{Connection, on},
    schema::users,
};

diesel::table! {
    sqlite_sequence (name) {
        name -> Text,
        seq -> BigInt,
    }
}

const TABLE: &str = "users";

const SEQUENCE: &str = "SELECT pg_get_serial_sequence('users', 'id')";

const RAISE: &str = "SELECT setval(pg_get_serial_sequence('users', 'id'), ";

/// The highest id ever assigned; 0 if there was none.
pub(super) fn highest_id(connection: &mut Connection<'_>) -> Result<i64, DieselError> {
    let last = users::table.select(max(users::id));
    let last: Option<i64> = on!(connection, inside => last.get_result(inside)?);
    Ok(last_given_id(connection)?.max(last.unwrap_or_default()))
}

/// The number that the next id is counted from.
fn last_given_id(connection: &mut Connection<'_>) -> Result<i64, DieselError> {
    match connection {
        Connection::Sqlite(inside) => {
            let row = sqlite_sequence::table.find(TABLE).select(sqlite_sequence::seq);
            Ok(row.get_result(*inside).optional()?.unwrap_or_default())
        }
        Connection::Postgres(inside) => {
            let name: String = sql::<Text>(SEQUENCE).get_result(*inside)?;
            // A sequence that was never called holds the first id that it will return.
            let last = format!(
                "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {name}"
            );
            sql::<BigInt>(&last).get_result(*inside)
        }
    }
}

/// Makes the next ids greater than `id`, which was assigned elsewhere.
pub(super) fn raise_highest_id(
    connection: &mut Connection<'_>,
    id: i64,
) -> Result<(), DieselError> {
    if last_given_id(connection)? >= id {
        return Ok(());
    }
    match connection {
        Connection::Sqlite(inside) => {
            let row = sqlite_sequence::table.filter(sqlite_sequence::name.eq(TABLE));
            diesel::delete(row).execute(*inside)?;
            let row = (sqlite_sequence::name.eq(TABLE), sqlite_sequence::seq.eq(id));
            diesel::insert_into(sqlite_sequence::table).values(row).execute(*inside)?;
        }
        Connection::Postgres(inside) => {
            let raise = sql::<BigInt>(RAISE).bind::<BigInt, _>(id).sql(")");
            raise.get_result::<i64>(*inside)?;
        }
    }
    Ok(())
}
