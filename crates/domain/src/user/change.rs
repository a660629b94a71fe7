//! A change to a user, and what it makes of the row that it meets.

use super::{
    Account, PasswordVersion, Status,
    email::Email,
    name::Username,
    password::{Password, hash::PasswordHash, presented::PresentedPassword},
    preconditions::Preconditions,
    role::{RoleName, Roles},
};
use crate::error::store::WriteError;

/// What to change; fields that are `None` are kept. A store accepts hashes only: a caller's new
/// password is a [`PasswordChange`] until it is allowed and hashed.
#[derive(Clone, Debug)]
pub struct UserChange<P = PasswordReplacement> {
    /// The versions that the change is for.
    pub condition: Preconditions,
    /// The new name, or another spelling of the old one.
    pub name: Option<Username>,
    /// The new address; `Some(None)` removes it.
    pub email: Option<Option<Email>>,
    /// The new status. Ignored unless the caller is an admin.
    pub status: Option<Status>,
    /// The change of the roles. Ignored unless the caller is an admin.
    pub roles: Option<RolesChange>,
    /// The new password.
    pub password: Option<P>,
}

/// What becomes of the roles that a user has when the change is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RolesChange {
    /// They are replaced.
    Replace(Roles),
    /// One is added, if the user does not have it.
    Grant(RoleName),
    /// One is removed, if the user has it.
    Revoke(RoleName),
}

/// A new password, and the proof that the caller may set it.
#[derive(Clone)]
pub struct PasswordChange {
    /// The new password.
    pub new: Password,
    /// The current password according to the caller. Checked whenever it is given.
    pub current: Option<PresentedPassword>,
    /// Whether callers who change their own password must give the current one even if they have
    /// just proved it. With a session they always must.
    pub own_needs_current: bool,
}

/// A new password's hash, and which password it was allowed to replace.
#[derive(Clone, Debug)]
pub struct PasswordReplacement {
    /// The new value.
    pub hash: PasswordHash,
    /// Which password the current one was found to be. It must still be that one; its hash may have
    /// been renewed.
    pub replaces: Option<PasswordVersion>,
}

impl<P> UserChange<P> {
    /// The account after everything but the password has changed, at the same version.
    ///
    /// # Errors
    /// [`WriteError::VersionMismatch`] and, when the user gets another name,
    /// [`WriteError::InvalidName`].
    pub fn applied(&self, current: &Account) -> Result<Account, WriteError> {
        let Self { condition, name, email, status, roles, password: _ } = self;
        condition.check(Some(&current.user))?;
        if let Some(name) = name
            && name.key() != current.user.name.key()
        {
            name.require_safe_in_paths()?;
        }
        let mut changed = current.clone();
        let user = &mut changed.user;
        replace(&mut user.name, name.as_ref());
        replace(&mut user.email, email.as_ref());
        replace(&mut user.status, status.as_ref());
        if let Some(roles) = roles {
            roles.apply_to(&mut user.roles);
        }
        Ok(changed)
    }

    /// The same change with the new password in another form.
    #[must_use]
    pub fn with_password<Q>(self, password: Option<Q>) -> UserChange<Q> {
        let Self { condition, name, email, status, roles, password: _ } = self;
        UserChange { condition, name, email, status, roles, password }
    }
}

impl UserChange {
    /// The account after this change, at the next version; `None` when nothing would differ.
    /// Pure, so that a store can call it inside its transaction on the row as it is there.
    ///
    /// # Errors
    /// As [`UserChange::applied`], and [`WriteError::PasswordChanged`].
    pub fn apply(&self, current: &Account) -> Result<Option<Account>, WriteError> {
        let mut changed = self.applied(current)?;
        if let Some(password) = &self.password {
            if password.replaces.is_some_and(|version| version != current.password_version) {
                return Err(WriteError::PasswordChanged);
            }
            changed.password_hash = password.hash.clone();
            changed.password_version = current.password_version.next();
        }
        if changed == *current {
            return Ok(None);
        }
        changed.user.version = current.user.version.next();
        Ok(Some(changed))
    }
}

impl RolesChange {
    fn apply_to(&self, roles: &mut Roles) {
        match self {
            Self::Replace(new) => roles.clone_from(new),
            Self::Grant(role) => roles.insert(role.clone()),
            Self::Revoke(role) => roles.remove(role),
        }
    }
}

impl From<Roles> for RolesChange {
    fn from(roles: Roles) -> Self {
        Self::Replace(roles)
    }
}

