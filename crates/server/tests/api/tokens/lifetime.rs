//! The beginning and the end of sessions.

use std::os::unix::fs::PermissionsExt;

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::{
    SessionStore, UserId, UserRef, UserStore,
    audit::ActorContext,
    session::{NewSession, SessionId, SessionKey, SessionSecret},
};
use serde_json::{Value, json};

use crate::harness::{
    ADMIN_PASSWORD, Client, PASSWORD, Process, Server, Session, rollcall, rollcall_on_sqlite, until,
};

const SECRET: &str = "data/rollcall.db-session-secret";

/// A change of a user, given the user's client, id and name.
type Change<'a> = &'a dyn Fn(&Client, i64, &str);

/// A session of the first admin, last used `seconds` ago, and a client that signs with it.
fn idle_session(server: &Server, seconds: i64) -> (SessionKey, Client) {
    let store = server.store();
    let account = store.find(&UserRef::Id(UserId(1))).unwrap().unwrap();
    let key = SessionKey::generate().unwrap();
    let time = Timestamp::now() - SignedDuration::from_secs(seconds);
    let id = SessionId::generate().unwrap();
    let session = NewSession { id, key: key.clone(), account, time };
    store.begin_session(&session, &ActorContext::OPERATOR).unwrap();
    let token = SessionSecret::new(server.session_secret().as_bytes()).unwrap().token(&key);
    let session = Session { key: key.as_str().into(), token: token.as_str().into() };
    let client = server.anonymous().signing(&session);
    (key, client)
}

#[test]
fn a_session_survives_a_kill() {
    let mut server = Server::start();
    let (session, _) = server.admin_session();
    server.kill_and_start_again(&[]);
    assert_eq!(server.anonymous().signing(&session).get("/users").status, 200);
}

#[test]
fn the_secret_beside_a_file_is_its_owners_alone() {
    let server = Server::start_on_sqlite();
    let secret = std::fs::metadata(server.folder().path().join(SECRET)).unwrap();
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_new_secret_ends_all_sessions_and_a_weak_one_is_rejected() {
    let mut server = Server::start_on_sqlite();
    let (session, _) = server.admin_session();
    let file = server.folder().path().join(SECRET);
    std::fs::write(&file, "another secret of at least 32 bytes").unwrap();
    server.kill_and_start_again(&[]);
    assert_eq!(server.anonymous().signing(&session).get("/users").status, 401);
    for guessed in ["short", &"again".repeat(10)] {
        std::fs::write(&file, format!("{guessed}\n")).unwrap();
        let mut command = rollcall_on_sqlite(server.folder(), &["--listen=127.0.0.1:0"]);
        let mut process = Process::start(&mut command);
        assert!(!process.wait().success());
        let line = process.wait_for("error:");
        assert!(line.contains(SECRET) && line.contains("at least 32 bytes, 8 of"), "{line}");
        assert!(!line.contains(guessed), "{line}");
    }
}

#[test]
fn processes_that_share_a_database_must_be_given_their_secret() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["--database-url=postgres://sample:secret@127.0.0.1:1/none"];
    for (secret, expected) in [
        (None, "ROLLCALL_SESSION_SECRET or ROLLCALL_SESSION_SECRET_FILE is required"),
        (Some("short"), "must be at least 32 bytes"),
    ] {
        let mut command = rollcall_on_sqlite(&folder, &serve);
        command.envs(secret.map(|secret| ("ROLLCALL_SESSION_SECRET", secret)));
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.starts_with("error: ") && said.contains(expected), "{said}");
        assert!(said.lines().count() == 1 && !said.contains("secret@"), "{said}");
    }
}

#[test]
fn servers_with_the_same_secret_share_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = rollcall(&folder, &["--listen=127.0.0.1:0", "--bcrypt-cost=4"]);
        command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
        let process = Process::start(
            command.env("ROLLCALL_SESSION_SECRET", "a secret that both of them share"),
        );
        let line = process.wait_for("listening on http://");
        (process, Client::new(line.split_once("http://").unwrap().1, None))
    };
    let ((_one, at_one), (_other, at_other)) = (start(), start());
    let body = json!({"credentials": {"name": "admin", "password": ADMIN_PASSWORD}});
    let session = Session::of(&at_one.post("/tokens", &body).json());
    assert_eq!(at_other.signing(&session).get("/users").status, 200);
    let ended = at_one.signing(&session).delete(&format!("/tokens/{}", session.key));
    assert_eq!(ended.status, 204);
    assert_eq!(at_other.signing(&session).get("/users").status, 401);
    assert!(!folder.path().join(SECRET).exists());
}

