//! The port of API keys.

use std::thread;

use futures_executor::block_on;
use jiff::{SignedDuration, Timestamp};
use rollcall_domain::{
    Action, AuditStore, Authentication, Caller, KeyStore, PasswordHash, PasswordReplacement,
    Revoked, Roles, Status, User, UserChange, UserId, UserRef, UserStore, Username, WriteError,
    audit::{Actor, ActorContext, AuditAction, AuditQuery, RequestOrigin},
    key::{
        ApiKey, KeyId, KeyName, KeyRequest, KeySecret, MAX_COUNT, NewApiKey, Scope, Scopes,
        USE_STEP,
    },
};
use rollcall_persistence::Store;

use super::{ALWAYS, BY, TestStore, new_store, new_user, winners};

fn new_key(expire_time: Option<Timestamp>) -> NewApiKey {
    let secret = KeySecret::generate().unwrap();
    let name = KeyName::parse("backup job").unwrap();
    let scopes = Scopes::new([Scope::UsersWrite, Scope::UsersRead]);
    NewApiKey {
        id: KeyId::generate().unwrap(),
        hash: secret.hash(),
        prefix: secret.prefix().to_owned(),
        request: KeyRequest { name, scopes, expire_time },
        create_time: whole(Timestamp::now()),
    }
}

fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap()
}

fn create(store: &Store, user: &User) -> ApiKey {
    store.create_key(&UserRef::Id(user.id), &new_key(None), &BY).unwrap()
}

fn find(store: &Store, key: &ApiKey) -> Option<(ApiKey, User)> {
    block_on(store.look_up_key(key.hash)).unwrap()
}

fn ids(store: &Store, user: &User) -> Vec<KeyId> {
    let keys = store.keys_of(&UserRef::Id(user.id)).unwrap().unwrap();
    keys.iter().map(|key| key.id).collect()
}

/// An admin, and a user.
fn stage() -> (TestStore, User, User) {
    let store = new_store();
    let root = store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    let alice = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    (store, root, alice)
}

fn set_password() -> UserChange {
    let hash = PasswordHash::from_store("another".to_owned());
    let password = Some(PasswordReplacement { hash, replaces: None });
    UserChange { password, ..UserChange::default() }
}

fn set_status(status: Status) -> UserChange {
    UserChange { status: Some(status), ..UserChange::default() }
}

fn rename(name: &str) -> UserChange {
    UserChange { name: Username::parse(name).ok(), ..UserChange::default() }
}

/// A change of `target` by a key.
fn by_key(user: &User, key: &ApiKey, target: UserId) -> ActorContext {
    let caller = Caller::User(user.clone(), Authentication::Key(key.id, key.scopes));
    ActorContext::caller(&caller, &RequestOrigin::default(), Action::Update, Some(target))
}

#[test]
fn a_key_is_found_by_its_hash_with_its_user_as_it_is_now() {
    let (store, _, alice) = stage();
    let expire_time = Some(whole(Timestamp::now() + SignedDuration::from_hours(1)));
    let new = new_key(expire_time);
    let key = store.create_key(&UserRef::Name(alice.name.key()), &new, &BY).unwrap();
    assert_eq!(key, new.of_user(alice.id));
    let promote = UserChange { roles: Some(Roles::admin().into()), ..UserChange::default() };
    let alice = store.update(alice.id, &promote, &BY).unwrap();
    assert_eq!(find(&store, &key), Some((key.clone(), alice.clone())));
    assert_eq!(store.keys_of(&UserRef::Id(alice.id)).unwrap(), Some(vec![key]));
    let unknown = KeySecret::generate().unwrap().hash();
    assert_eq!(block_on(store.look_up_key(unknown)).unwrap(), None);
    assert_eq!(store.keys_of(&UserRef::Id(UserId(99))).unwrap(), None);
}

#[test]
fn many_look_ups_at_once_find_each_its_own_key() {
    let (store, root, alice) = stage();
    let keys: Vec<_> =
        (0..40).map(|index| create(&store, if index % 2 == 0 { &root } else { &alice })).collect();
    thread::scope(|scope| {
        for key in &keys {
            let store = &store.store;
            scope.spawn(move || {
                let (found, user) = find(store, key).unwrap();
                assert_eq!((&found, user.id), (key, key.user_id));
            });
        }
    });
}

