//! The port of sessions.

use futures_executor::block_on;
use jiff::{SignedDuration, Timestamp};
use rollcall_domain::{
    Account, Action, AuditStore, Caller, PasswordHash, PasswordReplacement, Roles, SessionStore,
    Status, UserChange, UserId, UserRef, UserStore, Username, WriteError,
    audit::{ActorContext, AuditAction, AuditQuery, RequestOrigin},
    session::{ACTIVITY_STEP, IDLE, MAX_COUNT, NewSession, Session, SessionId, SessionKey},
};
use rollcall_persistence::Store;

use super::{ALWAYS, BY, migrations::Database, new_store, new_user};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_500_000_000 + second).unwrap()
}

fn key(text: &str) -> SessionKey {
    SessionKey::of(text)
}

/// Makes a user that is no admin, beside one who is.
fn make_user(store: &Store) -> Account {
    store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    let user = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    account(store, user.id)
}

fn account(store: &Store, id: UserId) -> Account {
    store.find(&UserRef::Id(id)).unwrap().unwrap()
}

fn begin(store: &Store, account: &Account, text: &str, time: Timestamp) -> Result<(), WriteError> {
    let id = SessionId::generate().unwrap();
    store.begin_session(&NewSession { id, key: key(text), account: account.clone(), time }, &BY)
}

fn from_address(text: &str) -> ActorContext {
    let origin = RequestOrigin { address: text.parse().ok(), ..RequestOrigin::default() };
    ActorContext::caller(&Caller::Operator, &origin, Action::BeginSession, None)
}

/// The keys of a user's sessions, in the order that they come in.
fn keys(store: &Store, target: &UserRef) -> Vec<String> {
    let sessions = store.sessions_of(target).unwrap().unwrap();
    sessions.iter().map(|session| session.key.as_str().to_owned()).collect()
}

fn is_there(store: &Store, text: &str) -> bool {
    let found = store.find_session(&key(text)).unwrap();
    assert_eq!(block_on(store.look_up_session(key(text))).unwrap(), found);
    found.is_some()
}

fn set_password(hash: &str) -> UserChange {
    let hash = PasswordHash::from_store(hash.to_owned());
    let password = Some(PasswordReplacement { hash, replaces: None });
    UserChange { password, ..UserChange::default() }
}

fn set_status(status: Status) -> UserChange {
    UserChange { status: Some(status), ..UserChange::default() }
}

#[test]
fn a_session_is_found_by_its_key_with_its_user_as_it_is_now() {
    let store = new_store();
    let alice = make_user(&store);
    let (id, account) = (SessionId::generate().unwrap(), alice.clone());
    let new = NewSession { id, key: key("Key"), account, time: at(0) };
    store.begin_session(&new, &from_address("2001:db8::1")).unwrap();
    let promote = UserChange { roles: Some(Roles::admin().into()), ..UserChange::default() };
    let user = store.update(alice.user.id, &promote, &BY).unwrap();
    let session = Session {
        id,
        key: key("Key"),
        user_id: user.id,
        begin_time: at(0),
        last_active: at(0),
        address: "2001:db8::1".parse().ok(),
    };
    assert_eq!(store.sessions_of(&UserRef::Id(user.id)).unwrap(), Some(vec![session.clone()]));
    assert_eq!(store.find_session(&key("Key")).unwrap(), Some((session, user)));
    assert!(is_there(&store, "Key"));
    for other in ["key", "Ke", "Key ", "Key\0", "ключ", ""] {
        assert!(!is_there(&store, other), "{other}");
    }
}

#[test]
fn a_session_does_not_start_with_outdated_credentials() {
    let store = new_store();
    let proved = make_user(&store);
    let id = proved.user.id;
    let refused = |text: &str| match begin(&store, &proved, text, at(0)) {
        Err(WriteError::PasswordChanged | WriteError::Missing) => !is_there(&store, text),
        other => panic!("{other:?}"),
    };
    store.update(id, &set_status(Status::Disabled), &BY).unwrap();
    assert!(refused("disabled"));
    store.update(id, &set_status(Status::Enabled), &BY).unwrap();
    begin(&store, &proved, "the-same-password", at(0)).unwrap();
    store.update(id, &set_password("another"), &BY).unwrap();
    assert!(refused("another-password"));
    store.delete(id, &ALWAYS, &BY).unwrap();
    assert!(refused("deleted"));
}

