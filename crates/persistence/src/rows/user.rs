//! Rows of users, and their conversion from and to the domain's types. No other file names all
//! columns.

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{
    Account, Email, NameSkeleton, PasswordHash, PasswordVersion, Roles, Status, StoreError, User,
    UserId, Username, Version,
};

use crate::{rows::roles::grouped, schema::users};

/// The columns of a user's row that may be shown.
#[derive(PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub(crate) struct ShownRow {
    pub(crate) id: i64,
    version: i64,
    create_time: i64,
    name: String,
    email: Option<String>,
    status: String,
}

/// The columns of an account: these, and those of the password.
#[derive(PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub(crate) struct AccountRow {
    #[diesel(embed)]
    pub(crate) shown: ShownRow,
    pub(crate) password_hash: String,
    password_version: i64,
}

/// Every column: these, and those that are made of others.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub(crate) struct UserRow {
    #[diesel(embed)]
    pub(crate) account: AccountRow,
    name_key: String,
    name_skeleton: Option<String>,
    email_key: Option<String>,
}

/// The unique columns: of two rows in a statement with the same keys, the first is written.
pub(crate) type UniqueKeys = (String, Option<String>);

/// Every column but the id, which the database assigns, as they are written for a new account.
#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub(crate) struct UserColumns<'a> {
    version: i64,
    create_time: i64,
    name: &'a str,
    name_key: String,
    name_skeleton: String,
    email: Option<&'a str>,
    email_key: Option<String>,
    status: &'static str,
    password_hash: &'a str,
    password_version: i64,
}

/// The columns that a change of an account writes. Those that stay the same are left out: SQLite
/// rewrites every index on a column that a statement names.
#[derive(AsChangeset)]
#[diesel(table_name = users)]
pub(crate) struct ChangedColumns<'a> {
    version: i64,
    name: Option<&'a str>,
    name_key: Option<String>,
    name_skeleton: Option<String>,
    #[diesel(embed)]
    email: Option<EmailColumns<'a>>,
    status: Option<&'static str>,
    password_hash: Option<&'a str>,
    password_version: Option<i64>,
}

/// The columns of an address, or of none.
#[derive(AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub(crate) struct EmailColumns<'a> {
    email: Option<&'a str>,
    email_key: Option<String>,
}

impl ShownRow {
    /// The user, who has these roles.
    pub(crate) fn user(self, roles: Roles) -> Result<User, StoreError> {
        let Self { id, version, create_time, name, email, status } = self;
        let damaged = |what: &str| StoreError::Internal(format!("the user {id} has {what}").into());
        Ok(User {
            id: UserId(id),
            version: Version(version),
            create_time: Timestamp::from_second(create_time)
                .map_err(|_| damaged("an impossible time"))?,
            name: Username::from_store(name),
            email: email.map(Email::from_store),
            status: Status::parse(&status).ok_or_else(|| damaged("an unknown status"))?,
            roles,
        })
    }
}

impl AccountRow {
    /// The account, which has these roles.
    pub(crate) fn account(self, roles: Roles) -> Result<Account, StoreError> {
        let Self { shown, password_hash, password_version } = self;
        Ok(Account {
            user: shown.user(roles)?,
            password_hash: PasswordHash::from_store(password_hash),
            password_version: PasswordVersion(password_version),
        })
    }
}

impl UserRow {
    /// The user's id.
    pub(crate) fn id(&self) -> i64 {
        self.account.shown.id
    }

    /// The numbers and the texts of all columns.
    pub(crate) fn fields(&self) -> ([i64; 4], [Option<&str>; 7]) {
        // Destructured, so that no column is forgotten.
        let Self { account, name_key, name_skeleton, email_key } = self;
        let AccountRow { shown, password_hash, password_version } = account;
        let ShownRow { id, version, create_time, name, email, status } = shown;
        let [skeleton, email, email_key] = [name_skeleton, email, email_key].map(Option::as_deref);
        let [name, name_key, status, hash] =
            [name, name_key, status, password_hash].map(|text| Some(text.as_str()));
        (
            [*id, *version, *create_time, *password_version],
            [name, name_key, skeleton, email, email_key, status, hash],
        )
    }
}

impl<'a> UserColumns<'a> {
    /// The columns of an account.
    pub(crate) fn of(account: &'a Account) -> Self {
        let Account { user, password_hash, password_version } = account;
        let User { id: _, version, create_time, name, email, status, roles: _ } = user;
        Self {
            version: version.0,
            create_time: create_time.as_second(),
            name: name.as_str(),
            name_key: name.key().as_str().to_owned(),
            name_skeleton: NameSkeleton::of(name).as_str().to_owned(),
            email: email.as_ref().map(Email::as_str),
            email_key: email.as_ref().map(|email| email.key().as_str().to_owned()),
            status: status.as_str(),
            password_hash: password_hash.as_str(),
            password_version: password_version.0,
        }
    }

    /// The unique columns.
    pub(crate) fn keys(self) -> UniqueKeys {
        (self.name_key, self.email_key)
    }
}

