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
mod backup;
mod census;
mod connection;
mod copy;
mod database_file;
mod error;
mod export;
mod file_place;
mod file_use;
mod hash_cost;
mod import;
mod lists;
mod locks;
mod log_frames;
mod log_mark;
mod log_stamp;
mod look_ups;
mod migrations;
mod monitored;
mod pages;
mod postgres;
mod postgres_privileges;
mod postgres_refusal;
mod postgres_session;
mod postgres_url;
mod quick_check;
mod read_batches;
mod recheck;
mod restore;
mod row_cache;
mod rows;
mod schema;
mod schema_history;
mod sessions;
mod skeletons;
mod sqlite;
mod sqlite_file;
mod sqlite_name;
mod statistics;
mod store;
mod store_presence;
mod url;
mod used_signatures;
mod user_sessions;
mod write_queue;

pub use backup::{BackupError, back_up, check, copy_backup};
pub use census::{Census, CensusCursor};
pub use connection::OpenError;
pub use copy::{Contents, Copied, CopyError, Progress, Step, copy};
pub use error::ErrorKind;
pub use export::Exporter;
pub use hash_cost::recount_hash_cost;
pub use import::{Conflict, ImportError, ImportedLine, Importer, Outcome};
pub use postgres_session::Pooler;
pub use restore::{ExclusiveStoreLock, ReplaceError, drop_sessions};
pub use schema_history::SCHEMA_LEVEL;
pub use skeletons::SkeletonPass;
pub use sqlite_file::session_secret;
pub use statistics::{PoolStatistics, StoreStatistics};
pub use store::{DEFAULT_CONNECTIONS, Store};
pub use store_presence::require_file;
pub use url::{DatabaseUrl, InvalidDatabaseUrl, PostgresUrl};
