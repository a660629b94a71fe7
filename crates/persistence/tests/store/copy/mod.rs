//! Copying between stores: from the suite's backend to itself, and on PostgreSQL also from and to
//! SQLite.

mod contents;
mod refusals;

use rollcall_persistence::{Copied, CopyError, DatabaseUrl, Store, copy};
use tempfile::TempDir;

use super::{database_url, migrations::Database, new_file_url, new_url};

/// Users on more than two pages, with gaps between the ids, and every column in more than one form.
const FILL: &str = "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234)
    INSERT INTO users
        (id, version, create_time, name, name_key, name_skeleton, email, email_key, status,
         password_hash, password_version)
    SELECT i * 3, i % 5, 1500000000 + i, 'Üser ' || i, 'üser ' || i,
        CASE WHEN i % 3 = 0 THEN 'uuser ' || i END,
        CASE WHEN i % 2 = 0 THEN 'U' || i || '@example.com' END,
        CASE WHEN i % 2 = 0 THEN 'u' || i || '@example.com' END,
        CASE WHEN i % 7 = 0 THEN 'DISABLED' ELSE 'ENABLED' END, '$2b$04$secret-' || i, i % 4
    FROM n;
    INSERT INTO user_roles (user_id, name) SELECT id, 'admin' FROM users WHERE id % 5 = 0;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 32)
    INSERT INTO user_roles (user_id, name) SELECT id, 'role-' || i FROM users, n WHERE id < 999";

const USERS: usize = 1234;
const ROLES: usize = 1234 / 5 + 332 * 32;

/// An id on the second page.
const LATER: i64 = 2103;

const ALL_USERS: &str = "SELECT id || '|' || version || '|' || create_time || '|' || name || '|' ||
    name_key || '|' || coalesce(name_skeleton, '-') || '|' ||
    coalesce(email, '-') || '|' || coalesce(email_key, '-') || '|' || status ||
    '|' || password_hash || '|' || password_version AS line FROM users ORDER BY id";

const ALL_ROLES: &str =
    "SELECT user_id || '|' || name AS line FROM user_roles ORDER BY user_id, name";

/// A database for one end of a copy.
struct End {
    url: String,
    _folder: TempDir,
}

impl End {
    fn new((folder, url): (TempDir, String)) -> Self {
        Self { url, _folder: folder }
    }

    fn parsed(&self) -> DatabaseUrl {
        database_url(&self.url)
    }

    fn open(&self) -> Store {
        Store::open(&self.parsed()).unwrap()
    }

    fn database(&self) -> Database {
        Database::connect(&self.url)
    }

    fn filled(self) -> Self {
        drop(self.open());
        self.database().execute(FILL);
        self
    }

    /// Every column of every row.
    fn rows(&self) -> [Vec<String>; 2] {
        [ALL_USERS, ALL_ROLES].map(|query| self.database().lines(query, query))
    }

    fn is_sqlite(&self) -> bool {
        matches!(self.parsed(), DatabaseUrl::Sqlite(_))
    }

    /// Has the database do this with each user before or after it is inserted.
    fn on_insert(&self, when: &str, on_sqlite: &str, on_postgres: &str) {
        self.database().execute(&if self.is_sqlite() {
            format!("CREATE TRIGGER meddle {when} INSERT ON users BEGIN {on_sqlite} END")
        } else {
            format!(
                "CREATE OR REPLACE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN {on_postgres} RETURN NEW; END $$;
                 CREATE TRIGGER meddle {when} INSERT ON users FOR EACH ROW \
                 EXECUTE FUNCTION meddle()"
            )
        });
    }

    fn stop_meddling(&self) {
        let on_users = if self.is_sqlite() { "" } else { "ON users" };
        self.database().execute(&format!("DROP TRIGGER meddle {on_users}"));
    }
}

/// An empty database on each side, in every direction.
fn directions() -> Vec<(End, End)> {
    let mut directions = vec![(End::new(new_url()), End::new(new_url()))];
    if !directions[0].0.is_sqlite() {
        directions.push((End::new(new_file_url()), End::new(new_url())));
        directions.push((End::new(new_url()), End::new(new_file_url())));
    }
    directions
}

fn run(from: &End, to: &End) -> Result<Copied, CopyError> {
    copy(&from.parsed(), &to.parsed(), |_| ())
}