/// Changes nothing.
impl<P> Default for UserChange<P> {
    fn default() -> Self {
        let (condition, password) = (Preconditions::NONE, None);
        Self { condition, name: None, email: None, status: None, roles: None, password }
    }
}

fn replace<T: Clone>(field: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

#[cfg(test)]
mod tests {
    use super::{PasswordReplacement, UserChange};
    use crate::{
        error::store::WriteError,
        user::{
            Account, PasswordVersion, Status, User, Version, email::Email, name::Username,
            new_user, password::hash::PasswordHash, preconditions::VersionCondition,
        },
    };

    fn account() -> Account {
        let mut account = new_user::tests::account(7, "alice");
        account.user.email = Email::parse("alice@example.com").ok();
        (account.user.version, account.password_version) = (Version(3), PasswordVersion(5));
        account
    }

    #[test]
    fn only_named_fields_change_and_the_version_grows_by_one() {
        let change = UserChange { email: Some(None), ..UserChange::default() };
        let mut expected = account();
        expected.user.email = None;
        expected.user.version = Version(4);
        assert_eq!(change.apply(&account()).unwrap(), Some(expected));
    }

    #[test]
    fn the_same_values_again_are_no_change() {
        let User { name, email, status, roles, .. } = account().user;
        let change = UserChange {
            name: Some(name),
            email: Some(email),
            status: Some(status),
            roles: Some(roles.into()),
            ..UserChange::default()
        };
        assert_eq!(change.apply(&account()).unwrap(), None);
    }

    #[test]
    fn all_but_the_password_is_applied_before_it_is_hashed() {
        let change = UserChange { status: Some(Status::Disabled), ..UserChange::default() };
        let requested = change.clone().with_password(Some("not hashed"));
        let mut expected = account();
        expected.user.status = Status::Disabled;
        assert_eq!(requested.applied(&account()).unwrap(), expected);
        expected.user.version = Version(4);
        assert_eq!(change.apply(&account()).unwrap(), Some(expected));
        let condition = VersionCondition::OneOf(vec![Version(2)]).into();
        let refused = UserChange { condition, ..requested }.applied(&account());
        assert!(matches!(refused, Err(WriteError::VersionMismatch)), "{refused:?}");
    }

    #[test]
    fn another_spelling_of_the_same_name_is_a_change() {
        let change = UserChange { name: Username::parse("Alice").ok(), ..UserChange::default() };
        assert!(change.apply(&account()).unwrap().is_some());
    }

    #[test]
    fn a_name_that_is_refused_for_new_users_is_kept_but_not_given() {
        let with = |name| UserChange { name: Username::parse(name).ok(), ..UserChange::default() };
        let refused = with("victim?").apply(&account());
        assert!(matches!(refused, Err(WriteError::InvalidName(_))), "{refused:?}");
        let mut stored = account();
        stored.user.name = Username::from_store("victim?".to_owned());
        assert_eq!(with("victim?").apply(&stored).unwrap(), None);
        assert!(with("VICTIM?").apply(&stored).unwrap().is_some());
        assert!(with("victim").apply(&stored).unwrap().is_some());
        assert!(with("victim#").apply(&stored).is_err());
    }

    #[test]
    fn a_condition_on_another_version_refuses_an_empty_change() {
        let with = |condition| UserChange {
            condition: VersionCondition::into(condition),
            ..UserChange::default()
        };
        for condition in
            [VersionCondition::OneOf(vec![]), VersionCondition::OneOf(vec![Version(2)])]
        {
            let refused = with(condition).apply(&account());
            assert!(matches!(refused, Err(WriteError::VersionMismatch)));
        }
        for condition in
            [VersionCondition::Any, VersionCondition::OneOf(vec![Version(9), Version(3)])]
        {
            assert!(with(condition).apply(&account()).is_ok());
        }
    }

    #[test]
    fn a_proved_password_that_was_set_again_is_not_replaced() {
        let with = |replaces| UserChange {
            password: Some(PasswordReplacement {
                hash: PasswordHash::from_store("new".into()),
                replaces: Some(replaces),
            }),
            ..UserChange::default()
        };
        let mut now = account();
        // Renewed since it was checked.
        now.password_hash = PasswordHash::from_store("renewed".into());
        assert!(matches!(with(PasswordVersion(4)).apply(&now), Err(WriteError::PasswordChanged)));
        let changed = with(PasswordVersion(5)).apply(&now).unwrap().unwrap();
        assert_eq!(changed.password_hash, PasswordHash::from_store("new".into()));
        assert_eq!(changed.password_version, PasswordVersion(6));
    }
}