impl<'a> ChangedColumns<'a> {
    /// The columns that differ between two states of an account.
    pub(crate) fn between(before: &Account, after: &'a Account) -> Self {
        let Account { user, password_hash, password_version } = after;
        // Destructured, so that a new field is decided on here. Two are never changed.
        let User { id: _, version, create_time: _, name, email, status, roles: _ } = user;
        let new_name = changed(&before.user.name, name);
        let new_key = new_name.map(Username::key).filter(|key| *key != before.user.name.key());
        Self {
            version: version.0,
            name: new_name.map(Username::as_str),
            name_key: new_key.map(|key| key.as_str().to_owned()),
            name_skeleton: new_name.map(|name| NameSkeleton::of(name).as_str().to_owned()),
            email: changed(&before.user.email, email).map(|email| EmailColumns {
                email: email.as_ref().map(Email::as_str),
                email_key: email.as_ref().map(|email| email.key().as_str().to_owned()),
            }),
            status: changed(&before.user.status, status).map(|status| status.as_str()),
            password_hash: changed(&before.password_hash, password_hash).map(PasswordHash::as_str),
            password_version: changed(&before.password_version, password_version)
                .map(|version| version.0),
        }
    }
}

impl ChangedColumns<'_> {
    /// The columns of the name and the address that are written, with their values.
    pub(crate) fn name_and_address(self) -> Vec<(&'static str, Option<String>)> {
        let Self { name, name_key, name_skeleton, email, .. } = self;
        let name = name.map(str::to_owned);
        let columns = [("name", name), ("name_key", name_key), ("name_skeleton", name_skeleton)];
        let mut columns: Vec<_> =
            columns.into_iter().filter(|(_, value)| value.is_some()).collect();
        if let Some(EmailColumns { email, email_key }) = email {
            columns.extend([("email", email.map(str::to_owned)), ("email_key", email_key)]);
        }
        columns
    }
}

/// The value after a change; none if it is as before.
fn changed<'a, T: PartialEq>(before: &T, after: &'a T) -> Option<&'a T> {
    Some(after).filter(|after| *after != before)
}

/// The accounts in the rows of a join with roles, in which the rows of one user are adjacent.
pub(crate) fn accounts(
    rows: Vec<(AccountRow, Option<String>)>,
) -> Result<Vec<Account>, StoreError> {
    let rows = grouped(rows.into_iter().map(Ok));
    rows.map(|row| row.and_then(|(row, roles)| row.account(roles))).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use diesel::{debug_query, prelude::*, sqlite::Sqlite};
    use rollcall_domain::{Account, Email, PasswordHash, PasswordVersion, Roles, Status, Username};

    use super::{AccountRow, ChangedColumns, ShownRow, UserRow};
    use crate::schema::users;

    /// The row of a user with this id.
    pub(crate) fn row(id: i64) -> UserRow {
        let shown = ShownRow {
            id,
            version: 3,
            create_time: 1_494_265_459,
            name: "Alice".to_owned(),
            email: Some("A@example.com".to_owned()),
            status: "ENABLED".to_owned(),
        };
        let password_hash = "$2b$04$hash".to_owned();
        UserRow {
            account: AccountRow { shown, password_hash, password_version: 2 },
            name_key: "alice".to_owned(),
            name_skeleton: None,
            email_key: Some("a@example.com".to_owned()),
        }
    }

    /// Rows that each differ from `row(7)`, in every column.
    pub(crate) fn changed() -> Vec<UserRow> {
        let changes: [fn(&mut UserRow); 13] = [
            |row| row.account.shown.id = 8,
            |row| row.account.shown.version = 4,
            |row| row.account.shown.create_time = 0,
            |row| row.account.shown.name = "alice".to_owned(),
            |row| row.account.shown.email = None,
            |row| row.account.shown.email = Some(String::new()),
            |row| row.account.shown.status = "DISABLED".to_owned(),
            |row| row.account.password_hash = "$2b$04$other".to_owned(),
            |row| row.account.password_version = 3,
            |row| row.name_key = "Alice".to_owned(),
            |row| row.name_skeleton = Some("aalice".to_owned()),
            |row| row.email_key = Some("b@example.com".to_owned()),
            // The same bytes, divided differently.
            |row| {
                row.account.shown.name = "Alic".to_owned();
                row.name_key = "ealice".to_owned();
            },
        ];
        let rows = changes.map(|change| {
            let mut row = row(7);
            change(&mut row);
            row
        });
        rows.into()
    }

    /// The columns that a statement writes for this change of Alice.
    fn written(change: impl FnOnce(&mut Account)) -> Vec<String> {
        let before = row(7).account.account(Roles::default()).unwrap();
        let mut after = before.clone();
        change(&mut after);
        let columns = ChangedColumns::between(&before, &after);
        let update = diesel::update(users::table.find(7)).set(columns);
        let text = debug_query::<Sqlite, _>(&update).to_string();
        let (_, set) = text.split_once(" SET ").unwrap();
        let (set, _) = set.split_once(" WHERE ").unwrap();
        let column = |pair: &str| pair.split('`').nth(1).unwrap().to_owned();
        set.split(", ").map(column).collect()
    }

    fn rename(account: &mut Account, name: &str) {
        account.user.name = Username::parse(name).unwrap();
    }

    #[test]
    fn only_columns_that_differ_are_written() {
        assert_eq!(written(|_| ()), ["version"]);
        let email = written(|account| account.user.email = Email::parse("b@example.com").ok());
        assert_eq!(email, ["version", "email", "email_key"]);
        assert_eq!(written(|account| account.user.email = None), email);
        let name = written(|account| rename(account, "bob"));
        assert_eq!(name, ["version", "name", "name_key", "name_skeleton"]);
        let spelling = written(|account| rename(account, "ALICE"));
        assert_eq!(spelling, ["version", "name", "name_skeleton"]);
        let status = written(|account| account.user.status = Status::Disabled);
        assert_eq!(status, ["version", "status"]);
        let password = written(|account| {
            account.password_hash = PasswordHash::from_store("$2b$04$other".to_owned());
            account.password_version = PasswordVersion(3);
        });
        assert_eq!(password, ["version", "password_hash", "password_version"]);
    }
}
