//! Users to create.

use std::fmt;

use jiff::Timestamp;

use super::{
    Account, PasswordVersion, Status, User, Version, email::Email, name::Username,
    password::hash::PasswordHash, role::Roles,
};
use crate::{clock::whole_seconds, user_id::UserId};

/// A user to create: everything but what the store assigns. A store accepts hashes only; until it
/// is hashed, the password has another type.
#[derive(Clone, Debug)]
pub struct NewUser<P = PasswordHash> {
    /// The name. Names are unique.
    pub name: Username,
    /// The email address, if there is one. Addresses are unique.
    pub email: Option<Email>,
    /// Whether the user may log in.
    pub status: Status,
    /// The roles.
    pub roles: Roles,
    /// When the user was created, in whole seconds; none means now.
    pub create_time: Option<Timestamp>,
    /// The password or its hash.
    pub password: P,
}

/// The fields in which a new user and an existing one differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences(Vec<&'static str>);

impl<P> NewUser<P> {
    /// An enabled user without an address and roles, created now.
    #[must_use]
    pub fn named(name: Username, password: P) -> Self {
        let (email, status, roles, create_time) = (None, Status::Enabled, Roles::default(), None);
        Self { name, email, status, roles, create_time, password }
    }

    /// The same user with its password in another form.
    #[must_use]
    pub fn with_password<Q>(self, password: Q) -> NewUser<Q> {
        let Self { name, email, status, roles, create_time, password: _ } = self;
        NewUser { name, email, status, roles, create_time, password }
    }
}

impl NewUser {
    /// The account of this user at version 0, created `now` unless the user has another time.
    #[must_use]
    pub fn into_account(self, id: UserId, now: Timestamp) -> Account {
        let Self { name, email, status, roles, create_time, password } = self;
        let (version, create_time) = (Version(0), create_time.unwrap_or(whole_seconds(now)));
        Account {
            user: User { id, version, create_time, name, email, status, roles },
            password_hash: password,
            password_version: PasswordVersion::default(),
        }
    }

    /// The differences to `there`, an existing user of the same name; none if importing changes
    /// nothing.
    #[must_use]
    pub fn differences(&self, there: &Account) -> Option<Differences> {
        let Self { name, email, status, roles, create_time, password } = self;
        let Account { user, password_hash, password_version: _ } = there;
        let fields = [
            ("name", *name == user.name),
            ("email", *email == user.email),
            ("status", *status == user.status),
            ("roles", *roles == user.roles),
            ("createTime", create_time.is_none_or(|time| time == user.create_time)),
            ("password", password == password_hash),
        ];
        let differing = fields.iter().filter(|(_, is_same)| !is_same).map(|(field, _)| *field);
        let differing: Vec<_> = differing.collect();
        if differing.is_empty() { None } else { Some(Differences(differing)) }
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(", "))
    }
}

/// The new user that an existing one would be in another store.
impl From<Account> for NewUser {
    fn from(account: Account) -> Self {
        let Account { user, password_hash: password, password_version: _ } = account;
        let User { id: _, version: _, create_time, name, email, status, roles } = user;
        Self { name, email, status, roles, create_time: Some(create_time), password }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::NewUser;
    use crate::{
        user::{
            Account, PasswordVersion, Status, Version,
            email::Email,
            name::Username,
            password::hash::PasswordHash,
            role::{RoleName, Roles},
        },
        user_id::UserId,
    };
    use jiff::Timestamp;

    /// An enabled user without an address and roles.
    pub(crate) fn account(id: i64, name: &str) -> Account {
        let hash = PasswordHash::from_store("hash".to_owned());
        let new = NewUser::named(Username::parse(name).unwrap(), hash);
        new.into_account(UserId(id), Timestamp::UNIX_EPOCH)
    }

    fn time(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn imported() -> NewUser {
        NewUser {
            name: Username::parse("Alice").unwrap(),
            email: Some(Email::parse("alice@example.com").unwrap()),
            status: Status::Enabled,
            roles: Roles::admin(),
            create_time: Some(time(7)),
            password: PasswordHash::from_store("hash".to_owned()),
        }
    }

    fn there() -> Account {
        let mut account = imported().into_account(UserId(3), time(9));
        (account.user.version, account.password_version) = (Version(9), PasswordVersion(2));
        account
    }

    #[test]
    fn the_same_user_differs_in_nothing_whatever_its_id_and_version() {
        assert_eq!(imported().differences(&there()), None);
        let at_any_time = NewUser { create_time: None, ..imported() };
        assert_eq!(at_any_time.differences(&there()), None);
    }

    #[test]
    fn a_user_without_a_time_is_created_now_in_whole_seconds() {
        let now = Timestamp::from_millisecond(9_999).unwrap();
        let account = NewUser { create_time: None, ..imported() }.into_account(UserId(3), now);
        assert_eq!(account.user.create_time, time(9));
        let account = imported().into_account(UserId(3), now);
        assert_eq!(account.user.create_time, time(7));
        let (version, password_version) = (account.user.version, account.password_version);
        assert_eq!((version, password_version), (Version(0), PasswordVersion(0)));
    }

    #[test]
    fn an_existing_user_is_the_same_in_another_store() {
        let there = there();
        assert_eq!(NewUser::from(there.clone()).differences(&there), None);
        assert_eq!(NewUser::from(there).create_time, Some(time(7)));
    }

    #[test]
    fn every_field_that_differs_is_named() {
        let other = NewUser {
            name: Username::parse("ALICE").unwrap(),
            email: None,
            status: Status::Disabled,
            roles: Roles::new([RoleName::parse("auditor").unwrap()]).unwrap(),
            create_time: Some(time(8)),
            password: PasswordHash::from_store("another".to_owned()),
        };
        let said = other.differences(&there()).unwrap().to_string();
        assert_eq!(said, "name, email, status, roles, createTime, password");
        let other = NewUser { status: Status::Disabled, ..imported() };
        assert_eq!(other.differences(&there()).unwrap().to_string(), "status");
    }
}
