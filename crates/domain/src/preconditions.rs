//! Preconditions of a request (RFC 9110, section 13.1) on the version of the user it is about.

use crate::{Version, VersionCondition, WriteError};

/// The conditions that a request sends along. A store evaluates them in the transaction that
/// writes, on the user as it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// `If-Match`: the user must exist, at one of these versions.
    pub if_match: Option<VersionCondition>,
    /// `If-None-Match`: the user must not exist at any of these versions.
    pub if_none_match: Option<VersionCondition>,
}

impl Preconditions {
    /// No conditions.
    pub const NONE: Self = Self { if_match: None, if_none_match: None };

    /// Evaluates the conditions for a user at `version`; none for a user that does not exist.
    ///
    /// # Errors
    /// [`WriteError::VersionMismatch`] when one of them does not hold.
    pub fn check(&self, version: Option<Version>) -> Result<(), WriteError> {
        let is_met = |condition: &VersionCondition| {
            version.is_some_and(|version| condition.holds_for(version))
        };
        let is_matched = self.if_match.as_ref().is_none_or(is_met);
        if is_matched && !self.if_none_match.as_ref().is_some_and(is_met) {
            Ok(())
        } else {
            Err(WriteError::VersionMismatch)
        }
    }
}

impl From<VersionCondition> for Preconditions {
    fn from(if_match: VersionCondition) -> Self {
        Self { if_match: Some(if_match), if_none_match: None }
    }
}

#[cfg(test)]
mod tests {
    use super::Preconditions;
    use crate::{Version, VersionCondition};

    #[test]
    fn conditions_hold_as_rfc_9110_says() {
        let any = || Some(VersionCondition::Any);
        let of = |version| Some(VersionCondition::OneOf(vec![Version(version)]));
        let none = || Some(VersionCondition::OneOf(vec![]));
        // Columns: no user, a user at version 3, a user at version 4.
        for (if_match, if_none_match, expected) in [
            (None, None, [true, true, true]),
            (any(), None, [false, true, true]),
            (of(3), None, [false, true, false]),
            (none(), None, [false, false, false]),
            (None, any(), [true, false, false]),
            (None, of(3), [true, false, true]),
            (None, none(), [true, true, true]),
            (any(), of(3), [false, false, true]),
            (of(3), any(), [false, false, false]),
        ] {
            let conditions = Preconditions { if_match, if_none_match };
            let versions = [None, Some(Version(3)), Some(Version(4))];
            let outcomes = versions.map(|version| conditions.check(version).is_ok());
            assert_eq!(outcomes, expected, "{conditions:?}");
        }
    }
}