#[test]
fn a_hash_that_is_renewed_ends_no_session() {
    let store = new_store();
    let proved = make_user(&store);
    begin(&store, &proved, "key", at(0)).unwrap();
    let renewed = PasswordHash::from_store("renewed".to_owned());
    store.renew_hash(proved.user.id, &proved.password_hash, &renewed).unwrap();
    assert!(is_there(&store, "key"));
}

#[test]
fn only_password_change_disabling_or_deletion_ends_sessions() {
    let store = new_store();
    let alice = make_user(&store);
    let id = alice.user.id;
    let root = account(&store, UserId(1));
    begin(&store, &root, "root's", at(0)).unwrap();
    let begin_two = || {
        let alice = account(&store, id);
        for text in ["one", "two"] {
            begin(&store, &alice, text, at(0)).unwrap();
        }
    };
    let are_there = || ["one", "two"].map(|text| is_there(&store, text));
    begin_two();
    let rename = UserChange {
        name: Username::parse("Anna").ok(),
        email: Some(None),
        roles: Some(Roles::admin().into()),
        status: Some(Status::Enabled),
        ..UserChange::default()
    };
    store.update(id, &rename, &BY).unwrap();
    assert_eq!(are_there(), [true; 2]);
    store.update(id, &set_password("another"), &BY).unwrap();
    assert_eq!(are_there(), [false; 2]);
    begin_two();
    store.update(id, &set_status(Status::Disabled), &BY).unwrap();
    assert_eq!(are_there(), [false; 2]);
    store.update(id, &set_status(Status::Enabled), &BY).unwrap();
    begin_two();
    store.delete(id, &ALWAYS, &BY).unwrap();
    assert_eq!(are_there(), [false; 2]);
    assert!(is_there(&store, "root's"));
}

#[test]
fn a_session_is_ended_once() {
    let store = new_store();
    let alice = make_user(&store);
    for text in ["one", "two"] {
        begin(&store, &alice, text, at(0)).unwrap();
    }
    store.end_session(&key("one"), &BY).unwrap();
    assert!(matches!(store.end_session(&key("one"), &BY), Err(WriteError::Missing)));
    assert!(is_there(&store, "two"));
}

#[test]
fn activity_is_written_once_a_minute_and_never_goes_back() {
    let store = new_store();
    let alice = make_user(&store);
    begin(&store, &alice, "key", at(0)).unwrap();
    let address = |number: u8| Some([192, 0, 2, number].into());
    for (number, (time, expected)) in
        (0..).zip([(59, 0), (60, 60), (90, 60), (0, 60), (-3600, 60), (120, 120)])
    {
        store.record_activity(&key("key"), at(time), address(number)).unwrap();
        let (session, _) = store.find_session(&key("key")).unwrap().unwrap();
        assert_eq!((session.last_active, session.begin_time), (at(expected), at(0)), "{time}");
        let from = match expected {
            0 => None,
            60 => address(1),
            _ => address(5),
        };
        assert_eq!(session.address, from, "{time}");
    }
    store.record_activity(&key("gone"), at(0), None).unwrap();
    assert!(!is_there(&store, "gone"));
}

#[test]
fn a_new_session_removes_expired_and_surplus_sessions() {
    let store = new_store();
    let alice = make_user(&store);
    let root = account(&store, UserId(1));
    begin(&store, &root, "over", at(0)).unwrap();
    begin(&store, &root, "live", at(1)).unwrap();
    let day = SignedDuration::try_from(IDLE + ACTIVITY_STEP).unwrap();
    for number in 0..MAX_COUNT {
        let time = at(i64::try_from(number).unwrap()) + day;
        begin(&store, &alice, &format!("key-{number}"), time - SignedDuration::from_secs(1000))
            .unwrap();
    }
    assert!(is_there(&store, "over") && is_there(&store, "key-0"));
    begin(&store, &alice, "one-more", at(0) + day).unwrap();
    assert!(!is_there(&store, "over") && is_there(&store, "live"));
    assert!(!is_there(&store, "key-0"));
    assert!(["key-1", "key-999", "one-more"].iter().all(|text| is_there(&store, text)));
}

