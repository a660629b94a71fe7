use jiff::{SignedDuration, Timestamp};
use rollcall_domain::{
    SessionStore, UserId, UserRef, UserStore,
    audit::ActorContext,
    session::{NewSession, SessionId, SessionKey, SessionSecret},
};
use serde_json::{Value, json};

use super::sessions;
use crate::harness::{PASSWORD, Server, Session, until};

#[test]
fn a_list_shows_times_addresses_and_the_current_session() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    let (id, alice) = server.user("alice");
    let log_in = |address: &str| {
        let body = json!({"credentials": {"name": "alice", "password": PASSWORD}});
        let client = server.anonymous().with("x-forwarded-for", address);
        Session::of(&client.post("/tokens", &body).json())
    };
    let before = Timestamp::now();
    let (one, _other) = (log_in("192.0.2.7"), log_in("2001:db8::7"));
    let list = sessions(&alice, id);
    let mut addresses: Vec<_> =
        list.iter().map(|session| session["address"].as_str().unwrap()).collect();
    addresses.sort_unstable();
    assert_eq!(addresses, ["192.0.2.7", "2001:db8::7"]);
    for session in &list {
        let members: Vec<_> = session.as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "beginTime", "lastUseTime", "address", "current"]);
        let begun: Timestamp = session["beginTime"].as_str().unwrap().parse().unwrap();
        assert!(begun.as_second() >= before.as_second() && begun <= Timestamp::now());
        assert_eq!(session["beginTime"], session["lastUseTime"]);
        assert_eq!(session["current"], false);
    }
    let current = |list: &[Value]| -> Vec<Value> {
        let current = list.iter().filter(|session| session["current"] == true);
        current.map(|session| session["address"].clone()).collect()
    };
    let signed = server.anonymous().signing(&one);
    assert_eq!(current(&sessions(&signed, id)), [json!("192.0.2.7")]);
    assert_eq!(current(&sessions(&server.admin_session().1, id)), [Value::Null; 0]);
    // A session key beside a password does not mark a session as current.
    let both = alice.with("sessionKey", &one.key).get(&format!("/users/{id}/sessions"));
    assert_eq!(both.status, 401);
}

#[test]
fn a_list_of_sessions_has_nothing_that_signs() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    let answer = alice.get(&format!("/users/{id}/sessions"));
    assert!(!answer.body.contains(&session.key) && !answer.body.contains(&session.token));
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let shown = answer.json()["sessionList"]["sessions"][0]["id"].to_string();
    let named_by_id = Session { key: shown, token: session.token };
    assert_eq!(server.anonymous().signing(&named_by_id).get("/users/2").status, 401);
}

#[test]
fn the_last_recorded_use_and_its_address_are_shown() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    let store = server.store();
    let account = store.find(&UserRef::Id(UserId(1))).unwrap().unwrap();
    let (id, key) = (SessionId::generate().unwrap(), SessionKey::generate().unwrap());
    let time = Timestamp::now() - SignedDuration::from_secs(3600);
    let session = NewSession { id, key: key.clone(), account, time };
    store.begin_session(&session, &ActorContext::OPERATOR).unwrap();
    let shown = || sessions(&server.admin(), 1).remove(0);
    let begun = format!("{time:.0}");
    assert_eq!((&shown()["id"], &shown()["address"]), (&json!(id.0), &Value::Null));
    assert_eq!((&shown()["beginTime"], &shown()["lastUseTime"]), (&json!(begun), &json!(begun)));
    let token = SessionSecret::new(server.session_secret().as_bytes()).unwrap().token(&key);
    let session = Session { key: key.as_str().into(), token: token.as_str().into() };
    let signed = server.anonymous().signing(&session).with("x-forwarded-for", "192.0.2.9");
    assert_eq!(signed.get("/users/1").status, 200);
    until("the use is not recorded", || shown()["address"] == "192.0.2.9");
    assert_eq!(shown()["beginTime"], begun);
    assert_ne!(shown()["lastUseTime"], begun);
}

#[test]
fn others_are_403_to_users_and_404_to_admins_if_absent() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (other, _) = server.user("bob");
    server.session("bob", PASSWORD);
    let admin = server.admin();
    let paths =
        |user: i64| [format!("/users/{user}/sessions"), format!("/users/{user}/sessions/7")];
    for (method, which) in [("GET", 0), ("DELETE", 0), ("DELETE", 1)] {
        let send = |client: &crate::harness::Client, user: i64| {
            client.send(method, &paths(user)[which], None)
        };
        let refusals = [other, 99, i64::MAX].map(|user| send(&alice, user));
        for refusal in &refusals {
            assert_eq!((refusal.status, &refusal.body), (403, &refusals[0].body));
        }
        assert_eq!(send(&server.anonymous(), id).status, 401);
        let missing = send(&admin, 99);
        assert_eq!(missing.error(), (404, "not-found".to_owned()));
        assert_eq!(missing.json()["detail"], "There is no such user");
        let malformed = format!("/users/x{}", &paths(1)[which]["/users/1".len()..]);
        assert_eq!(alice.send(method, &malformed, None).error().0, 400);
        assert_eq!(server.anonymous().send(method, &malformed, None).status, 401);
    }
    for session in ["0", "x", "-1", "9007199254740992", "01"] {
        let answer = alice.delete(&format!("/users/{id}/sessions/{session}"));
        assert_eq!(answer.error(), (400, "malformed-request".to_owned()), "{session}");
    }
    assert_eq!(sessions(&admin, other).len(), 1);
}
