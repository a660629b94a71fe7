//! The users of a store, as files to import.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde_json::json;

use crate::Result;

/// The role of a tenth of the users.
pub(crate) const ROLE: &str = "auditor";

/// Primes, so that what they are multiplied with comes in another order.
const NAMES: u64 = 611_953;
const TIMES: u64 = 104_729;

/// The same users twice: as lines for `rollcall import`, and as the rows of both tables with every
/// column.
pub(crate) struct Files {
    pub(crate) lines: PathBuf,
    pub(crate) users: PathBuf,
    pub(crate) roles: PathBuf,
    /// How many have the role.
    pub(crate) holders: usize,
}

/// The name of the user with this id.
pub(crate) fn name(id: u32, users: u32) -> String {
    format!("user{:08}", u64::from(id) * NAMES % u64::from(users))
}

/// The email address of the user with this id.
pub(crate) fn email(id: u32, users: u32) -> String {
    format!("{}@example.com", name(id, users))
}

/// Writes everyone but the admin, who has the first id.
pub(crate) fn write(folder: &Path, users: u32) -> Result<Files> {
    let path = |name| folder.join(name);
    let files = Files {
        lines: path("users.ndjson"),
        users: path("users.csv"),
        roles: path("roles.csv"),
        holders: (2..=users).filter(|id| has_role(*id)).count(),
    };
    let create = |path: &Path| File::create(path).map(BufWriter::new);
    let mut lines = create(&files.lines)?;
    let mut rows = create(&files.users)?;
    let mut roles = create(&files.roles)?;
    for id in 2..=users {
        let (name, email, status) = (name(id, users), email(id, users), status(id));
        let seconds = 1_500_000_000 + u64::from(id) * TIMES % u64::from(users) * 60;
        // In bcrypt's alphabet, of the cost that the stores have, and matches no password.
        let hash = format!("$2b$04${id:021}.{seconds:030}.");
        let held: &[&str] = if has_role(id) { &[ROLE] } else { &[] };
        let time = Timestamp::from_second(seconds.try_into()?)?;
        let line = json!({
            "name": name, "email": email, "status": status, "roles": held,
            "createTime": time.to_string(), "passwordHash": hash,
        });
        writeln!(lines, "{line}")?;
        writeln!(rows, "{id},0,{seconds},{name},{name},{email},{email},{status},{hash},0,a{name}")?;
        for role in held {
            writeln!(roles, "{id},{role}")?;
        }
    }
    lines.flush()?;
    rows.flush()?;
    roles.flush()?;
    Ok(files)
}

fn has_role(id: u32) -> bool {
    id % 10 == 3
}

fn status(id: u32) -> &'static str {
    if id % 100 == 7 { "DISABLED" } else { "ENABLED" }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs};

    use super::*;

    #[test]
    fn user_names_are_unique_and_not_in_id_order() {
        let names: Vec<_> = (2..=1000).map(|id| name(id, 1000)).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), 999);
        assert!(!names.is_sorted());
    }

    #[test]
    fn lines_and_rows_have_the_same_users() {
        let folder = tempfile::tempdir().unwrap();
        let files = write(folder.path(), 1000).unwrap();
        let read = |path| fs::read_to_string(path).unwrap();
        let (lines, rows, roles) = (read(&files.lines), read(&files.users), read(&files.roles));
        assert_eq!(rows.lines().count(), 999);
        assert_eq!(roles.lines().count(), lines.matches(ROLE).count());
        assert_eq!(rows.matches("DISABLED").count(), 10);
        for (line, row) in lines.lines().zip(rows.lines()) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            for field in ["name", "email", "status", "passwordHash"] {
                let value = line[field].as_str().unwrap();
                assert!(row.split(',').any(|field| field == value), "{value} is not in {row}");
            }
        }
    }
}
