//! Users that are imported from other systems.

use std::fmt;

use jiff::Timestamp;

use crate::{Account, Email, PasswordHash, Roles, Status, Username};

/// A user to import: everything but what the store assigns.
#[derive(Clone, Debug)]
pub struct ImportedUser {
    /// The user's name.
    pub name: Username,
    /// The user's email address, if there is one.
    pub email: Option<Email>,
    /// Whether the user may log in.
    pub status: Status,
    /// The user's roles.
    pub roles: Roles,
    /// When the user was created, in whole seconds; none means now.
    pub create_time: Option<Timestamp>,
    /// The hash of the password.
    pub password_hash: PasswordHash,
}

/// The fields in which an imported user and an existing one differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences(Vec<&'static str>);

impl ImportedUser {
    /// The differences to `there`, an existing user of the same name; none if importing changes
    /// nothing.
    #[must_use]
    pub fn differences(&self, there: &Account) -> Option<Differences> {
        let Account { user, password_hash, password_version: _ } = there;
        let is_made_then = self.create_time.is_none_or(|time| time == user.create_time);
        let fields = [
            ("name", self.name == user.name),
            ("email", self.email == user.email),
            ("status", self.status == user.status),
            ("roles", self.roles == user.roles),
            ("createTime", is_made_then),
            ("password", self.password_hash == *password_hash),
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

#[cfg(test)]
mod tests {
    use super::ImportedUser;
    use crate::{
        Account, Email, PasswordHash, PasswordVersion, RoleName, Roles, Status, User, UserId,
        Username, Version,
    };
    use jiff::Timestamp;

    fn time(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn imported() -> ImportedUser {
        ImportedUser {
            name: Username::parse("Alice").unwrap(),
            email: Some(Email::parse("alice@example.com").unwrap()),
            status: Status::Enabled,
            roles: Roles::admin(),
            create_time: Some(time(7)),
            password_hash: PasswordHash::from_store("hash".to_owned()),
        }
    }

    fn there() -> Account {
        let ImportedUser { name, email, status, roles, password_hash, .. } = imported();
        let (id, version) = (UserId(3), Version(9));
        let user = User { id, version, create_time: time(7), name, email, status, roles };
        Account { user, password_hash, password_version: PasswordVersion(2) }
    }

    #[test]
    fn the_same_user_differs_in_nothing_whatever_its_id_and_version() {
        assert_eq!(imported().differences(&there()), None);
        let at_any_time = ImportedUser { create_time: None, ..imported() };
        assert_eq!(at_any_time.differences(&there()), None);
    }

    #[test]
    fn every_field_that_differs_is_named() {
        let other = ImportedUser {
            name: Username::parse("ALICE").unwrap(),
            email: None,
            status: Status::Disabled,
            roles: Roles::new([RoleName::parse("auditor").unwrap()]).unwrap(),
            create_time: Some(time(8)),
            password_hash: PasswordHash::from_store("another".to_owned()),
        };
        let said = other.differences(&there()).unwrap().to_string();
        assert_eq!(said, "name, email, status, roles, createTime, password");
        let other = ImportedUser { status: Status::Disabled, ..imported() };
        assert_eq!(other.differences(&there()).unwrap().to_string(), "status");
    }
}
