//! Holds users in an anonymous temporary file until the whole input is known to be valid. The file
//! vanishes with the process.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Seek, Write},
};

use jiff::Timestamp;
use rollcall_domain::{Email, ImportedUser, PasswordHash, RoleName, Roles, Status, Username};
use rollcall_persistence::ImportedLine;

/// How many users are read at a time.
const BATCH: usize = 500;

/// A user as one line of JSON: line, name, email, whether it is enabled, roles, seconds, hash.
type Row = (u64, String, Option<String>, bool, Vec<String>, Option<i64>, String);

/// Users that are being written to the file.
pub(super) struct Spool {
    file: BufWriter<File>,
    count: u64,
}

/// Users that are being read from the file.
pub(super) struct Spooled(BufReader<File>);

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile()?), count: 0 })
    }

    pub(super) fn push(&mut self, users: &[ImportedLine]) -> io::Result<()> {
        for (line, user) in users {
            let roles: Vec<_> = user.roles.iter().map(RoleName::as_str).collect();
            let email = user.email.as_ref().map(Email::as_str);
            let seconds = user.create_time.map(Timestamp::as_second);
            let (name, hash) = (user.name.as_str(), user.password_hash.as_str());
            let is_enabled = user.status == Status::Enabled;
            let row = (line, name, email, is_enabled, roles, seconds, hash);
            serde_json::to_writer(&mut self.file, &row)?;
            self.file.write_all(b"\n")?;
            self.count += 1;
        }
        Ok(())
    }

    /// The number of users.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn read(self) -> io::Result<Spooled> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Spooled(BufReader::new(file)))
    }
}

impl Spooled {
    /// The next users; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<ImportedLine>>> {
        let mut users = Vec::new();
        let mut text = String::new();
        while users.len() < BATCH && self.0.read_line(&mut text)? > 0 {
            users.push(user(serde_json::from_str(&text)?)?);
            text.clear();
        }
        Ok(if users.is_empty() { None } else { Some(users) })
    }
}

fn user((line, name, email, is_enabled, roles, seconds, hash): Row) -> io::Result<ImportedLine> {
    let roles =
        Roles::new(roles.into_iter().map(RoleName::from_store)).map_err(io::Error::other)?;
    let create_time = seconds.map(Timestamp::from_second).transpose().map_err(io::Error::other)?;
    let user = ImportedUser {
        name: Username::from_store(name),
        email: email.map(Email::from_store),
        status: if is_enabled { Status::Enabled } else { Status::Disabled },
        roles,
        create_time,
        password_hash: PasswordHash::from_store(hash),
    };
    Ok((line, user))
}
