//! The domain's [`UserStore`](rollcall_domain::UserStore),
//! [`SessionStore`](rollcall_domain::SessionStore), [`KeyStore`](rollcall_domain::KeyStore),
//! [`ResetCodeStore`](rollcall_domain::ResetCodeStore) and
//! [`AuditStore`](rollcall_domain::AuditStore) on diesel and r2d2, over SQLite or
//! PostgreSQL.
//!
//! [`Store::open`] takes a database URL, creates missing parts, brings the schema up to date and
//! hands out the ports. Around them go, for many users at once, [`copy`](fn@copy), [`Importer`]
//! and [`Exporter`], and for whole files [`back_up`] and [`ExclusiveStoreLock`]. No query,
//! connection or database error leaves this crate.

mod audit;
mod bulk;
mod engine;
mod error;
mod hash_cost;
mod keys;
mod listing;
mod locks;
mod look_ups;
mod migrations;
mod queued_update;
mod quick_update;
mod recheck;
mod reset_codes;
mod rows;
mod schema;
mod sessions;
mod store;
mod user_changes;

pub use audit::abandon::AbandonError;
pub use audit::archive::{LogBeginning, NumberedEntry, RemovalError};
pub use bulk::{
    backup::{BackupError, back_up, check, copy_backup},
    census::{Census, CensusCursor},
    copy::{Copied, CopyError, Progress, Step, contents::Contents, copy},
    export::Exporter,
    import::{Conflict, ImportError, ImportedLine, Importer, Outcome},
    restore::{ExclusiveStoreLock, ReplaceError, drop_sessions, recount_hash_cost},
    skeletons::SkeletonPass,
};
pub use engine::{
    postgres::{session::Pooler, url::PostgresUrl},
    presence::require_file,
    sqlite::file::session_secret,
    url::{DatabaseUrl, InvalidDatabaseUrl},
};
pub use error::open::OpenError;
pub use migrations::history::SCHEMA_LEVEL;
pub use store::{DEFAULT_CONNECTIONS, Store};
