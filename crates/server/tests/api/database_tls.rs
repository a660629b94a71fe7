//! TLS to PostgreSQL.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::harness::{Certificates, Postgres, Server, rollcall_on_sqlite};

/// A PostgreSQL server that requires TLS.
fn start_postgres(certificates: &Certificates) -> Postgres {
    Postgres::start_with(|data: &Path| {
        certificates.install(data);
        let trust = "hostssl all all 127.0.0.1/32 trust\n";
        fs::write(data.join("pg_hba.conf"), trust).unwrap();
        "ssl = on\n"
    })
}

/// Has the binary open the database once, without waiting for it.
fn open(url: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("--database-url={url}");
    rollcall_on_sqlite(&folder, &["user", "list", &url]).output().unwrap()
}

fn verified(url: &str, authority: &Path) -> String {
    format!("{url}?sslmode=verify-full&sslrootcert={}", authority.display())
}

#[test]
fn every_connection_to_a_verified_database_is_encrypted() {
    let certificates = Certificates::make();
    let postgres = start_postgres(&certificates);
    let server = Server::start_on(&verified(&postgres.url(), &certificates.authority()));
    assert_eq!(server.admin().get("/users/1").status, 200);
    let encrypted = "SELECT bool_and(ssl), count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity \
        USING (pid) WHERE application_name = 'rollcall'";
    let url = format!("{}?sslmode=require", postgres.url());
    let said = Command::new("psql").args([&url, "-tAc", encrypted]).output().unwrap();
    assert_eq!(String::from_utf8(said.stdout).unwrap().trim(), "t|t");
}

#[test]
fn a_short_command_succeeds_while_connections_are_opening() {
    let certificates = Certificates::make();
    let postgres = start_postgres(&certificates);
    let url = verified(&postgres.url(), &certificates.authority());
    drop(Server::start_on(&url));
    for _ in 0..40 {
        let output = open(&url);
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn a_database_with_the_wrong_identity_or_no_tls_is_rejected() {
    let certificates = Certificates::make();
    let (postgres, in_the_clear) = (start_postgres(&certificates), Postgres::start());
    let (url, authority) = (postgres.url(), certificates.authority());
    drop(Server::start_on(&verified(&url, &authority)));
    let output = open(&verified(&url, &authority));
    assert!(output.status.success(), "{output:?}");
    let elsewhere = url.replace("127.0.0.1", "localhost");
    let stranger = Certificates::make();
    for (url, reason) in [
        (verified(&url, &stranger.authority()), "certificate verify failed"),
        (verified(&elsewhere, &authority), "does not match host name"),
        (format!("{url}?sslmode=disable"), "no encryption"),
        (format!("{}?sslmode=require", in_the_clear.url()), "does not support SSL"),
    ] {
        let output = open(&url);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(reason), "{said}");
    }
}
