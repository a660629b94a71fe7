//! Sessions that reach their maximum age, even if they are in use.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::{
    SessionStore, UserId, UserRef, UserStore,
    audit::ActorContext,
    session::{NewSession, SessionId, SessionKey, SessionSecret},
};

use super::{path_of, sessions};
use crate::harness::{Client, Server, Session};

const DAY: i64 = 24 * 60 * 60;

/// A session of the first admin that began so many seconds ago and has just been used, and a
/// client that signs with it.
fn old_session(server: &Server, seconds: i64) -> (SessionId, Client) {
    let store = server.store();
    let account = store.find(&UserRef::Id(UserId(1))).unwrap().unwrap();
    let (id, key) = (SessionId::generate().unwrap(), SessionKey::generate().unwrap());
    let time = Timestamp::now() - SignedDuration::from_secs(seconds);
    let session = NewSession { id, key: key.clone(), account, time };
    store.begin_session(&session, &ActorContext::OPERATOR).unwrap();
    store.record_activity(&key, Timestamp::now(), None).unwrap();
    let token = SessionSecret::new(server.session_secret().as_bytes()).unwrap().token(&key);
    let session = Session { key: key.as_str().into(), token: token.as_str().into() };
    (id, server.anonymous().signing(&session))
}

#[test]
fn a_session_in_use_ends_thirty_days_after_it_began() {
    let server = Server::start();
    let (_, over) = old_session(&server, 30 * DAY);
    let (id, live) = old_session(&server, 30 * DAY - 60);
    assert_eq!((over.get("/users").status, live.get("/users").status), (401, 200));
    let shown = sessions(&server.admin(), 1);
    assert_eq!((shown.len(), &shown[0]["id"]), (1, &id.0.into()));
}

#[test]
fn the_maximum_age_is_a_setting() {
    let mut server = Server::start_with(&["--session-max-age=3600"]);
    let (_, over) = old_session(&server, 3600);
    let (_, live) = old_session(&server, 3500);
    assert_eq!((over.get("/users").status, live.get("/users").status), (401, 200));
    // With a higher limit, an expired session that is still stored is valid again.
    server.kill_and_start_again(&["--session-max-age=86400"]);
    let shown = sessions(&server.admin(), 1);
    assert_eq!(shown.len(), 2);
    assert_eq!(server.admin().delete(&path_of(1, &shown[0])).status, 204);
}
