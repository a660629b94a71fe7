//! Unusable PostgreSQL databases: each command prints the remedy in one line.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::{
    harness::{ADMIN_PASSWORD, PASSWORD, Postgres, Server, rollcall_on_sqlite},
    import::{lines, sql},
};

/// The commands that open a store, and the server.
const COMMANDS: [&[&str]; 6] = [
    &["serve", "--listen=127.0.0.1:0", "--bcrypt-cost=4"],
    &["user", "list"],
    &["export"],
    &["import", "users.ndjson", "--bcrypt-cost=4"],
    &["audit", "verify"],
    &["copy", "--to=sqlite://copied.db"],
];

/// Those that may change tables, and those of them that may create a store.
const WRITERS: [usize; 4] = [0, 1, 3, 4];
const MAKERS: [usize; 2] = [0, 3];

/// A database of `postgres`, created with these options.
fn database(postgres: &Postgres, name: &str, options: &str) -> String {
    sql(&postgres.url(), "", &format!("CREATE DATABASE {name} {options}"));
    format!("{}{name}", postgres.url().strip_suffix("postgres").unwrap())
}

/// The one line with which a command fails.
fn line(url: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, url, arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.starts_with("error: --"), "{said}");
    said.trim_end().to_owned()
}

fn run(folder: &TempDir, url: &str, arguments: &[&str]) -> std::process::Output {
    fs::write(folder.path().join("users.ndjson"), lines(1..=3)).unwrap();
    let mut command = rollcall_on_sqlite(folder, arguments);
    command.env("ROLLCALL_DATABASE_URL", url).env("ROLLCALL_COPY_FROM", url);
    command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
    command.env("ROLLCALL_SESSION_SECRET", "a session secret that tests share").output().unwrap()
}

/// The database of a store that a server has made, beside the role `app` without rights in it.
fn store_beside_a_role(postgres: &Postgres) -> String {
    sql(&postgres.url(), "", "CREATE ROLE app LOGIN");
    let url = database(postgres, "shared", "");
    drop(Server::start_on(&url));
    url
}

fn tables(url: &str) -> String {
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    sql(url, "", tables)
}

#[test]
fn a_database_in_another_encoding_than_utf8_is_refused() {
    let postgres = Postgres::start();
    for encoding in ["LATIN1", "SQL_ASCII", "WIN1252", "EUC_JP"] {
        let name = format!("in_{}", encoding.to_lowercase());
        let options = format!("TEMPLATE template0 ENCODING '{encoding}'");
        let url = database(&postgres, &name, &options);
        for arguments in COMMANDS {
            let said = line(&url, arguments);
            let expected = format!("has the encoding {encoding}, and it must be UTF8: create it");
            assert!(said.contains(&expected), "{arguments:?}: {said}");
        }
        assert_eq!(tables(&url), "0\n");
    }
}

#[test]
fn a_role_without_create_is_reported_with_the_grant() {
    let postgres = Postgres::start();
    sql(&postgres.url(), "", "CREATE ROLE \"the app\" LOGIN");
    let url = database(&postgres, "shared", "");
    let as_app = url.replace("rollcall@", "the%20app@");
    for number in MAKERS {
        let said = line(&as_app, COMMANDS[number]);
        let expected = "tables that \"the app\" may not create: \
            run GRANT CREATE ON SCHEMA public TO \"the app\"";
        assert!(said.contains(expected), "{said}");
    }
    let said = line(&as_app, COMMANDS[0]);
    let (_, grant) = said.split_once(": run ").unwrap();
    sql(&url, "", grant);
    Server::start_on(&as_app).user("alice");
}

#[test]
fn a_role_that_creates_nothing_serves_current_tables() {
    let postgres = Postgres::start();
    let url = store_beside_a_role(&postgres);
    sql(
        &url,
        "",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app",
    );
    let server = Server::start_on(&url.replace("rollcall@", "app@"));
    server.user("alice");
}

/// The statements that the line recommends.
fn grants(said: &str) -> &str {
    let (_, grants) = said.split_once("has tables that the role may not use: run ").unwrap();
    grants
}

#[test]
fn a_role_without_privileges_is_reported_with_the_grants() {
    let postgres = Postgres::start();
    let url = store_beside_a_role(&postgres);
    let as_app = url.replace("rollcall@", "app@");
    for number in WRITERS {
        let said = line(&as_app, COMMANDS[number]);
        assert!(grants(&said).starts_with("GRANT SELECT, INSERT, UPDATE, DELETE ON "), "{said}");
    }
    for number in [2, 5] {
        let said = line(&as_app, COMMANDS[number]);
        let expected = "GRANT SELECT ON public.users, public.user_roles, public.schema_levels, \
                        public.__diesel_schema_migrations TO app";
        assert_eq!(grants(&said), expected);
    }
    sql(&url, "", grants(&line(&as_app, COMMANDS[1])));
    let mut server = Server::start_on(&as_app);
    let (id, alice) = server.user("alice");
    assert_eq!(server.session("alice", PASSWORD).1.get(&format!("/users/{id}")).status, 200);
    server.change(
        id,
        &json!({"roles": [{"name": "auditor"}], "plaintextPassword": "another password"}),
    );
    assert_eq!(server.admin().delete("/api/v1/users/alice").status, 204);
    assert_eq!(alice.get(&format!("/users/{id}")).status, 401);
    server.process().signal("TERM");
    assert!(server.process().wait().success());
    server.start_again(&[]);
    assert_eq!(server.admin().get("/health/ready").status, 200);
}

