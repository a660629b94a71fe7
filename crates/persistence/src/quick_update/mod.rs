//! Changes of names and addresses on PostgreSQL, in one statement and without waiting for a lock.
//!
//! The domain decides on rows that were read without a lock: those that the request was allowed
//! by, and if these are old, the present ones. The [`statement`] changes the target and inserts the
//! entry only if the rows are still those that were read. If they are not, or another transaction
//! has locked them, it changes nothing. The transaction of
//! [`Backend::write_by`](crate::engine::Backend::write_by) makes every other change.

mod statement;

use diesel::{PgConnection, prelude::*};
use jiff::Timestamp;
use rollcall_domain::{
    Account, Claim, NameRule, User, UserChange, UserId, UserRef, WriteError,
    audit::{ActorContext, Ended, Event, UnlinkedEntry},
    shown_number,
};

use crate::{
    engine::Backend,
    error::{Failure, messages::is_unsupported},
    look_ups::find_many,
    rows::audit::EntryColumns,
    user_changes::looks_different,
};
use statement::ChangeIfSame;

/// A change that a caller asks for.
struct Requested<'a> {
    change: &'a UserChange,
    by: &'a ActorContext,
    claim: &'a Claim,
}

/// What came of one statement.
enum Outcome {
    Changed(Box<User>),
    /// The rows are not those that were read, or are locked.
    Stale,
    /// Only a transaction can decide on the change.
    Undecided,
}

impl Backend {
    /// Does `change` if it changes a name or an address alone. None if it did nothing, and the
    /// change is to be made in another way. `read` is the user as it was read for the change.
    pub(crate) fn update_quickly(
        &self,
        id: UserId,
        read: Option<&Account>,
        change: &UserChange,
        by: &ActorContext,
    ) -> Result<Option<User>, WriteError> {
        let (Self::Postgres(pools), Some(claim)) = (self, by.claim()) else { return Ok(None) };
        if change.password.is_some() {
            return Ok(None);
        }
        let requested = Requested { change, by, claim };
        let outcome = pools.others.autocommit(|connection| requested.make(connection, id, read));
        let outcome = match outcome {
            Err(Failure::Query(error)) if is_unsupported(&error) => Ok(None),
            outcome => outcome.map(Option::flatten),
        };
        let user = self.counts().failure_of(outcome).map_err(Failure::into_write_error)?;
        if user.is_some() {
            pools.linker.wake();
        }
        Ok(user)
    }
}

impl Requested<'_> {
    fn make(
        &self,
        connection: &mut PgConnection,
        id: UserId,
        read: Option<&Account>,
    ) -> Result<Option<User>, Failure> {
        let mut outcome = Outcome::Stale;
        if let Some(target) = read {
            outcome = self.make_if_same(connection, self.claim.caller(), target)?;
        }
        if let Outcome::Stale = outcome {
            let refs = [UserRef::Id(self.claim.user()), UserRef::Id(id)];
            let rows = <[Option<Account>; 2]>::try_from(find_many(connection, &refs)?);
            let Ok([Some(caller), Some(target)]) = rows else { return Ok(None) };
            outcome = self.make_if_same(connection, &caller.user, &target)?;
        }
        match outcome {
            Outcome::Changed(user) => Ok(Some(*user)),
            Outcome::Stale | Outcome::Undecided => Ok(None),
        }
    }

    /// Makes the change if the caller and the target are still as they were read.
    fn make_if_same(
        &self,
        connection: &mut PgConnection,
        caller: &User,
        target: &Account,
    ) -> Result<Outcome, Failure> {
        let Some(changed) = self.decide(caller, target) else { return Ok(Outcome::Undecided) };
        shown_number(changed.user.version.0)?;
        let event = Event::changed(target, &changed, Ended::default());
        let entry = UnlinkedEntry::new(self.by, event, Timestamp::now());
        let entry = EntryColumns::of(entry);
        let rows =
            ChangeIfSame::new(self.claim, caller, [target, &changed], entry).execute(connection)?;
        let user = Box::new(changed.user);
        Ok(if rows == 1 { Outcome::Changed(user) } else { Outcome::Stale })
    }

    /// The target after the change. None if the domain refuses the change, and if more than a name
    /// and an address would change.
    fn decide(&self, caller: &User, target: &Account) -> Option<Account> {
        self.claim.check_rights(caller).ok()?;
        self.claim.check_change(&target.user).ok()?;
        let changed = self.change.apply(target).ok()??;
        let is_restricted = self.by.name_rule() == NameRule::Restricted;
        let must_queue = is_restricted && looks_different(&target.user.name, &changed.user.name);
        (keeps_rights(target, &changed) && !must_queue).then_some(changed)
    }
}

/// Whether an account differs from another one in no more than the name and the address.
fn keeps_rights(before: &Account, after: &Account) -> bool {
    // Destructured, so that a new field is decided on here.
    let Account { user, password_hash, password_version } = after;
    let User { id, version: _, create_time, name: _, email: _, status, roles } = user;
    let before_user = &before.user;
    (id, create_time, status, roles)
        == (&before_user.id, &before_user.create_time, &before_user.status, &before_user.roles)
        && (password_hash, password_version) == (&before.password_hash, &before.password_version)
}
