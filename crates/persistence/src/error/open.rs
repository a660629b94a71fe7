//! Why a store could not be opened.

use std::path::Path;

use thiserror::Error;

use crate::error::one_line;

/// Why a store could not be opened. Shown to the operator who gave its URL.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is no such database, and none was to be made.
    #[error("there is no store at {0}; give the one that the server uses")]
    Missing(String),
    /// There is a database, and nothing of ours in it.
    #[error("there is no store in this database; give the one that the server uses")]
    NoStore,
    /// The file or its folder could not be made.
    #[error("creating {path}: {source}")]
    Create {
        /// What was to be made.
        path: String,
        /// Why it was not.
        source: std::io::Error,
    },
    /// The file is there and can't be used.
    #[error("opening {path}: {source}")]
    Open {
        /// The file.
        path: String,
        /// Why it can't be used.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file is not as SQLite writes files.
    #[error("{path} is damaged ({reason}); run `rollcall restore BACKUP --overwrite`")]
    Damaged {
        /// The file.
        path: String,
        /// What SQLite says.
        reason: String,
    },
    /// The file does not begin as a SQLite database does: another file, or a damaged store.
    #[error(
        "{0} is not a SQLite database; check the path, or replace the file by \
         `rollcall restore BACKUP --overwrite`"
    )]
    NotSqlite(String),
    /// The file is not there, and SQLite's log of it is.
    #[error(
        "there is {log}, and nothing in {path}: put the file back that the log is of, or restore a \
         backup with --overwrite"
    )]
    LoneLog {
        /// The file that is missing or empty.
        path: String,
        /// The log.
        log: String,
    },
    /// A store was here, and is no more.
    #[error(
        "there is no store in {path}, but {secret} shows that there was one: put the file back or \
         restore a backup, or remove {secret} to begin with an empty store"
    )]
    Lost {
        /// The file that is missing, or has no table.
        path: String,
        /// The session secret beside it.
        secret: String,
    },
    /// The file has several names. The text says which file.
    #[error("{0}: keep one name, and remove the others")]
    Linked(String),
    /// A link is in the place of a file whose log is still there.
    #[error(
        "there is {log}, and {path} is a link to another folder: put the file that the log is of \
         back in the place of the link"
    )]
    LogBesideLink {
        /// The link.
        path: String,
        /// The log.
        log: String,
    },
    /// A process has another file open beside the log of this one.
    #[error(
        "{0} is not the file that a running process has open at this path, and its -wal belongs to \
         that one: put that file back, then run this again"
    )]
    OtherFile(String),
    /// A process has this file open by another path, and has another log.
    #[error(
        "{0} is open in a running process by another path, whose -wal has its newest changes: use \
         the path of that process, or put the file back there"
    )]
    OtherPath(String),
    /// A process has the log of this file open, which is not beside it.
    #[error(
        "{0}-wal is missing, and a running process has it open with the newest changes: put it \
         back, then run this again"
    )]
    LogMoved(String),
    /// The log beside this file has changes of another copy of it.
    #[error(
        "{path} is an older or newer copy of the file that {log} has changes of: put that file \
         back, or restore a backup with --overwrite"
    )]
    LogOfOtherCopy {
        /// The file.
        path: String,
        /// The log.
        log: String,
    },
    /// The log of this file, or its index, is not the one that a process has open. The text says
    /// which.
    #[error(
        "{0} is not the file that a running process has open by this name, which has the newest \
         changes: put that file back, then run this again"
    )]
    Replaced(String),
    /// A process has this file open, and it or its log was overwritten. The text says which.
    #[error("{0} in a running process: stop that process, then run this again")]
    Overwritten(String),
    /// The tables are of another program, or for another purpose.
    #[error("{0} is the file of another program: give the path of a new file, or of a store")]
    Foreign(String),
    /// No connection to the database, or none in time.
    #[error("connecting to the database: {0}")]
    Connect(Box<dyn std::error::Error + Send + Sync>),
    /// The database keeps texts in an encoding that has not every character.
    #[error(
        "the database has the encoding {0}, and it must be UTF8: \
         create it with TEMPLATE template0 ENCODING 'UTF8'"
    )]
    Encoding(String),
    /// The database takes no writes.
    #[error(
        "the database takes no writes: give the primary, with default_transaction_read_only off \
         ({0})"
    )]
    ReadOnly(Box<dyn std::error::Error + Send + Sync>),
    /// The role may not create the tables that are missing.
    #[error(
        "the database lacks tables that {role} may not create: run GRANT CREATE ON SCHEMA {schema} \
         TO {role}"
    )]
    NoCreate {
        /// The role, quoted where SQL requires that.
        role: String,
        /// The schema, likewise.
        schema: String,
    },
    /// The role may not use tables that are there. The text is the statements that let it.
    #[error("the database has tables that the role may not use: run {0}")]
    Privileges(String),
    /// There is no such database or role.
    #[error(
        "the URL names a database or a role that does not exist: create it, or correct the URL \
         ({0})"
    )]
    Absent(Box<dyn std::error::Error + Send + Sync>),
    /// The database lets the role not log in, whatever is tried again.
    #[error(
        "the database refuses the log-in: correct the URL, or the database's pg_hba.conf ({0})"
    )]
    LogIn(Box<dyn std::error::Error + Send + Sync>),
    /// There is no schema for tables.
    #[error(
        "the database lacks a schema for tables: set the role's search_path to a schema that \
         exists, and that it has USAGE on"
    )]
    NoSchema,
    /// The role may not do what a migration does.
    #[error(
        "the database can't be migrated by this role: start once as the role that owns the tables \
         ({0})"
    )]
    Forbidden(Box<dyn std::error::Error + Send + Sync>),
    /// A pooler is in between that takes connections back after each transaction.
    #[error(
        "the database is behind a pooler in transaction mode: add --database-pooler transaction"
    )]
    Pooler,
    /// The schema could not be brought up to date.
    #[error("migrating the database: {0}")]
    Migrate(Box<dyn std::error::Error + Send + Sync>),
    /// The schema was made by an earlier release, and was not to be changed.
    #[error("the database lacks migration {0}: start the server of this release on it once")]
    Older(String),
    /// A later release has made the schema one that this binary would damage.
    #[error("the store requires a release of schema level {lowest} or higher; this one has {own}")]
    Level {
        /// The lowest level of a binary that may write.
        lowest: i64,
        /// The level of this binary.
        own: i64,
    },
    /// A later release has changed the schema, and has not said which binaries may still write.
    #[error(
        "the database has migration {0}, which this release does not know: use a newer release"
    )]
    Newer(String),
}

/// A statement failed while the schema was read or changed.
impl From<diesel::result::Error> for OpenError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Migrate(Box::new(error))
    }
}

impl OpenError {
    /// No connection, for this reason.
    pub(crate) fn connect(source: impl std::error::Error) -> Self {
        Self::Connect(one_line(&source).into())
    }

    /// A store was at `path`, of which only the secret is left.
    pub(crate) fn lost(path: &Path, secret: &Path) -> Self {
        let [path, secret] = [path, secret].map(|path| path.display().to_string());
        Self::Lost { path, secret }
    }
}
