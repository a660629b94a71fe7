//! The highest id ever assigned. Its user may be deleted, so the rows do not show it: SQLite keeps
//! it in `sqlite_sequence`, PostgreSQL in the sequence of the column.

use diesel::{
    QueryableByName,
    dsl::max,
    prelude::*,
    result::Error as DieselError,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::engine::dedicated::Database;
use crate::{engine::on, schema::users};

diesel::table! {
    sqlite_sequence (name) {
        name -> Text,
        seq -> BigInt,
    }
}

const TABLE: &str = "users";

const SEQUENCE: &str = "SELECT pg_get_serial_sequence('users', 'id') AS name";

const RAISE: &str = "SELECT setval(pg_get_serial_sequence('users', 'id'), $1) AS id";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

impl Database {
    /// The highest id ever assigned; 0 if there was none.
    pub(crate) fn highest_id(&mut self) -> Result<i64, DieselError> {
        let last = users::table.select(max(users::id));
        let last: Option<i64> = on!(&mut self.connection(), it => last.get_result(it)?);
        Ok(self.last_given_id()?.max(last.unwrap_or_default()))
    }

    /// The number that the next id is counted from.
    fn last_given_id(&mut self) -> Result<i64, DieselError> {
        match self {
            Self::Sqlite(connection) => {
                let row = sqlite_sequence::table.find(TABLE).select(sqlite_sequence::seq);
                Ok(row.get_result(connection).optional()?.unwrap_or_default())
            }
            Self::Postgres(connection) => {
                let Name { name } = sql_query(SEQUENCE).get_result(connection)?;
                // A sequence that was never called holds the first id that it will return.
                let last = format!(
                    "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS id \
                     FROM {name}"
                );
                let Id { id } = sql_query(last).get_result(connection)?;
                Ok(id)
            }
        }
    }

    /// Makes the next ids greater than `id`, which was assigned elsewhere.
    pub(crate) fn raise_highest_id(&mut self, id: i64) -> Result<(), DieselError> {
        if self.last_given_id()? >= id {
            return Ok(());
        }
        match self {
            Self::Sqlite(connection) => {
                let row = sqlite_sequence::table.filter(sqlite_sequence::name.eq(TABLE));
                diesel::delete(row).execute(connection)?;
                let row = (sqlite_sequence::name.eq(TABLE), sqlite_sequence::seq.eq(id));
                diesel::insert_into(sqlite_sequence::table).values(row).execute(connection)?;
            }
            Self::Postgres(connection) => {
                sql_query(RAISE).bind::<BigInt, _>(id).get_result::<Id>(connection)?;
            }
        }
        Ok(())
    }
}
