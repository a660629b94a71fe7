//! Roles: names given to users. The one with a meaning here is `admin`.

use std::{collections::BTreeSet, fmt, sync::LazyLock};

use regex::Regex;
use thiserror::Error;

use crate::limits::{ROLE_PATTERN, ROLES_MAX_COUNT};

const ADMIN: &str = "admin";

#[expect(clippy::expect_used, reason = "the pattern is a constant that the tests compile")]
static SYNTAX: LazyLock<Regex> = LazyLock::new(|| Regex::new(ROLE_PATTERN).expect("a pattern"));

/// The name of a role. Compared exactly: in another case it is another role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleName(String);

/// The roles of one user: each at most once, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(BTreeSet<RoleName>);

/// Roles that can't be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidRoles {
    /// A name that is not as [`ROLE_PATTERN`].
    #[error("must be 1 to 64 of A-Z, a-z, 0-9, '_', '.', ':' and '-', beginning with a letter")]
    Name,
    /// `admin` in another case, which would pass for it.
    #[error("must not be `admin` in capital letters; the role that manages users is `admin`")]
    AdminInCapitals,
    /// More than [`ROLES_MAX_COUNT`] of them.
    #[error("must be at most {ROLES_MAX_COUNT} roles")]
    TooMany,
}

impl RoleName {
    /// Takes `text` as a role's name.
    ///
    /// # Errors
    /// [`InvalidRoles::Name`] when it is not as [`ROLE_PATTERN`], and
    /// [`InvalidRoles::AdminInCapitals`].
    pub fn parse(text: &str) -> Result<Self, InvalidRoles> {
        if text.eq_ignore_ascii_case(ADMIN) && text != ADMIN {
            return Err(InvalidRoles::AdminInCapitals);
        }
        if SYNTAX.is_match(text) { Ok(Self(text.to_owned())) } else { Err(InvalidRoles::Name) }
    }

    /// A name that [`RoleName::parse`] accepted before, as a store kept it.
    #[must_use]
    pub fn from_store(text: String) -> Self {
        Self(text)
    }

    /// The role that may manage every user.
    #[must_use]
    pub fn admin() -> Self {
        Self(ADMIN.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Roles {
    /// These roles, a name said twice taken once.
    ///
    /// # Errors
    /// [`InvalidRoles::TooMany`] above [`ROLES_MAX_COUNT`].
    pub fn new(names: impl IntoIterator<Item = RoleName>) -> Result<Self, InvalidRoles> {
        let names: BTreeSet<_> = names.into_iter().collect();
        if names.len() <= ROLES_MAX_COUNT { Ok(Self(names)) } else { Err(InvalidRoles::TooMany) }
    }

    /// Only the role `admin`.
    #[must_use]
    pub fn admin() -> Self {
        Self(BTreeSet::from([RoleName::admin()]))
    }

    /// Whether `admin` is among them.
    #[must_use]
    pub fn include_admin(&self) -> bool {
        self.iter().any(|role| role.as_str() == ADMIN)
    }

    /// Whether this role is among them.
    #[must_use]
    pub fn include(&self, role: &RoleName) -> bool {
        self.0.contains(role)
    }

    /// Adds a role, as a store reads them one by one.
    pub fn insert(&mut self, role: RoleName) {
        self.0.insert(role);
    }

    /// Takes a role away.
    pub fn remove(&mut self, role: &RoleName) {
        self.0.remove(role);
    }

    /// The roles, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = &RoleName> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidRoles, RoleName, Roles};

    #[test]
    fn a_role_that_only_looks_like_admin_is_refused() {
        for text in ["Admin", "ADMIN", "aDmin"] {
            assert_eq!(RoleName::parse(text), Err(InvalidRoles::AdminInCapitals), "{text:?}");
        }
        for text in ["admin ", "аdmin", "", "1st", "-a", ".a", "a;b", "a,b", &"x".repeat(65)] {
            assert_eq!(RoleName::parse(text), Err(InvalidRoles::Name), "{text:?}");
        }
        assert!(Roles::new([RoleName::parse("admin").unwrap()]).unwrap().include_admin());
    }

    #[test]
    fn roles_of_other_systems_are_kept_as_they_are_spelt() {
        for text in ["ROLE_USER", "ROLE_ADMIN", "imaging.reader", "system:masters", "Admins", "a"] {
            assert_eq!(RoleName::parse(text).unwrap().as_str(), text);
        }
        assert_ne!(RoleName::parse("Auditor"), RoleName::parse("auditor"));
    }

    #[test]
    fn more_than_thirty_two_roles_are_refused() {
        let roles = |count: usize| {
            Roles::new((0..count).map(|n| RoleName::parse(&format!("role-{n}")).unwrap()))
        };
        assert!(roles(32).is_ok());
        assert_eq!(roles(33), Err(InvalidRoles::TooMany));
    }
}