#[test]
fn each_missing_privilege_is_named() {
    let postgres = Postgres::start();
    let url = store_beside_a_role(&postgres);
    let as_app = url.replace("rollcall@", "app@");
    sql(&url, "", grants(&line(&as_app, COMMANDS[1])));
    for (table, privileges) in [
        ("users", &["SELECT", "INSERT", "UPDATE", "DELETE"][..]),
        ("sessions", &["INSERT", "DELETE"]),
        ("user_roles", &["INSERT"]),
        ("used_signatures", &["INSERT"]),
        ("audit", &["INSERT"]),
        ("audit_links", &["INSERT"]),
        ("audit_gaps", &["INSERT", "DELETE"]),
        ("audit_head", &["UPDATE"]),
        ("audit_anchor", &["SELECT"]),
        ("hash_cost", &["UPDATE"]),
        ("name_lock", &["UPDATE"]),
        ("__diesel_schema_migrations", &["SELECT"]),
    ] {
        for privilege in privileges {
            sql(&url, "", &format!("REVOKE {privilege} ON {table} FROM app"));
            let said = line(&as_app, COMMANDS[0]);
            let grant = format!("GRANT {privilege} ON public.{table} TO app");
            assert_eq!(grants(&said), grant);
            sql(&url, "", &grant);
        }
    }
    assert!(run(&tempfile::tempdir().unwrap(), &as_app, COMMANDS[1]).status.success());
}

#[test]
fn a_role_that_serves_is_told_what_an_archive_requires() {
    let postgres = Postgres::start();
    let url = store_beside_a_role(&postgres);
    let as_app = url.replace("rollcall@", "app@");
    sql(&url, "", grants(&line(&as_app, COMMANDS[1])));
    let before = format!("--before={}", jiff::Timestamp::now());
    let archive: [&str; 4] = ["audit", "archive", &before, "archive.ndjson"];
    let said = line(&as_app, &archive);
    let expected = "GRANT DELETE ON public.audit, public.audit_links TO app; \
                    GRANT UPDATE ON public.audit_anchor TO app";
    assert_eq!(grants(&said), expected);
    sql(&url, "", expected);
    let done = run(&tempfile::tempdir().unwrap(), &as_app, &archive);
    assert!(done.stdout.starts_with(b"archived 1 entry in archive.ndjson; "), "{done:?}");
}

#[test]
fn an_absent_database_or_role_is_not_waited_for() {
    let postgres = Postgres::start();
    let absent = format!("{}absent", postgres.url().strip_suffix("postgres").unwrap());
    let stranger = postgres.url().replace("rollcall@", "stranger@");
    for url in [absent, stranger] {
        for arguments in COMMANDS {
            let said = line(&url, arguments);
            let expected = "names a database or a role that does not exist: create it, or correct";
            assert!(said.contains(expected) && !said.contains("waiting"), "{said}");
        }
    }
}

#[test]
fn a_role_that_does_not_own_the_tables_is_reported() {
    let postgres = Postgres::start();
    let url = store_beside_a_role(&postgres);
    // As after a release without skeletons.
    sql(
        &url,
        "",
        "DROP INDEX users_by_name_skeleton; ALTER TABLE users DROP COLUMN name_skeleton;
         DELETE FROM __diesel_schema_migrations WHERE version = '20261128030000';
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
         GRANT CREATE ON SCHEMA public TO app",
    );
    let said = line(&url.replace("rollcall@", "app@"), COMMANDS[1]);
    let expected = "can't be migrated by this role: start once as the role that owns the tables";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_read_only_database_is_refused() {
    let postgres = Postgres::start();
    let url = database(&postgres, "reports", "");
    drop(Server::start_on(&url));
    let before = tables(&url);
    sql(&url, "", "ALTER DATABASE reports SET default_transaction_read_only = on");
    // The first is the server, which waits for a minute: a standby may become the primary.
    for number in &WRITERS[1..] {
        for parameter in ["", "?target_session_attrs=any"] {
            let said = line(&format!("{url}{parameter}"), COMMANDS[*number]);
            assert!(said.contains("takes no writes: give the primary"), "{said}");
        }
    }
    assert_eq!(tables(&url), before);
}
