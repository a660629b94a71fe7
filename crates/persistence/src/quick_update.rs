//! Changes of an address on PostgreSQL, in two round trips and without waiting for a lock.
//!
//! The domain decides on rows that are read without a lock. Then one statement locks the caller's
//! row `FOR SHARE`, so that writes of one admin do not wait for each other's commits, and changes
//! the target and inserts the entry only if both rows are still those that were read. If they are
//! not, or another transaction has locked them, it changes nothing: the transaction of
//! [`Backend::write_by`](crate::engine::Backend::write_by) decides then.

use diesel::{
    PgConnection,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::Error as DieselError,
    sql_types::{BigInt, Nullable, Text},
};
use jiff::Timestamp;
use rollcall_domain::{
    Account, Claim, Email, User, UserChange, UserId, UserRef, WriteError,
    audit::{ActorContext, Ended, Event, UnlinkedEntry},
    limits::LARGEST_NUMBER,
    shown_number,
};

use crate::{
    engine::{Backend, postgres},
    error::{Failure, messages::is_unsupported},
    look_ups::find_many,
    migrations::history::SCHEMA_LEVEL,
    rows::audit::EntryColumns,
};

/// Each `?` is a [`Bind`]. The lock of the caller's id is that of `locks.rs`: a transaction that
/// waits for the row has it, so that no further writes of the caller overtake that transaction.
const STATEMENT: &str = "\
    WITH caller AS MATERIALIZED (
        SELECT id FROM users
        WHERE id = ? AND version = ? AND password_version = ? AND status = 'ENABLED'
            AND (SELECT max(lowest) FROM schema_levels) <= ?
            AND (SELECT number FROM audit_head WHERE id = 1) < ?
            AND pg_try_advisory_xact_lock_shared(-id)
        FOR SHARE SKIP LOCKED
    ), target AS MATERIALIZED (
        SELECT users.id FROM users
        WHERE users.id = ? AND users.version = ? AND users.password_version = ?
            AND EXISTS (SELECT FROM caller)
        FOR UPDATE SKIP LOCKED
    ), changed AS (
        UPDATE users SET version = ?, email = ?, email_key = ?
        FROM target WHERE users.id = target.id
        RETURNING users.id
    )
    INSERT INTO audit (time, actor, actor_id, actor_name, action, user_id, user_name, changes,
        address, request_id, format, client_request_id)
    SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM changed";

/// A value in a statement.
enum Bind {
    Number(i64),
    OptionalNumber(Option<i64>),
    Text(String),
    OptionalText(Option<String>),
}

/// The statement with its values.
struct ChangeEmail(Vec<Bind>);

impl Backend {
    /// Does `change` if it changes an address alone, for a caller with a password. None if it did
    /// nothing, and the change is to be made in another way.
    pub(crate) fn update_email(
        &self,
        id: UserId,
        change: &UserChange,
        by: &ActorContext,
    ) -> Result<Option<User>, WriteError> {
        let (Self::Postgres(pools), Some(claim)) = (self, by.claim()) else { return Ok(None) };
        let is_by_password = claim.session().is_none() && claim.key().is_none();
        if !is_of_email_alone(change) || !is_by_password {
            return Ok(None);
        }
        let outcome = update(pools, id, change, by, claim);
        let user = self.counts().failure_of(outcome).map_err(Failure::into_write_error)?;
        if user.is_some() {
            pools.linker.wake();
        }
        Ok(user)
    }
}

fn is_of_email_alone(change: &UserChange) -> bool {
    // Destructured, so that a new field is decided on here.
    let UserChange { condition: _, name, email, status, roles, password } = change;
    email.is_some() && name.is_none() && status.is_none() && roles.is_none() && password.is_none()
}

fn update(
    pools: &postgres::Pools,
    id: UserId,
    change: &UserChange,
    by: &ActorContext,
    claim: &Claim,
) -> Result<Option<User>, Failure> {
    let outcome = pools.others.autocommit(|connection| {
        let refs = [UserRef::Id(claim.user()), UserRef::Id(id)];
        let Ok([Some(caller), Some(current)]) =
            <[Option<Account>; 2]>::try_from(find_many(connection, &refs)?)
        else {
            return Ok(None);
        };
        // Whatever else comes out is decided with locks.
        let Ok(Some(changed)) = change.apply(&current) else { return Ok(None) };
        if claim.check(Some(caller.clone()), None).is_err() {
            return Ok(None);
        }
        shown_number(changed.user.version.0)?;
        let event = Event::changed(&current, &changed, Ended::default());
        let entry = UnlinkedEntry::new(by, event, Timestamp::now());
        let statement = ChangeEmail::new(&caller, &current, &changed, EntryColumns::of(entry));
        Ok((statement.execute(connection)? == 1).then_some(changed.user))
    });
    match outcome {
        Err(Failure::Query(error)) if is_unsupported(&error) => Ok(None),
        outcome => outcome.map(Option::flatten),
    }
}

impl ChangeEmail {
    fn new(caller: &Account, current: &Account, changed: &Account, entry: EntryColumns) -> Self {
        use Bind::{Number, OptionalNumber, OptionalText, Text};
        let versions = |account: &Account| {
            let (user, password_version) = (&account.user, account.password_version);
            [user.id.0, user.version.0, password_version.0].map(Number)
        };
        let email = changed.user.email.as_ref();
        let mut binds = Vec::from(versions(caller));
        binds.extend([SCHEMA_LEVEL, LARGEST_NUMBER].map(Number));
        binds.extend(versions(current));
        binds.push(Number(changed.user.version.0));
        binds.push(OptionalText(email.map(|email| email.as_str().to_owned())));
        binds.push(OptionalText(email.map(Email::key).map(|key| key.as_str().to_owned())));
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
        binds.extend([
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
        ]);
        Self(binds)
    }
}

impl QueryFragment<Pg> for ChangeEmail {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> Result<(), DieselError> {
        let mut binds = self.0.iter();
        for part in STATEMENT.split_inclusive('?') {
            out.push_sql(part.trim_end_matches('?'));
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

/// The text is always the same, so that each connection prepares it once.
impl QueryId for ChangeEmail {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<PgConnection> for ChangeEmail {}
