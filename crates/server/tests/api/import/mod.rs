//! `rollcall import`: adding many users from a file.

mod csv;
mod fields;
mod interrupted;
mod refusals;
mod repeated;
mod terminal;
mod whole_file;

use std::{
    fs,
    io::Write,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::harness::{Server, rollcall, store_url};

/// bcrypt hashes of `U*U`, as other systems make them.
pub(crate) const HASHES: [&str; 2] = [
    "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
];

/// A folder for a store that does not exist yet.
pub(crate) struct Place(pub(crate) TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn url(&self) -> String {
        store_url(&self.0)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = rollcall(&self.0, arguments);
        if arguments[0] == "import" {
            command.arg("--bcrypt-cost=4");
        }
        command
    }

    /// Runs a command that must succeed, and returns its standard output.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The standard error of a command that exits with `code`.
    pub(crate) fn fail(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Runs a command with this standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Output {
        let command = &mut self.command(arguments);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    /// All users of the store.
    pub(crate) fn users(&self) -> String {
        self.succeed(&["export", "--with-hashes"])
    }

    pub(crate) fn server(&self) -> Server {
        Server::start_on(&self.url())
    }
}

/// Users that differ only in a number.
pub(crate) fn lines(numbers: std::ops::RangeInclusive<usize>) -> String {
    let line = |n| {
        format!(
            "{{\"name\":\"user{n}\",\"email\":\"user{n}@example.com\",\"status\":\"ENABLED\",\
             \"roles\":[],\"createTime\":\"2017-05-08T17:44:19Z\",\"passwordHash\":\"{}\"}}\n",
            HASHES[0]
        )
    };
    numbers.map(line).collect()
}

/// Runs a statement on a database of either kind.
pub(crate) fn sql(url: &str, on_sqlite: &str, on_postgres: &str) -> String {
    let output = if let Some(path) = url.strip_prefix("sqlite://") {
        Command::new("sqlite3").args([path, on_sqlite]).output()
    } else {
        let arguments = [url, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", on_postgres];
        Command::new("psql").args(arguments).output()
    };
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
