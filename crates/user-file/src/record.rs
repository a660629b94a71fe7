//! A user in a file, and its conversion to the domain's types.

use std::fmt::Display;

use jiff::Timestamp;
use rollcall_domain::{
    Email, ImportedUser, Password, PasswordHash, RoleName, Roles, Status, Username,
};

/// The unparsed fields of a user. They are never printed, because one may be a password.
#[derive(Default)]
pub struct Record {
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    roles: Option<Vec<String>>,
    create_time: Option<String>,
    plaintext_password: Option<String>,
    password_hash: Option<String>,
}

/// The value of a field in either format.
pub(super) enum Field {
    Text(String),
    List(Vec<String>),
}

/// A valid user of a file.
pub struct FileUser {
    /// The user's name.
    pub name: Username,
    /// The user's email address.
    pub email: Option<Email>,
    /// The user's status; enabled by default.
    pub status: Status,
    /// The user's roles.
    pub roles: Roles,
    /// When the user was created, in whole seconds; none for now.
    pub create_time: Option<Timestamp>,
    /// The user's password or hash.
    pub credential: Credential,
}

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
    /// Sets a field by its name in files.
    pub(super) fn set(&mut self, name: &str, field: Field) {
        match (name, field) {
            ("name", Field::Text(text)) => self.name = Some(text),
            ("email", Field::Text(text)) => self.email = Some(text),
            ("status", Field::Text(text)) => self.status = Some(text),
            ("roles", Field::List(names)) => self.roles = Some(names),
            ("createTime", Field::Text(text)) => self.create_time = Some(text),
            ("plaintextPassword", Field::Text(text)) => self.plaintext_password = Some(text),
            ("passwordHash", Field::Text(text)) => self.password_hash = Some(text),
            _ => {}
        }
    }

    /// Whether the user has a password, which requires a hash.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.plaintext_password.is_some()
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
            (Some(name), Some(credential)) if flaws.0.is_empty() => Ok(FileUser {
                name,
                email,
                status: status.unwrap_or(Status::Enabled),
                roles: roles.unwrap_or_default(),
                create_time,
                credential,
            }),
            _ => Err(flaws.0.join("; ")),
        }
    }
}

impl FileUser {
    /// Whether the user has a password, which requires a hash.
    #[must_use]
    pub fn has_password(&self) -> bool {
        matches!(self.credential, Credential::Password(_))
    }

    /// The user to import, with the hash of its password or its own.
    #[must_use]
    pub fn with_hash(self, password_hash: PasswordHash) -> ImportedUser {
        let Self { name, email, status, roles, create_time, credential: _ } = self;
        ImportedUser { name, email, status, roles, create_time, password_hash }
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