#[test]
fn only_password_change_disabling_or_deletion_ends_keys() {
    let (store, root, alice) = stage();
    let other = create(&store, &root);
    let keep = UserChange {
        email: Some(None),
        roles: Some(Roles::admin().into()),
        status: Some(Status::Enabled),
        ..rename("Anna")
    };
    let key = create(&store, &alice);
    store.update(alice.id, &keep, &BY).unwrap();
    assert!(find(&store, &key).is_some());
    for end in [set_password(), set_status(Status::Disabled)] {
        let keys = [create(&store, &alice), create(&store, &alice)];
        store.update(alice.id, &end, &BY).unwrap();
        // Enabling the user brings none of them back.
        store.update(alice.id, &set_status(Status::Enabled), &BY).unwrap();
        assert!(keys.iter().all(|key| find(&store, key).is_none()));
        assert_eq!(ids(&store, &alice), []);
    }
    let key = create(&store, &alice);
    store.delete(alice.id, &ALWAYS, &BY).unwrap();
    assert!(find(&store, &key).is_none());
    assert!(find(&store, &other).is_some());
}

#[test]
fn a_change_records_how_many_keys_it_ended() {
    let (store, _, alice) = stage();
    create(&store, &alice);
    create(&store, &alice);
    store.update(alice.id, &set_password(), &BY).unwrap();
    let query = AuditQuery { user: Some(alice.id), limit: 1, ..AuditQuery::default() };
    let changes = store.entries(&query).unwrap().remove(0).event.changes;
    let words: Vec<_> = changes
        .iter()
        .map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref()))
        .collect();
    assert_eq!(words, [("password", None, None), ("keys", Some("2"), Some("0"))]);
}

#[test]
fn a_user_has_at_most_a_hundred_keys_even_at_once() {
    let (store, root, alice) = stage();
    for _ in 0..MAX_COUNT - 3 {
        create(&store, &alice);
    }
    let target = UserRef::Id(alice.id);
    let made = winners(8, |_| match store.create_key(&target, &new_key(None), &BY) {
        Ok(_) => true,
        Err(WriteError::TooManyKeys) => false,
        Err(error) => panic!("{error}"),
    });
    assert_eq!((made, ids(&store, &alice).len()), (3, MAX_COUNT));
    create(&store, &root);
    // An expired key makes room.
    let gone = ids(&store, &alice)[0];
    assert!(store.end_key(&target, gone, &BY).unwrap());
    let expired = new_key(Some(whole(Timestamp::now() - SignedDuration::from_secs(5))));
    store.create_key(&target, &expired, &BY).unwrap();
    create(&store, &alice);
    assert_eq!(ids(&store, &alice).len(), MAX_COUNT);
}

#[test]
fn a_disabled_user_gets_no_key() {
    let (store, _, alice) = stage();
    store.update(alice.id, &set_status(Status::Disabled), &BY).unwrap();
    let refused = store.create_key(&UserRef::Id(alice.id), &new_key(None), &BY);
    assert!(matches!(refused, Err(WriteError::Disabled)));
    let absent = store.create_key(&UserRef::Id(UserId(99)), &new_key(None), &BY);
    assert!(matches!(absent, Err(WriteError::Missing)));
}

#[test]
fn a_key_ends_once_and_only_under_its_user() {
    let (store, root, alice) = stage();
    let key = create(&store, &alice);
    assert!(!store.end_key(&UserRef::Id(root.id), key.id, &BY).unwrap());
    assert!(find(&store, &key).is_some());
    assert!(store.end_key(&UserRef::Id(alice.id), key.id, &BY).unwrap());
    assert!(!store.end_key(&UserRef::Id(alice.id), key.id, &BY).unwrap());
    assert!(find(&store, &key).is_none());
    let ended =
        AuditQuery { action: Some(AuditAction::KeyEnded), limit: 9, ..AuditQuery::default() };
    assert_eq!(store.entries(&ended).unwrap().len(), 1);
}

