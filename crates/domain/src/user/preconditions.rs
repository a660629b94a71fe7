//! Preconditions of a request (RFC 9110, section 13.1) on the user it is about, at its version.

use super::{Revision, User, Version, name::NameKey};
use crate::{access::UserRef, error::store::WriteError};

/// The conditions that a request sends along. A store evaluates them in the transaction that
/// writes, on the user as it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// `If-Match`: the user must exist, at one of these versions.
    pub if_match: Option<VersionCondition>,
    /// `If-None-Match`: the user must not exist at any of these versions.
    pub if_none_match: Option<VersionCondition>,
    /// The name by which the request names the user. The user may have another one by the time of
    /// the write, and another user this one.
    name: Option<NameKey>,
}

/// The versions that a condition names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionCondition {
    /// Whatever the user and the version are.
    Any,
    /// One of these, of the user that the request names by id. Never met when empty.
    OneOf(Vec<Version>),
    /// One of these. For requests that name a user by what another user may have by then.
    OneOfRevisions(Vec<Revision>),
}

impl Preconditions {
    /// No conditions.
    pub const NONE: Self = Self::new(None, None);

    /// These conditions.
    #[must_use]
    pub const fn new(
        if_match: Option<VersionCondition>,
        if_none_match: Option<VersionCondition>,
    ) -> Self {
        Self { if_match, if_none_match, name: None }
    }

    /// The same on the user that a request names as `target`.
    #[must_use]
    pub fn on(mut self, target: &UserRef) -> Self {
        self.name = match target {
            UserRef::Id(_) => None,
            UserRef::Name(name) => Some(name.clone()),
        };
        self
    }

    /// Evaluates the conditions for a user; none for a user that does not exist.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when the user no longer has the name by which the request names it,
    /// and [`WriteError::VersionMismatch`] when another condition does not hold.
    pub fn check(&self, user: Option<&User>) -> Result<(), WriteError> {
        let has_name = |user: &User| self.name.as_ref().is_none_or(|name| *name == user.name.key());
        if !user.is_none_or(has_name) {
            return Err(WriteError::Missing);
        }
        let is_met = |condition: &VersionCondition| {
            user.is_some_and(|user| condition.holds_for(user.revision()))
        };
        let is_matched = self.if_match.as_ref().is_none_or(is_met);
        if is_matched && !self.if_none_match.as_ref().is_some_and(is_met) {
            Ok(())
        } else {
            Err(WriteError::VersionMismatch)
        }
    }
}

impl VersionCondition {
    /// Whether it names this user at this version.
    #[must_use]
    pub fn holds_for(&self, revision: Revision) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&revision.version),
            Self::OneOfRevisions(revisions) => revisions.contains(&revision),
        }
    }
}

impl From<VersionCondition> for Preconditions {
    fn from(if_match: VersionCondition) -> Self {
        Self::new(Some(if_match), None)
    }
}

#[cfg(test)]
mod tests {
    use super::{Preconditions, VersionCondition};
    use crate::{
        user::{Revision, User, Version, new_user::tests::account},
        user_id::UserId,
    };

    fn revision((id, version): (i64, i64)) -> Revision {
        Revision { id: UserId(id), version: Version(version) }
    }

    fn user((id, version): (i64, i64)) -> User {
        User { version: Version(version), ..account(id, "alice").user }
    }

    #[test]
    fn conditions_hold_as_rfc_9110_says() {
        let any = || Some(VersionCondition::Any);
        let of = |version| Some(VersionCondition::OneOf(vec![Version(version)]));
        let none = || Some(VersionCondition::OneOf(vec![]));
        let own = |id| Some(VersionCondition::OneOfRevisions(vec![revision((id, 3))]));
        // Columns: no user, user 7 at version 3, user 7 at version 4, user 8 at version 3.
        for (if_match, if_none_match, expected) in [
            (None, None, [true, true, true, true]),
            (any(), None, [false, true, true, true]),
            (of(3), None, [false, true, false, true]),
            (none(), None, [false, false, false, false]),
            (None, any(), [true, false, false, false]),
            (None, of(3), [true, false, true, false]),
            (None, none(), [true, true, true, true]),
            (any(), of(3), [false, false, true, false]),
            (of(3), any(), [false, false, false, false]),
            (own(7), None, [false, true, false, false]),
            (own(8), None, [false, false, false, true]),
            (None, own(7), [true, false, true, true]),
            (any(), own(7), [false, false, true, true]),
            (own(7), own(8), [false, true, false, false]),
        ] {
            let conditions = Preconditions::new(if_match, if_none_match);
            let users = [None, Some((7, 3)), Some((7, 4)), Some((8, 3))];
            let users = users.map(|at| at.map(user));
            let outcomes = users.map(|user| conditions.check(user.as_ref()).is_ok());
            assert_eq!(outcomes, expected, "{conditions:?}");
        }
    }
}