#[test]
fn a_users_sessions_come_last_used_first_by_id_and_by_name() {
    let store = new_store();
    let alice = make_user(&store);
    assert_eq!(store.newest_session().unwrap(), None);
    begin(&store, &account(&store, UserId(1)), "root's", at(9)).unwrap();
    for (text, time) in [("first", 0), ("last", 2), ("second", 1)] {
        begin(&store, &alice, text, at(time)).unwrap();
    }
    assert_eq!(store.newest_session().unwrap(), Some(at(9)));
    for target in [UserRef::Id(alice.user.id), super::named("ALICE")] {
        assert_eq!(keys(&store, &target), ["last", "second", "first"]);
        let sessions = store.sessions_of(&target).unwrap().unwrap();
        assert!(
            sessions
                .iter()
                .all(|session| session.user_id == alice.user.id && session.address.is_none())
        );
    }
    assert_eq!(store.sessions_of(&UserRef::Id(UserId(99))).unwrap(), None);
    assert_eq!(store.sessions_of(&super::named("absent")).unwrap(), None);
}

#[test]
fn ending_a_users_sessions_is_one_entry_that_names_each() {
    let store = new_store();
    let alice = make_user(&store);
    let (target, root) = (UserRef::Id(alice.user.id), account(&store, UserId(1)));
    begin(&store, &root, "root's", at(0)).unwrap();
    for text in ["one", "three", "two"] {
        begin(&store, &alice, text, at(0)).unwrap();
    }
    let of_root = store.find_session(&key("root's")).unwrap().unwrap().0.id;
    assert_eq!(store.end_sessions(&target, Some(of_root), &BY).unwrap(), 0);
    let one = store.find_session(&key("one")).unwrap().unwrap().0.id;
    assert_eq!(store.end_sessions(&target, Some(one), &BY).unwrap(), 1);
    assert_eq!(store.end_sessions(&target, Some(one), &BY).unwrap(), 0);
    assert_eq!(store.end_sessions(&target, None, &BY).unwrap(), 2);
    assert_eq!(store.end_sessions(&target, None, &BY).unwrap(), 0);
    assert!(is_there(&store, "root's") && keys(&store, &target).is_empty());
    let missing = UserRef::Id(UserId(99));
    assert!(matches!(store.end_sessions(&missing, None, &BY), Err(WriteError::Missing)));
    let action = Some(AuditAction::SessionEnded);
    let query = AuditQuery { user: Some(alice.user.id), action, ..AuditQuery::default() };
    let ended = |entry: &rollcall_domain::audit::AuditEntry| -> Vec<_> {
        entry.event.changes.iter().filter_map(|change| change.before.clone()).collect()
    };
    let entries: Vec<_> = store.entries(&query).unwrap().iter().map(ended).collect();
    assert_eq!(entries, [vec!["three", "two"], vec!["one"]]);
}

#[test]
fn used_signatures_are_kept_until_they_are_taken_once() {
    let store = new_store();
    assert!(store.take_signatures().unwrap().is_empty());
    let large = vec![7; 11 << 20];
    for remembered in [&b"one"[..], b"", &large] {
        store.keep_signatures(remembered).unwrap();
    }
    let mut taken = store.take_signatures().unwrap();
    taken.sort_by_key(Vec::len);
    assert!(taken == [vec![], b"one".to_vec(), large]);
    assert!(store.take_signatures().unwrap().is_empty());
}

#[test]
fn what_an_earlier_release_writes_has_an_id_and_no_address() {
    let store = new_store();
    let alice = make_user(&store);
    let id = alice.user.id;
    let mut database = Database::connect(&store.text);
    for text in ["one", "two"] {
        let values = format!("VALUES ('{text}', {id}, 1500000000)");
        database.execute(&format!("INSERT INTO sessions (key, user_id, last_active) {values}"));
    }
    let sessions = store.sessions_of(&UserRef::Id(id)).unwrap().unwrap();
    let ids: Vec<_> = sessions.iter().map(|session| session.id).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    for session in sessions {
        assert!((1..1 << 53).contains(&session.id.0));
        assert_eq!((session.last_active, session.address), (at(0), None));
        assert!(Timestamp::now().duration_since(session.begin_time).as_secs() < 60);
    }
}
