//! The port of reset codes.

use jiff::Timestamp;
use rollcall_domain::{
    Account, AuditStore, NewResetCode, PasswordHash, PasswordReplacement, ResetCode, ResetCodeHash,
    ResetCodeStore, Roles, SessionStore, Status, UserChange, UserId, UserRef, UserStore,
    WriteError,
    audit::{ActorContext, ActorKind, AuditAction, AuditEntry, AuditQuery, RequestOrigin},
    session::{NewSession, SessionId, SessionKey},
};
use rollcall_persistence::Store;

use super::{ALWAYS, BY, new_store, new_user, winners};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_500_000_000 + second).unwrap()
}

/// Makes a user and returns its account.
fn make(store: &Store, name: &str) -> Account {
    let id = store.insert(&new_user(name, Roles::default()), &BY).unwrap().id;
    store.find(&UserRef::Id(id)).unwrap().unwrap()
}

/// Creates a code of the user that expires at the hundredth second, and returns its hash.
fn create(store: &Store, user_id: UserId) -> ResetCodeHash {
    let hash = ResetCode::generate().unwrap().hash();
    let code = NewResetCode { hash: hash.clone(), user_id, expire_time: at(100) };
    store.create_reset_code(&code, &BY).unwrap();
    hash
}

fn password(text: &str) -> PasswordReplacement {
    PasswordReplacement { hash: PasswordHash::from_store(text.to_owned()), replaces: None }
}

fn redeem(store: &Store, hash: &ResetCodeHash, account: &Account) -> Result<(), WriteError> {
    let by = ActorContext::reset_code(&account.user, &RequestOrigin::default());
    store.redeem_reset_code(hash, account.user.id, at(99), &password("new"), &by).map(drop)
}

fn is_found(store: &Store, hash: &ResetCodeHash) -> bool {
    store.find_reset_code(hash, at(0)).unwrap().is_some()
}

fn newest(store: &Store) -> AuditEntry {
    store.entries(&AuditQuery { limit: 1, ..AuditQuery::default() }).unwrap().remove(0)
}

#[test]
fn a_code_is_of_its_user_until_it_expires() {
    let store = new_store();
    let [alice, bob] = ["alice", "bob"].map(|name| make(&store, name));
    let hash = create(&store, alice.user.id);
    assert_eq!(newest(&store).event.action, AuditAction::ResetCodeCreated);
    assert_eq!(newest(&store).event.user.unwrap().id, alice.user.id);
    assert_eq!(store.find_reset_code(&hash, at(99)).unwrap(), Some(alice.clone()));
    assert_eq!(store.find_reset_code(&hash, at(100)).unwrap(), None);
    let unknown = ResetCode::generate().unwrap().hash();
    assert_eq!(store.find_reset_code(&unknown, at(0)).unwrap(), None);
    let by = ActorContext::reset_code(&alice.user, &RequestOrigin::default());
    let redeem = |hash, user: &Account, time| {
        store.redeem_reset_code(hash, user.user.id, time, &password("new"), &by)
    };
    for refused in [
        redeem(&hash, &alice, at(100)),
        redeem(&hash, &bob, at(0)),
        redeem(&unknown, &alice, at(0)),
    ] {
        assert!(matches!(refused, Err(WriteError::Missing)), "{refused:?}");
    }
    assert_eq!(redeem(&hash, &alice, at(99)).unwrap().version.0, 1);
    assert!(matches!(redeem(&hash, &alice, at(99)), Err(WriteError::Missing)));
}

#[test]
fn a_redeemed_code_sets_the_password_and_ends_sessions() {
    let store = new_store();
    let alice = make(&store, "alice");
    let id = SessionId::generate().unwrap();
    let key = SessionKey::of("key");
    let session = NewSession { id, key: key.clone(), account: alice.clone(), time: at(0) };
    store.begin_session(&session, &BY).unwrap();
    let hash = create(&store, alice.user.id);
    redeem(&store, &hash, &alice).unwrap();
    let now = store.find(&UserRef::Id(alice.user.id)).unwrap().unwrap();
    assert_eq!(now.password_hash, PasswordHash::from_store("new".to_owned()));
    assert_eq!(now.password_version, alice.password_version.next());
    assert!(store.find_session(&key).unwrap().is_none());
    let entry = newest(&store);
    let (kind, actor, name) = entry.actor.parts();
    assert_eq!((kind, actor), (ActorKind::ResetCode, Some(alice.user.id)));
    assert_eq!((entry.event.action, name), (AuditAction::UserChanged, Some("alice")));
    let fields: Vec<_> = entry.event.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["password", "sessions"]);
    store.verify(None).unwrap().unwrap();
}

#[test]
fn a_new_code_and_each_change_that_ends_sessions_end_a_code() {
    let store = new_store();
    let root = store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    let alice = make(&store, "alice");
    let id = alice.user.id;
    let first = create(&store, id);
    let second = create(&store, id);
    assert!(!is_found(&store, &first) && is_found(&store, &second));
    let of_root = create(&store, root.id);
    let set = |change: &UserChange| store.update(id, change, &BY).unwrap();
    set(&UserChange { email: Some(None), ..UserChange::default() });
    set(&UserChange { roles: Some(Roles::admin().into()), ..UserChange::default() });
    assert!(is_found(&store, &second));
    set(&UserChange { password: Some(password("another")), ..UserChange::default() });
    assert!(!is_found(&store, &second));
    let third = create(&store, id);
    set(&UserChange { status: Some(Status::Disabled), ..UserChange::default() });
    set(&UserChange { status: Some(Status::Enabled), ..UserChange::default() });
    assert!(!is_found(&store, &third));
    let last = create(&store, id);
    store.delete(id, &ALWAYS, &BY).unwrap();
    assert!(!is_found(&store, &last) && is_found(&store, &of_root));
}

#[test]
fn a_disabled_user_has_no_code_and_gets_none() {
    let store = new_store();
    let alice = make(&store, "alice");
    let hash = create(&store, alice.user.id);
    let found = store.find_reset_code(&hash, at(0)).unwrap().unwrap();
    // Between the look-up and the write of a redemption.
    let disable = UserChange { status: Some(Status::Disabled), ..UserChange::default() };
    store.update(alice.user.id, &disable, &BY).unwrap();
    assert!(matches!(redeem(&store, &hash, &found), Err(WriteError::Missing)));
    let code = NewResetCode { hash, user_id: alice.user.id, expire_time: at(100) };
    assert!(matches!(store.create_reset_code(&code, &BY), Err(WriteError::Disabled)));
    let absent = NewResetCode { user_id: UserId(99), ..code };
    assert!(matches!(store.create_reset_code(&absent, &BY), Err(WriteError::Missing)));
}

#[test]
fn of_fifty_redemptions_on_three_stores_one_wins() {
    let store = new_store();
    let replicas = [(); 2].map(|()| Store::open(&store.url).unwrap());
    let stores = [&*store, &replicas[0], &replicas[1]];
    for round in 0..3 {
        let alice = make(&store, &format!("alice{round}"));
        let hash = create(&store, alice.user.id);
        let entries = newest(&store).number;
        let redeemed = winners(50, |index| match redeem(stores[index % 3], &hash, &alice) {
            Ok(()) => true,
            Err(WriteError::Missing) => false,
            Err(error) => panic!("{error}"),
        });
        assert_eq!((redeemed, newest(&store).number), (1, entries + 1));
        let now = store.find(&UserRef::Id(alice.user.id)).unwrap().unwrap();
        assert_eq!(now.user.version.0, 1);
    }
}
