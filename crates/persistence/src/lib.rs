//! The domain's [`UserStore`](rollcall_domain::UserStore),
//! [`SessionStore`](rollcall_domain::SessionStore) and
//! [`AuditStore`](rollcall_domain::audit::AuditStore) on diesel and r2d2, over SQLite or
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
mod listing;
mod locks;
mod look_ups;
mod migrations;
mod recheck;
mod rows;
mod schema;
mod sessions;
mod store;

pub use bulk::{
    backup::{BackupError, back_up, check, copy_backup},
    census::{Census, CensusCursor},
    copy::{Copied, CopyError, Progress, Step, contents::Contents, copy},
    export::Exporter,
    import::{Conflict, ImportError, ImportedLine, Importer, Outcome},
    restore::{ExclusiveStoreLock, ReplaceError, drop_sessions},
    skeletons::SkeletonPass,
};
pub use engine::{
    counts::{PoolStatistics, StoreStatistics},
    postgres::{session::Pooler, url::PostgresUrl},
    presence::require_file,
    sqlite::file::session_secret,
    url::{DatabaseUrl, InvalidDatabaseUrl},
};
pub use error::{ErrorKind, open::OpenError};
pub use hash_cost::recount_hash_cost;
pub use migrations::history::SCHEMA_LEVEL;
pub use store::{DEFAULT_CONNECTIONS, Store};