#[test]
fn password_change_disabling_or_deletion_ends_every_session() {
    let server = Server::start();
    let admin = server.admin();
    let new = json!("another fine password");
    let changes: [(&str, Change<'_>); 5] = [
        ("own password", &|alice, id, _| change(alice, id, &json!({"plaintextPassword": new}))),
        ("own password, by name", &|alice, _, name| {
            let value = json!({"current_password": PASSWORD, "password": new});
            let path = format!("/api/v1/users/{name}");
            assert_eq!(alice.patch(&path, &json!({ "value": value })).status, 200);
        }),
        ("the same password", &|_, id, _| {
            change(&admin, id, &json!({"plaintextPassword": PASSWORD}));
        }),
        ("disabled", &|_, id, _| {
            change(&admin, id, &json!({"status": "DISABLED"}));
            change(&admin, id, &json!({"status": "ENABLED"}));
        }),
        ("deleted", &|_, _, name| {
            assert_eq!(admin.delete(&format!("/api/v1/users/{name}")).status, 204);
        }),
    ];
    for (number, (what, apply)) in changes.into_iter().enumerate() {
        let name = format!("alice{number}");
        let (id, alice) = server.user(&name);
        let sessions = [(); 2].map(|()| server.session(&name, PASSWORD).1);
        let path = format!("/users/{id}");
        assert!(sessions.iter().all(|signed| signed.get(&path).status == 200));
        apply(&alice, id, &name);
        assert!(sessions.iter().all(|signed| signed.get(&path).status == 401), "{what}");
    }
    assert_eq!(server.admin_session().1.get("/users").status, 200);
}

fn change(client: &Client, id: i64, info: &Value) {
    let answer = client.patch(&format!("/users/{id}"), &json!({ "userInfo": info }));
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn the_command_line_ends_sessions_too() {
    let server = Server::start();
    server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    assert_eq!(signed.get("/users/2").status, 200);
    let mut command = rollcall(server.folder(), &["user", "passwd", "alice", "--bcrypt-cost=4"]);
    let mut process = Process::start(&mut command);
    std::io::Write::write_all(&mut process.stdin(), b"another fine password\n").unwrap();
    assert!(process.wait().success());
    assert_eq!(signed.get("/users/2").status, 401);
}

#[test]
fn other_changes_apply_at_once_and_end_no_session() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    server.change(id, &json!({"roles": [{"name": "admin"}], "name": "Anna", "email": ""}));
    assert_eq!(signed.get("/users").status, 200);
    server.change(id, &json!({"roles": []}));
    assert_eq!(signed.get("/users").status, 403);
    assert_eq!(signed.get("/api/v1/users/anna").status, 200);
}

#[test]
fn a_session_ends_after_a_day_without_activity() {
    const DAY: i64 = 24 * 60 * 60;
    let server = Server::start();
    let (_, idle) = idle_session(&server, DAY);
    assert_eq!(idle.get("/users").status, 200);
    // A use within the last minute is not written.
    let (key, idle) = idle_session(&server, DAY + 61);
    assert_eq!(idle.get("/users").status, 401);
    assert!(server.store().find_session(&key).unwrap().is_some());
    server.admin_session();
    assert!(server.store().find_session(&key).unwrap().is_none());
}

#[test]
fn activity_is_written_once_it_is_a_minute_old() {
    let server = Server::start();
    let last_active = |key| server.store().find_session(key).unwrap().unwrap().0.last_active;
    let (stale, signed) = idle_session(&server, 61);
    let (fresh, also_signed) = idle_session(&server, 30);
    let (stale_before, fresh_before) = (last_active(&stale), last_active(&fresh));
    assert_eq!(also_signed.get("/users").status, 200);
    assert_eq!(signed.get("/users").status, 200);
    until("the session's use is not noted", || last_active(&stale) != stale_before);
    assert!(Timestamp::now().duration_since(last_active(&stale)).as_secs() < 30);
    assert_eq!(last_active(&fresh), fresh_before);
}
