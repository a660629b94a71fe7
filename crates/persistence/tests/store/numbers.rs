//! Ids, versions and numbers of audit entries stay below 2^53.

use rollcall_domain::{
    AuditStore, Roles, StoreError, UserChange, UserId, UserOrder, UserRef, UserStore, Username,
    Version, WriteError, limits::LARGEST_NUMBER,
};
use rollcall_persistence::Importer;

use crate::{BY, TestStore, all, migrations::Database, new_store, new_user, plain_user};

const LAST_BUT_ONE: i64 = LARGEST_NUMBER - 1;

/// Has the store give `LARGEST_NUMBER` as its next id.
fn exhaust_ids(store: &TestStore) {
    let statement = if store.text.starts_with("sqlite:") {
        format!("UPDATE sqlite_sequence SET seq = {LAST_BUT_ONE} WHERE name = 'users'")
    } else {
        format!("SELECT setval('users_id_seq', {LAST_BUT_ONE})")
    };
    Database::connect(&store.text).execute(&statement);
}

fn rename(name: &str) -> UserChange {
    UserChange { name: Username::parse(name).ok(), ..UserChange::default() }
}

#[track_caller]
fn assert_exhausted<T: std::fmt::Debug>(refused: &Result<T, WriteError>) {
    let is_exhausted = matches!(
        refused,
        Err(WriteError::Store(StoreError::Internal(error)))
            if error.to_string().starts_with("no number is left; ")
    );
    assert!(is_exhausted, "{refused:?}");
}

#[test]
fn no_id_is_larger_than_2_to_the_53() {
    let store = new_store();
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    exhaust_ids(&store);
    let last = store.insert(&new_user("bob", Roles::default()), &BY).unwrap();
    assert_eq!(last.id, UserId(LARGEST_NUMBER));
    for _ in 0..2 {
        assert_exhausted(&store.insert(&new_user("carol", Roles::default()), &BY));
    }
    assert_eq!(all(&store, UserOrder::Id).len(), 2);
}

#[test]
fn no_imported_id_is_larger_than_2_to_the_53() {
    let store = new_store();
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    exhaust_ids(&store);
    let mut importer = Importer::open(&store.url).unwrap();
    importer.begin().unwrap();
    let refused = importer.add(&[(1, plain_user("bob")), (2, plain_user("carol"))]).unwrap_err();
    assert!(refused.to_string().contains("no number is left; "), "{refused}");
    drop(importer);
    assert_eq!(all(&store, UserOrder::Id).len(), 1);
}

#[test]
fn no_version_is_larger_than_2_to_the_53() {
    let store = new_store();
    let user = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    Database::connect(&store.text).execute(&format!("UPDATE users SET version = {LAST_BUT_ONE}"));
    let last = store.update(user.id, &rename("alina"), &BY).unwrap();
    assert_eq!(last.version, Version(LARGEST_NUMBER));
    assert_exhausted(&store.update(user.id, &rename("alison"), &BY));
    let account = store.find(&UserRef::Id(user.id)).unwrap().unwrap();
    assert_eq!(account.user, last);
}

#[test]
fn no_audit_entry_is_larger_than_2_to_the_53() {
    let store = new_store();
    Database::connect(&store.text)
        .execute(&format!("UPDATE audit_head SET number = {LAST_BUT_ONE}"));
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    // Has the entry linked, which gets the last number.
    assert!(store.verify(None).unwrap().is_err());
    assert_exhausted(&store.insert(&new_user("bob", Roles::default()), &BY));
    assert_eq!(all(&store, UserOrder::Id).len(), 1);
}
