//! The statement that changes a user only if the rows are those that the change was decided on.
//!
//! It locks the caller's row `FOR SHARE`, so that writes of one admin do not wait for each other's
//! commits. It locks the session or the API key `FOR KEY SHARE`, so that their uses are recorded
//! meanwhile.

use diesel::{
    PgConnection,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::Error as DieselError,
    sql_types::{BigInt, Nullable, Text},
};
use jiff::Timestamp;
use rollcall_domain::{Account, Claim, User, limits::LARGEST_NUMBER};

use crate::{
    migrations::history::SCHEMA_LEVEL,
    rows::{audit::EntryColumns, user::ChangedColumns},
};

/// The lock of the caller's id is that of `locks.rs`: a transaction that waits for the row, or for
/// a session or an API key of that user, has it, so that no further writes of the caller overtake
/// that transaction.
const CALLER: &str = "\
    WITH caller AS MATERIALIZED (
        SELECT id, password_version FROM users
        WHERE id = ? AND version = ? AND status = 'ENABLED'
            AND (SELECT max(lowest) FROM schema_levels) <= ?
            AND (SELECT number FROM audit_head WHERE id = 1) < ?
            AND pg_try_advisory_xact_lock_shared(-id)
        FOR SHARE SKIP LOCKED
    ), proof AS MATERIALIZED (";

const PASSWORD: &str = "SELECT FROM caller WHERE password_version = ?";

const SESSION: &str = "SELECT FROM sessions
    WHERE key = ? AND user_id = (SELECT id FROM caller)
    FOR KEY SHARE SKIP LOCKED";

const KEY: &str = "SELECT FROM api_keys
    WHERE id = ? AND user_id = (SELECT id FROM caller)
        AND (expire_time IS NULL OR expire_time > ?)
    FOR KEY SHARE SKIP LOCKED";

const TARGET: &str = "
    ), target AS MATERIALIZED (
        SELECT id FROM users
        WHERE id = ? AND version = ? AND password_version = ? AND EXISTS (SELECT FROM proof)
        FOR UPDATE SKIP LOCKED
    ), changed AS (
        UPDATE users SET version = ?";

const ENTRY: &str = "
        FROM target WHERE users.id = target.id
        RETURNING users.id
    )
    INSERT INTO audit (time, actor, actor_id, actor_name, action, user_id, user_name, changes,
        address, request_id, format, client_request_id)
    SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM changed";

/// The statement with its values.
pub(super) struct ChangeIfSame {
    caller: Part,
    proof: Part,
    target: Part,
    columns: Vec<(&'static str, Option<String>)>,
    entry: Part,
}

/// A text in which each `?` is one of the values.
struct Part(&'static str, Vec<Bind>);

/// A value in a statement.
enum Bind {
    Number(i64),
    OptionalNumber(Option<i64>),
    Text(String),
    OptionalText(Option<String>),
}

impl ChangeIfSame {
    /// The change of a target between two states, for a caller that was read.
    pub(super) fn new(
        claim: &Claim,
        caller: &User,
        [before, after]: [&Account; 2],
        entry: EntryColumns,
    ) -> Self {
        let caller = [caller.id.0, caller.version.0, SCHEMA_LEVEL, LARGEST_NUMBER];
        let User { id, version, .. } = &before.user;
        let target = [id.0, version.0, before.password_version.0, after.user.version.0];
        Self {
            caller: Part(CALLER, caller.map(Bind::Number).into()),
            proof: proof(claim),
            target: Part(TARGET, target.map(Bind::Number).into()),
            columns: ChangedColumns::between(before, after).name_and_address(),
            entry: insertion(entry),
        }
    }
}

/// Finds what the caller has proved.
fn proof(claim: &Claim) -> Part {
    match (claim.session(), claim.key()) {
        (Some(session), _) => Part(SESSION, vec![Bind::Text(session.as_str().to_owned())]),
        (None, Some(key)) => {
            let now = Timestamp::now().as_second();
            Part(KEY, [key.0, now].map(Bind::Number).into())
        }
        (None, None) => {
            let version = claim.password_version().map(|version| version.0);
            Part(PASSWORD, vec![Bind::OptionalNumber(version)])
        }
    }
}

fn insertion(entry: EntryColumns) -> Part {
    use Bind::{Number, OptionalNumber, OptionalText, Text};
    // Destructured, so that no column is forgotten.
    let EntryColumns {
        time,
        actor,
        actor_id,
        actor_name,
        action,
        user_id,
        user_name,
        changes,
        address,
        request_id,
        format,
        client_request_id,
    } = entry;
    let binds = vec![
        Number(time),
        Text(actor),
        OptionalNumber(actor_id),
        OptionalText(actor_name),
        Text(action),
        OptionalNumber(user_id),
        OptionalText(user_name),
        Text(changes),
        OptionalText(address),
        OptionalText(request_id),
        Number(format),
        OptionalText(client_request_id),
    ];
    Part(ENTRY, binds)
}

impl QueryFragment<Pg> for ChangeIfSame {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> Result<(), DieselError> {
        let Self { caller, proof, target, columns, entry } = self;
        for part in [caller, proof, target] {
            part.walk_ast(out.reborrow())?;
        }
        for (column, value) in columns {
            for text in [", ", column, " = "] {
                out.push_sql(text);
            }
            out.push_bind_param::<Nullable<Text>, _>(value)?;
        }
        entry.walk_ast(out)
    }
}

impl QueryFragment<Pg> for Part {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> Result<(), DieselError> {
        let Self(text, binds) = self;
        let mut binds = binds.iter();
        for text in text.split_inclusive('?') {
            out.push_sql(text.trim_end_matches('?'));
            match binds.next() {
                Some(Bind::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Some(Bind::OptionalNumber(number)) => {
                    out.push_bind_param::<Nullable<BigInt>, _>(number)?;
                }
                Some(Bind::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Some(Bind::OptionalText(text)) => {
                    out.push_bind_param::<Nullable<Text>, _>(text)?;
                }
                // The part behind the last value.
                None => {}
            }
        }
        Ok(())
    }
}

/// Each connection prepares each text once: they differ in the proof and in the changed columns.
impl QueryId for ChangeIfSame {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for ChangeIfSame {}
