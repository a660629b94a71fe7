//! A change to a user, and what it makes of the row that it meets.

use crate::{
    Account, Email, NameRule, PasswordHash, PasswordVersion, Preconditions, Roles, Status,
    Username, WriteError,
};

/// What to change; everything that is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// The only versions that the change is for.
    pub condition: Preconditions,
    /// Another name, or another spelling of it.
    pub name: Option<Username>,
    /// How much another name may look like those of others.
    pub name_rule: NameRule,
    /// Another address; `Some(None)` takes it away.
    pub email: Option<Option<Email>>,
    /// Enable or disable.
    pub status: Option<Status>,
    /// The roles to have instead.
    pub roles: Option<Roles>,
    /// Another password.
    pub password: Option<PasswordReplacement>,
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

impl UserChange {
    /// The account after this change, at the next version; `None` when nothing would differ.
    /// Pure, so that a store can call it inside its transaction on the row as it is there.
    ///
    /// # Errors
    /// [`WriteError::VersionMismatch`], [`WriteError::PasswordChanged`] and, when the user gets
    /// another name, [`WriteError::InvalidName`].
    pub fn apply(&self, current: &Account) -> Result<Option<Account>, WriteError> {
        self.condition.check(Some(current.user.revision()))?;
        if let Some(name) = &self.name
            && name.key() != current.user.name.key()
        {
            name.require_safe_in_paths()?;
        }
        let mut changed = current.clone();
        if let Some(password) = &self.password {
            if password.replaces.is_some_and(|version| version != current.password_version) {
                return Err(WriteError::PasswordChanged);
            }
            changed.password_hash = password.hash.clone();
            changed.password_version = current.password_version.next();
        }
        let user = &mut changed.user;
        replace(&mut user.name, self.name.as_ref());
        replace(&mut user.email, self.email.as_ref());
        replace(&mut user.status, self.status.as_ref());
        replace(&mut user.roles, self.roles.as_ref());
        if changed == *current {
            return Ok(None);
        }
        changed.user.version = current.user.version.next();
        Ok(Some(changed))
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
        Account, Email, PasswordHash, PasswordVersion, Roles, Status, User, UserId, Username,
        Version, VersionCondition, WriteError,
    };

    fn account() -> Account {
        Account {
            user: User {
                id: UserId(7),
                version: Version(3),
                create_time: jiff::Timestamp::UNIX_EPOCH,
                name: Username::parse("alice").unwrap(),
                email: Some(Email::parse("alice@example.com").unwrap()),
                status: Status::Enabled,
                roles: Roles::default(),
            },
            password_hash: PasswordHash::from_store("old".into()),
            password_version: PasswordVersion(5),
        }
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
            roles: Some(roles),
            ..UserChange::default()
        };
        assert_eq!(change.apply(&account()).unwrap(), None);
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
