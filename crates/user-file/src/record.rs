//! A user in a file, and its conversion to the domain's types.

use std::fmt::Display;

use jiff::Timestamp;
use rollcall_domain::{Email, NewUser, Password, PasswordHash, RoleName, Roles, Status, Username};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of a user, in the order in which they are written.
pub(super) const FIELDS: [&str; 7] =
    ["name", "email", "status", "roles", "createTime", "plaintextPassword", "passwordHash"];

/// Separates the names of roles in CSV.
pub(super) const SEPARATOR: &str = ";";

/// The fields of a user as texts. They are never printed, because one may be a password.
#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    roles: Option<Vec<String>>,
    create_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password_hash: Option<String>,
}

/// A valid user of a file.
pub type FileUser = NewUser<Credential>;

/// A user's password or its hash.
pub enum Credential {
    /// A password to hash.
    Password(Password),
    /// A hash of another system.
    Hash(PasswordHash),
}

/// Collects errors.
#[derive(Default)]
struct Flaws(Vec<String>);

impl Record {
    /// The record with these fields: `roles` is a list, all others are texts.
    pub(super) fn of(fields: Map<String, Value>) -> Result<Self, String> {
        // serde's error would repeat the value, which may be a password.
        serde_json::from_value(fields.into()).map_err(|_| "a field has the wrong type".to_owned())
    }

    /// The columns of a CSV file, and the hash.
    pub(super) fn into_columns(self) -> ([String; 5], Option<String>) {
        let Self { name, email, status, roles, create_time, plaintext_password: _, password_hash } =
            self;
        let roles = roles.map(|names| names.join(SEPARATOR));
        let columns = [name, email, status, roles, create_time];
        (columns.map(Option::unwrap_or_default), password_hash)
    }

    /// Whether the user has a password, which requires a hash.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.plaintext_password.is_some()
    }

    /// The user that this record was made from; none if it was not made from one.
    #[must_use]
    pub fn restore(self) -> Option<NewUser> {
        Some(NewUser {
            name: Username::from_store(self.name?),
            email: self.email.map(Email::from_store),
            status: Status::parse(&self.status?)?,
            roles: Roles::new(self.roles?.into_iter().map(RoleName::from_store)).ok()?,
            create_time: self.create_time.map(|text| parse_time(&text)).transpose().ok()?,
            password: PasswordHash::from_store(self.password_hash?),
        })
    }

    /// Parses the fields.
    ///
    /// # Errors
    /// All errors in them.
    pub fn parse(self) -> Result<FileUser, String> {
        let mut flaws = Flaws::default();
        if self.name.is_none() {
            flaws.add("name is required");
        }
        let name = flaws.check("name", self.name.map(|text| Username::parse(&text)));
        let email = flaws.check("email", self.email.map(|text| Email::parse(&text)));
        let status = flaws.check("status", self.status.map(|text| parse_status(&text)));
        let roles = flaws.check(
            "roles",
            self.roles.map(|names| {
                let names: Result<Vec<_>, _> =
                    names.iter().map(|name| RoleName::parse(name)).collect();
                Roles::new(names?)
            }),
        );
        let create_time = flaws.check("createTime", self.create_time.map(|text| parse_time(&text)));
        let password = self.plaintext_password.map(|text| Password::parse(&text));
        let hash = self.password_hash.map(|text| PasswordHash::parse(&text));
        let has_one = password.is_some() != hash.is_some();
        if !has_one {
            flaws.add("either plaintextPassword or passwordHash is required");
        }
        let password = flaws.check("plaintextPassword", password);
        let hash = flaws.check("passwordHash", hash);
        if let (Some(name), Some(password)) = (&name, &password)
            && password.is_name(name)
        {
            flaws.add("plaintextPassword must not be the user's name");
        }
        let credential = password.map(Credential::Password).or(hash.map(Credential::Hash));
        match (name, credential) {
            (Some(name), Some(password)) if flaws.0.is_empty() => Ok(FileUser {
                name,
                email,
                status: status.unwrap_or(Status::Enabled),
                roles: roles.unwrap_or_default(),
                create_time,
                password,
            }),
            _ => Err(flaws.0.join("; ")),
        }
    }
}

impl From<NewUser> for Record {
    fn from(user: NewUser) -> Self {
        let NewUser { name, email, status, roles, create_time, password } = user;
        Self {
            name: Some(name.into_string()),
            email: email.map(Email::into_string),
            status: Some(status.as_str().to_owned()),
            roles: Some(roles.iter().map(RoleName::to_string).collect()),
            create_time: create_time.map(|time| time.to_string()),
            plaintext_password: None,
            password_hash: Some(password.as_str().to_owned()),
        }
    }
}

impl Credential {
    /// The hash; none for a password, which must be hashed.
    #[must_use]
    pub fn hash(&self) -> Option<&PasswordHash> {
        match self {
            Self::Hash(hash) => Some(hash),
            Self::Password(_) => None,
        }
    }
}

impl Flaws {
    fn add(&mut self, flaw: impl Into<String>) {
        self.0.push(flaw.into());
    }

    /// The parsed value of a field; none if the field is missing or invalid.
    fn check<T, E: Display>(&mut self, field: &str, parsed: Option<Result<T, E>>) -> Option<T> {
        let parsed = parsed?.map_err(|reason| self.add(format!("{field} {reason}")));
        parsed.ok()
    }
}

fn parse_status(text: &str) -> Result<Status, &'static str> {
    Status::parse(text).ok_or("must be ENABLED or DISABLED")
}

/// Parses a time in the format of the API, with a year of four digits.
fn parse_time(text: &str) -> Result<Timestamp, &'static str> {
    let time =
        text.parse().ok().filter(|time: &Timestamp| text.len() == 20 && time.to_string() == text);
    time.ok_or("must be a time in UTC and whole seconds, such as 2017-05-08T17:44:19Z")
}

#[cfg(test)]
mod tests {
    use super::Record;
    use rollcall_domain::{Email, NewUser, PasswordHash, Roles, Status, UserId, Username};

    #[test]
    fn a_record_restores_any_user_of_a_store() {
        // As no file may have them.
        let name = Username::from_store("what?".to_owned());
        let plain = NewUser::named(name, PasswordHash::from_store("$2b$99$hash".to_owned()));
        let full = NewUser {
            email: Some(Email::from_store("not an address".to_owned())),
            status: Status::Disabled,
            roles: Roles::admin(),
            create_time: "2017-05-08T17:44:19Z".parse().ok(),
            ..plain.clone()
        };
        for user in [plain, full] {
            let text = serde_json::to_string(&Record::from(user.clone())).unwrap();
            let restored = serde_json::from_str::<Record>(&text).unwrap().restore().unwrap();
            assert_eq!(restored.create_time, user.create_time);
            let there = user.into_account(UserId(1), "2017-05-08T17:44:20Z".parse().unwrap());
            assert_eq!(restored.differences(&there), None, "{text}");
        }
        assert!(Record::default().restore().is_none());
    }
}