#[test]
fn the_last_use_is_written_at_most_once_a_minute() {
    let (store, _, alice) = stage();
    let key = create(&store, &alice);
    let last_use = || find(&store, &key).unwrap().0.last_use;
    assert_eq!(last_use(), None);
    let start = whole(Timestamp::now());
    let step = SignedDuration::try_from(USE_STEP).unwrap();
    let soon = start + step - SignedDuration::from_secs(1);
    for (time, expected) in [(start, start), (soon, start), (start + step, start + step)] {
        store.record_key_use(key.id, time).unwrap();
        assert_eq!(last_use(), Some(expected));
    }
    store.end_key(&UserRef::Id(alice.id), key.id, &BY).unwrap();
    store.record_key_use(key.id, start).unwrap();
}

#[test]
fn a_write_by_a_key_is_refused_once_the_key_ends() {
    type End = fn(&Store, &User, &ApiKey);
    let ends: [(&str, End, Revoked); 5] = [
        (
            "ended",
            |store, user, key| {
                assert!(store.end_key(&UserRef::Id(user.id), key.id, &BY).unwrap());
            },
            Revoked::Credentials,
        ),
        (
            "password set",
            |store, user, _| {
                store.update(user.id, &set_password(), &BY).unwrap();
            },
            Revoked::Credentials,
        ),
        (
            "disabled",
            |store, user, _| {
                store.update(user.id, &set_status(Status::Disabled), &BY).unwrap();
            },
            Revoked::Credentials,
        ),
        (
            "deleted",
            |store, user, _| store.delete(user.id, &ALWAYS, &BY).unwrap(),
            Revoked::Credentials,
        ),
        (
            "demoted",
            |store, user, _| {
                let roles = Some(Roles::default().into());
                store.update(user.id, &UserChange { roles, ..UserChange::default() }, &BY).unwrap();
            },
            Revoked::Rights,
        ),
    ];
    for (what, end, expected) in ends {
        let (store, _, alice) = stage();
        let admin = store.insert(&new_user("admin", Roles::admin()), &BY).unwrap();
        let key = create(&store, &admin);
        let by = by_key(&admin, &key, alice.id);
        let changed = store.update(alice.id, &rename("before"), &by).unwrap();
        assert_eq!(changed.name.as_str(), "before", "{what}");
        end(&store, &admin, &key);
        match store.update(alice.id, &rename("after"), &by) {
            Err(WriteError::Revoked(revoked)) => assert_eq!(revoked, expected, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_key_does_not_change_a_user_who_became_an_admin() {
    let (store, root, alice) = stage();
    let key = create(&store, &root);
    let by = by_key(&root, &key, alice.id);
    store.update(alice.id, &rename("before"), &by).unwrap();
    let promote = UserChange { roles: Some(Roles::admin().into()), ..UserChange::default() };
    store.update(alice.id, &promote, &BY).unwrap();
    let refused = store.update(alice.id, &rename("after"), &by);
    assert!(matches!(refused, Err(WriteError::Revoked(Revoked::Rights))));
}

#[test]
fn an_expired_key_writes_nothing() {
    let (store, root, alice) = stage();
    let expired = new_key(Some(whole(Timestamp::now() - SignedDuration::from_secs(1))));
    let key = store.create_key(&UserRef::Id(root.id), &expired, &BY).unwrap();
    let refused = store.update(alice.id, &rename("after"), &by_key(&root, &key, alice.id));
    assert!(matches!(refused, Err(WriteError::Revoked(Revoked::Credentials))));
}

#[test]
fn entries_of_keys_name_them_and_verify() {
    let (store, root, alice) = stage();
    let key = create(&store, &root);
    store.update(alice.id, &rename("anna"), &by_key(&root, &key, alice.id)).unwrap();
    store.end_key(&UserRef::Id(root.id), key.id, &BY).unwrap();
    let query = AuditQuery { limit: 3, ..AuditQuery::default() };
    let mut entries = store.entries(&query).unwrap().into_iter();
    let [ended, changed, created] = [(); 3].map(|()| entries.next().unwrap());
    assert_eq!(changed.actor.key(), Some(key.id));
    assert_eq!(changed.actor.kind_text(), format!("KEY:{}", key.id));
    assert!(
        matches!(&changed.actor, Actor::User { id, name, .. } if *id == root.id && name == "root")
    );
    assert_eq!(
        (created.event.action, ended.event.action),
        (AuditAction::KeyCreated, AuditAction::KeyEnded)
    );
    assert_eq!(created.event.changes[1].after.as_deref(), Some("users:read,users:write"));
    assert_eq!(store.verify(None).unwrap().unwrap().number, ended.number);
}
