//! A user as it stands in a file, and as the domain's.

use std::fmt::Display;

use jiff::Timestamp;
use rollcall_domain::{
    Email, ImportedUser, Password, PasswordHash, RoleName, Roles, Status, Username,
};

/// The fields of a user as they are spelt. Not to be shown: there may be a password.
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

/// What a field is in any format.
pub(super) enum Field {
    Text(String),
    List(Vec<String>),
}

/// A user that passed the rules.
pub struct FileUser {
    /// Its name.
    pub name: Username,
    /// Its address.
    pub email: Option<Email>,
    /// Whether it may log in: it may, unless the file says otherwise.
    pub status: Status,
    /// Its roles.
    pub roles: Roles,
    /// When it was made, if the file says so: whole seconds.
    pub create_time: Option<Timestamp>,
    /// What it logs in with.
    pub credential: Credential,
}

/// What a user logs in with.
pub enum Credential {
    /// A password that is yet to be hashed.
    Password(Password),
    /// A hash that another system has made.
    Hash(PasswordHash),
}

/// Gathers what is wrong.
#[derive(Default)]
struct Flaws(Vec<String>);

impl Record {
    /// Sets one of the fields, by its name in files.
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

    /// Whether its password is still to be hashed.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.plaintext_password.is_some()
    }

    /// The user.
    ///
    /// # Errors
    /// Everything that is wrong with it.
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
                let names: Result<Vec<_>, _> = names.iter().map(|it| RoleName::parse(it)).collect();
                Roles::new(names?)
            }),
        );
        let create_time = flaws.check("createTime", self.create_time.map(|it| parse_time(&it)));
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
    /// Whether its password is still to be hashed.
    #[must_use]
    pub fn has_password(&self) -> bool {
        matches!(self.credential, Credential::Password(_))
    }

    /// The user with the hash that its password has, or that it came with.
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

    /// What a field says, if it is there and right.
    fn check<T, E: Display>(&mut self, field: &str, parsed: Option<Result<T, E>>) -> Option<T> {
        let parsed = parsed?.map_err(|reason| self.add(format!("{field} {reason}")));
        parsed.ok()
    }
}

fn parse_status(text: &str) -> Result<Status, &'static str> {
    Status::parse(text).ok_or("must be ENABLED or DISABLED")
}

/// Takes a time in the one form that the API shows, years of four digits.
fn parse_time(text: &str) -> Result<Timestamp, &'static str> {
    let time =
        text.parse().ok().filter(|time: &Timestamp| text.len() == 20 && time.to_string() == text);
    time.ok_or("must be a time in UTC and whole seconds, such as 2017-05-08T17:44:19Z")
}
