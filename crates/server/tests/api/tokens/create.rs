use std::{fs, thread};

use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, PASSWORD, Server};

#[test]
fn a_login_returns_a_session_that_must_not_be_cached() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    for (name, password, user_id, admin) in
        [("ALICE", PASSWORD, id, false), ("root", ADMIN_PASSWORD, 1, true)]
    {
        let body = json!({"credentials": {"name": name, "password": password}});
        let answer = server.anonymous().post("/tokens", &body);
        assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"));
        let session = &answer.json()["sessionToken"];
        assert_eq!((&session["userId"], &session["admin"]), (&json!(user_id), &json!(admin)));
        let members: Vec<_> = session.as_object().unwrap().keys().collect();
        assert_eq!(members, ["userId", "key", "token", "admin"]);
        // Relative to `/tokens`, below any prefix.
        assert_eq!(
            answer.header("location"),
            format!("tokens/{}", session["key"].as_str().unwrap())
        );
        let made = server.admin().delete(&format!("/{}", answer.header("location")));
        assert_eq!(made.status, 204);
    }
}

#[test]
fn two_logins_are_two_sessions() {
    let server = Server::start();
    let ((one, _), (other, _)) = (server.admin_session(), server.admin_session());
    assert!(one.key != other.key && one.token != other.token);
}

#[test]
fn neither_a_stolen_store_nor_the_log_can_sign() {
    let mut server = Server::start_on_sqlite();
    let (session, client) = server.admin_session();
    assert_eq!(client.get("/users").status, 200);
    let secret = fs::read(server.folder().path().join("data/rollcall.db-session-secret")).unwrap();
    let contains =
        |hay: &[u8], needle: &[u8]| hay.windows(needle.len()).any(|window| window == needle);
    let mut is_key_found = false;
    for file in ["rollcall.db", "rollcall.db-wal"] {
        let bytes = fs::read(server.folder().path().join("data").join(file)).unwrap();
        assert!(!contains(&bytes, session.token.as_bytes()));
        assert!(!contains(&bytes, secret.trim_ascii()));
        is_key_found |= contains(&bytes, session.key.as_bytes());
    }
    assert!(is_key_found);
    assert!(!server.process().said().contains(&session.token));
}

#[test]
fn a_valid_login_succeeds_despite_concurrent_changes() {
    let mut server = Server::start();
    let (id, _) = server.user("alice");
    for cost in [5, 6, 7, 8] {
        server.kill_and_start_again(&[&format!("--bcrypt-cost={cost}")]);
        let body = json!({"credentials": {"name": "alice", "password": PASSWORD}});
        thread::scope(|scope| {
            let (server, body) = (&server, &body);
            let logins: Vec<_> = (0..6)
                .map(|_| scope.spawn(move || server.anonymous().post("/tokens", body).status))
                .collect();
            for number in 0..10 {
                server.change(id, &json!({"email": format!("alice{number}@example.com")}));
            }
            let statuses: Vec<_> =
                logins.into_iter().map(|thread| thread.join().unwrap()).collect();
            assert_eq!(statuses, [201; 6]);
        });
    }
}

#[test]
fn every_wrong_login_is_the_same_answer() {
    let server = Server::start();
    server.user("alice");
    let (id, _) = server.user("disabled");
    server.change(id, &json!({"status": "DISABLED"}));
    let refusals = [
        ("absent", PASSWORD),
        ("alice", "wrong password"),
        ("alice", ""),
        ("", ""),
        ("disabled", PASSWORD),
        ("not a name", PASSWORD),
    ]
    .map(|(name, password)| {
        let body = json!({"credentials": {"name": name, "password": password}});
        server.anonymous().post("/tokens", &body)
    });
    for refusal in &refusals {
        assert_eq!((refusal.status, &refusal.body), (401, &refusals[0].body));
        assert!(!refusal.header("www-authenticate").is_empty());
    }
}

#[test]
fn missing_fields_are_named() {
    let server = Server::start();
    for (body, fields) in [
        (json!({}), vec!["credentials.name", "credentials.password"]),
        (json!({"credentials": null}), vec!["credentials.name", "credentials.password"]),
        (json!({"credentials": {"name": "a"}}), vec!["credentials.password"]),
        (json!({"credentials": {"name": null, "password": "b"}}), vec!["credentials.name"]),
    ] {
        let answer = server.anonymous().post("/tokens", &body);
        assert_eq!(answer.error(), (400, "invalid-fields".to_owned()));
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        let named: Vec<_> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields);
    }
    let unknown = json!({"credentials": {"name": "a", "password": "b", "otp": "c"}});
    let answer = server.anonymous().post("/tokens", &unknown);
    assert_eq!(answer.error(), (400, "malformed-request".to_owned()));
    assert!(answer.body.contains("credentials.otp"), "{}", answer.body);
}

#[test]
fn guesses_at_log_ins_are_throttled() {
    let server = Server::start();
    let guess = |number: i32| {
        let body = json!({"credentials": {"name": "root", "password": format!("guess {number}")}});
        server.anonymous().post("/tokens", &body)
    };
    for number in 0..10 {
        assert_eq!(guess(number).status, 401);
    }
    let answer = guess(10);
    assert_eq!(answer.status, 429);
    assert!(!answer.header("retry-after").is_empty());
}

#[test]
fn session_1001_replaces_the_users_longest_idle_session() {
    use rollcall_domain::{
        NameKey, SessionStore, UserRef, UserStore, audit::ActorContext, session,
    };
    let server = Server::start();
    let (_, first) = server.admin_session();
    let store = server.store();
    let account = store.find(&UserRef::Name(NameKey::of("root"))).unwrap().unwrap();
    let time = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(1);
    for number in 1..session::MAX_COUNT {
        let key = session::SessionKey::of(&format!("key-{number}"));
        let id = session::SessionId::generate().unwrap();
        let session = session::NewSession { id, key, account: account.clone(), time };
        store.begin_session(&session, &ActorContext::OPERATOR).unwrap();
    }
    assert_eq!(first.get("/users").status, 200);
    let (_, last) = server.admin_session();
    assert_eq!((first.get("/users").status, last.get("/users").status), (401, 200));
}
