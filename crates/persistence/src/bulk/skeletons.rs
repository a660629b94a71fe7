//! What the names of users look like, kept beside them.

use std::ops::ControlFlow;

use diesel::{dsl::exists, prelude::*, select};
use rollcall_domain::{NameSkeleton, StoreError, User, Username, WriteError};

use crate::{
    engine::{Connection, Reads, on},
    error::Failure,
    schema::{name_lock, users},
    store::Store,
};

/// How many rows are looked at, and written if need be, at a time: others wait for some ten
/// milliseconds.
const AT_ONCE: i64 = 500;

/// The id of the one row that changes of restricted names lock.
const NAME_LOCK: i64 = 1;

/// A pass over rows whose skeletons may be missing or those of earlier names, because an earlier
/// release has written them.
#[derive(Clone, Copy, Debug)]
pub struct SkeletonPass {
    last_id: i64,
    is_of_missing: bool,
}

/// The id of a row, its name, and its skeleton.
type Kept = (i64, String, Option<String>);

/// Refuses a user whose name looks like another one's. To be called as the last part of a change:
/// on PostgreSQL, no other one passes then before this one is committed, and all that were
/// committed before are seen, or the transaction is tried again.
pub(crate) fn refuse_confusable(
    connection: &mut Connection<'_>,
    user: &User,
) -> Result<(), Failure> {
    if let Connection::Postgres(it) = connection {
        // An update rather than a lock: where all statements see one moment, it fails if another
        // change has passed since.
        let row = diesel::update(name_lock::table.find(NAME_LOCK));
        row.set(name_lock::uses.eq(name_lock::uses + 1)).execute(*it)?;
    }
    let rivals = NameSkeleton::of(&user.name).rivals();
    let rivals =
        users::table.filter(users::name_skeleton.eq_any(rivals)).filter(users::id.ne(user.id.0));
    let has_rivals = on!(connection, it => select(exists(rivals)).get_result(it)?);
    if has_rivals { Err(WriteError::Confusable.into()) } else { Ok(()) }
}

impl SkeletonPass {
    /// A pass over all rows.
    #[must_use]
    pub fn over_all() -> Self {
        Self { last_id: i64::MIN, is_of_missing: false }
    }

    /// A pass over the rows that have no skeleton. Where there are none, it costs one look.
    #[must_use]
    pub fn over_missing() -> Self {
        Self { is_of_missing: true, ..Self::over_all() }
    }

    /// Does the next rows. Breaks when there are no more.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn step(self, store: &Store) -> Result<ControlFlow<(), Self>, StoreError> {
        let rows = store.backend.read(Reads::Latest, |connection| self.rows(connection))?;
        let Some((last_id, ..)) = rows.last() else { return Ok(ControlFlow::Break(())) };
        let last_id = *last_id;
        let stale: Vec<_> = rows.into_iter().filter_map(stale).collect();
        if !stale.is_empty() {
            store.write_skeletons(stale)?;
        }
        Ok(ControlFlow::Continue(Self { last_id, ..self }))
    }

    fn rows(self, connection: &mut Connection<'_>) -> Result<Vec<Kept>, Failure> {
        let rows = users::table
            .filter(users::id.gt(self.last_id))
            .order(users::id)
            .limit(AT_ONCE)
            .select((users::id, users::name, users::name_skeleton));
        Ok(on!(connection, it => {
            if self.is_of_missing {
                rows.filter(users::name_skeleton.is_null()).load(it)?
            } else {
                rows.load(it)?
            }
        }))
    }
}

/// A row whose skeleton is not that of its name, with the right one.
fn stale((id, name, kept): Kept) -> Option<(i64, String, NameSkeleton)> {
    let skeleton = NameSkeleton::of(&Username::from_store(name.clone()));
    (kept.as_deref() != Some(skeleton.as_str())).then_some((id, name, skeleton))
}

impl Store {
    /// Writes skeletons, unless the users have other names by now. No change of the users.
    fn write_skeletons(&self, rows: Vec<(i64, String, NameSkeleton)>) -> Result<(), StoreError> {
        let written = self.backend.write(move |connection| {
            for (id, name, skeleton) in &rows {
                let row = users::table.find(id).filter(users::name.eq(name));
                let row = diesel::update(row).set(users::name_skeleton.eq(skeleton.as_str()));
                on!(connection, it => row.execute(it)?);
            }
            Ok(())
        });
        written.map_err(|error| match error {
            WriteError::Store(error) => error,
            error => StoreError::Internal(Box::new(error)),
        })
    }
}
