//! The schema, on whichever backend the suite runs.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection, migration::MigrationSource, sql_query, sql_types::Text,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use jiff::Timestamp;
use rollcall_domain::{Roles, SessionStore, UserRef, UserStore};
use rollcall_persistence::{OpenError, Store};

use super::{BY, database_url, new_url, new_user};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Every column, with `?` where it may be null, as every backend has it.
const COLUMNS: &[&str] = &[
    "api_keys.create_time",
    "api_keys.expire_time?",
    "api_keys.hash",
    "api_keys.id",
    "api_keys.last_use?",
    "api_keys.name",
    "api_keys.prefix",
    "api_keys.scopes",
    "api_keys.user_id",
    "audit.action",
    "audit.actor",
    "audit.actor_id?",
    "audit.actor_name?",
    "audit.address?",
    "audit.changes",
    "audit.client_request_id?",
    "audit.format",
    "audit.id",
    "audit.request_id?",
    "audit.time",
    "audit.user_id?",
    "audit.user_name?",
    "audit_anchor.hash",
    "audit_anchor.id",
    "audit_anchor.number",
    "audit_gaps.id",
    "audit_gaps.since",
    "audit_head.entry_id",
    "audit_head.hash",
    "audit_head.id",
    "audit_head.number",
    "audit_links.action",
    "audit_links.actor_id?",
    "audit_links.entry_id",
    "audit_links.hash",
    "audit_links.number",
    "audit_links.time",
    "audit_links.user_id?",
    "hash_cost.cost",
    "hash_cost.id",
    "name_lock.id",
    "name_lock.uses",
    "reset_codes.expire_time",
    "reset_codes.hash",
    "reset_codes.user_id",
    "schema_levels.level",
    "schema_levels.lowest",
    "schema_levels.migration",
    "sessions.address?",
    "sessions.begin_time",
    "sessions.id",
    "sessions.key",
    "sessions.last_active",
    "sessions.user_id",
    "used_signatures.id",
    "used_signatures.remembered",
    "user_roles.name",
    "user_roles.user_id",
    "users.create_time",
    "users.email?",
    "users.email_key?",
    "users.id",
    "users.name",
    "users.name_key",
    "users.name_skeleton?",
    "users.password_hash",
    "users.password_version",
    "users.status",
    "users.version",
];

const SQLITE_COLUMNS: &str = "SELECT \
    t.name || '.' || c.name || iif(c.\"notnull\", '', '?') AS line \
    FROM sqlite_schema t, pragma_table_info(t.name) c \
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
    ORDER BY line";

const POSTGRES_COLUMNS: &str = "SELECT line FROM (SELECT table_name || '.' || column_name || \
    CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END AS line FROM information_schema.columns \
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%') AS lines \
    ORDER BY line COLLATE \"C\"";

const SQLITE_DEFINITIONS: &str =
    "SELECT sql AS line FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY line";

const POSTGRES_DEFINITIONS: &str = "SELECT indexdef AS line FROM pg_indexes \
    WHERE schemaname = 'public' UNION SELECT conrelid::regclass::text || pg_get_constraintdef(oid) \
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY line";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

/// A connection of the test's own.
pub(super) enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    pub(super) fn connect(url: &str) -> Self {
        match url.strip_prefix("sqlite://") {
            Some(path) => {
                let mut connection = SqliteConnection::establish(path).unwrap();
                // A store that was dropped may still be closing its connections.
                connection.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                Self::Sqlite(connection)
            }
            None => Self::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    pub(super) fn lines(&mut self, on_sqlite: &str, on_postgres: &str) -> Vec<String> {
        let rows: Vec<Row> = match self {
            Self::Sqlite(connection) => sql_query(on_sqlite).load(connection).unwrap(),
            Self::Postgres(connection) => sql_query(on_postgres).load(connection).unwrap(),
        };
        rows.into_iter().map(|row| row.line).collect()
    }

    pub(super) fn columns(&mut self) -> Vec<String> {
        self.lines(SQLITE_COLUMNS, POSTGRES_COLUMNS)
    }

    pub(super) fn definitions(&mut self) -> Vec<String> {
        self.lines(SQLITE_DEFINITIONS, POSTGRES_DEFINITIONS)
    }

    fn revert(&mut self) {
        match self {
            Self::Sqlite(connection) => drop(connection.revert_all_migrations(SQLITE).unwrap()),
            Self::Postgres(connection) => drop(connection.revert_all_migrations(POSTGRES).unwrap()),
        }
    }

    pub(super) fn execute(&mut self, sql: &str) {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(sql).unwrap(),
            Self::Postgres(connection) => connection.batch_execute(sql).unwrap(),
        }
    }
}

/// The versions of all migrations that this release has, in their order.
pub(super) fn known_versions() -> Vec<String> {
    let migrations = MigrationSource::<Sqlite>::migrations(&SQLITE).unwrap();
    let mut versions: Vec<_> =
        migrations.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort_unstable();
    versions
}

/// Undoes the last migration, whichever that is, until `version` is undone.
pub(super) fn revert_to_before(database: &mut Database, version: &str) {
    loop {
        let undone = match database {
            Database::Sqlite(connection) => connection.revert_last_migration(SQLITE).unwrap(),
            Database::Postgres(connection) => connection.revert_last_migration(POSTGRES).unwrap(),
        };
        if undone.to_string() == version {
            return;
        }
    }
}

fn open(url: &str) -> Result<Store, OpenError> {
    Store::open(&database_url(url))
}

#[test]
fn every_backend_has_the_same_columns() {
    let (_folder, url) = new_url();
    open(&url).unwrap();
    assert_eq!(Database::connect(&url).columns(), COLUMNS);
}

#[test]
fn going_down_and_up_again_leaves_the_same_schema() {
    let (_folder, url) = new_url();
    open(&url).unwrap();
    let mut database = Database::connect(&url);
    let before = database.definitions();
    assert!(before.iter().any(|line| line.contains("user_roles_by_name")));
    database.revert();
    assert_eq!(database.columns(), [""; 0]);
    open(&url).unwrap();
    assert_eq!(database.definitions(), before);
}

#[test]
fn a_schema_from_a_later_release_is_left_alone() {
    let (_folder, url) = new_url();
    open(&url).unwrap();
    let mut database = Database::connect(&url);
    database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101')");
    assert!(matches!(open(&url), Err(OpenError::Newer(version)) if version == "29990101"));
    assert_eq!(database.columns(), COLUMNS);
}

#[test]
fn sessions_of_an_earlier_schema_go_on() {
    let (_folder, url) = new_url();
    let store = open(&url).unwrap();
    let user = store.insert(&new_user("alice", Roles::admin()), &BY).unwrap();
    drop(store);
    let mut database = Database::connect(&url);
    revert_to_before(&mut database, "20261128020000");
    database.execute(
        "INSERT INTO sessions (key, user_id, last_active)
         VALUES ('one', 1, 1500000000), ('two', 1, 1500000007)",
    );
    let store = open(&url).unwrap();
    let sessions = store.sessions_of(&UserRef::Id(user.id)).unwrap().unwrap();
    let times: Vec<_> = sessions
        .iter()
        .map(|session| [session.begin_time, session.last_active].map(Timestamp::as_second))
        .collect();
    assert_eq!(times, [[1_500_000_007; 2], [1_500_000_000; 2]]);
    assert!(sessions.iter().all(|session| (1..1 << 53).contains(&session.id.0)));
    assert!(sessions[0].id != sessions[1].id && sessions[0].address.is_none());
}
