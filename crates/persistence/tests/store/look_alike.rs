//! Names that look like those of others.

use std::ops::ControlFlow;

use rollcall_domain::{
    AuditStore, NameRule, UniqueField, User, UserChange, UserId, UserStore, Username, WriteError,
};
use rollcall_persistence::{Importer, SkeletonPass, Store};

use super::{ALWAYS, BY, TestStore, migrations::Database, new_store, plain_user, winners};

const SKELETONS: &str =
    "SELECT name_key || ':' || coalesce(name_skeleton, '-') AS line FROM users ORDER BY id";

/// Creates a user for an actor who may choose only names that look like no others.
fn insert_restricted(store: &Store, name: &str) -> Result<User, WriteError> {
    store.insert(&plain_user(name), &BY.with_name_rule(NameRule::Restricted))
}

fn rename(store: &Store, id: UserId, name: &str, rule: NameRule) -> Result<User, WriteError> {
    let change = UserChange { name: Username::parse(name).ok(), ..UserChange::default() };
    store.update(id, &change, &BY.with_name_rule(rule))
}

fn is_confusable<T>(outcome: &Result<T, WriteError>) -> bool {
    matches!(outcome, Err(WriteError::Confusable))
}

fn fill(store: &Store, mut pass: SkeletonPass) {
    while let ControlFlow::Continue(next) = pass.step(store).unwrap() {
        pass = next;
    }
}

fn skeletons(store: &TestStore) -> Vec<String> {
    Database::connect(&store.text).lines(SKELETONS, SKELETONS)
}

#[test]
fn a_name_that_looks_like_another_users_is_refused() {
    let store = new_store();
    let admin = store.insert(&plain_user("admin"), &BY).unwrap().id;
    let entries = store.verify(None).unwrap();
    for name in ["аdmin", "ADMıN", "аdmіn"] {
        assert!(is_confusable(&insert_restricted(&store, name)), "{name}");
    }
    let refused = insert_restricted(&store, "ADMIN");
    assert!(matches!(refused, Err(WriteError::Duplicate(UniqueField::Name))), "{refused:?}");
    assert_eq!(store.verify(None).unwrap(), entries);
    let bob = insert_restricted(&store, "bob").unwrap().id;
    assert!(is_confusable(&rename(&store, bob, "аdmin", NameRule::Restricted)));
    // A user is not kept from spelling a name of their own in another way.
    rename(&store, admin, "Аdmin", NameRule::Restricted).unwrap();
    assert!(is_confusable(&rename(&store, bob, "admin", NameRule::Restricted)));
}

#[test]
fn names_in_ascii_alone_are_told_apart() {
    let store = new_store();
    for name in ["bam", "barn", "o0", "0o"] {
        insert_restricted(&store, name).unwrap();
    }
    assert!(is_confusable(&insert_restricted(&store, "bаm")));
}

#[test]
fn where_names_are_not_restricted_any_is_taken() {
    let store = new_store();
    for name in ["admin", "аdmin", "admın"] {
        store.insert(&plain_user(name), &BY).unwrap();
    }
    let bob = store.insert(&plain_user("bob"), &BY).unwrap().id;
    rename(&store, bob, "αdmin", NameRule::Any).unwrap();
    let expected = ["admin:aadrnln", "аdmin:uadrnln", "admın:uadrnln", "αdmin:uadrnln"];
    assert_eq!(skeletons(&store)[..3], expected[..3]);
    assert_eq!(skeletons(&store).len(), 4);
}

#[test]
fn of_many_that_look_alike_exactly_one_is_made() {
    let store = new_store();
    let other = Store::open(&store.url).unwrap();
    let made = winners(15, |index| {
        let letter = |bit: usize| if ((index + 1) >> bit).is_multiple_of(2) { 'o' } else { 'о' };
        let name: String = (0..4).map(letter).collect();
        let store = if index % 2 == 0 { &store.store } else { &other };
        insert_restricted(store, &name).is_ok()
    });
    assert_eq!((made, skeletons(&store).len()), (1, 1));
}

#[test]
fn what_earlier_releases_have_written_is_filled_in() {
    let store = new_store();
    for number in 0..600 {
        store.insert(&plain_user(&format!("user{number}")), &BY).unwrap();
    }
    store.insert(&plain_user("admin"), &BY).unwrap();
    let (before, entries) = (skeletons(&store), store.verify(None).unwrap());
    assert!(before.iter().all(|line| !line.ends_with(":-")));
    let mut database = Database::connect(&store.text);
    database.execute("UPDATE users SET name_skeleton = NULL");
    fill(&store, SkeletonPass::over_missing());
    assert!(skeletons(&store) == before);
    // Renamed by a release that knows no skeletons.
    database.execute("UPDATE users SET name = 'boss', name_key = 'boss' WHERE name = 'admin'");
    fill(&store, SkeletonPass::over_missing());
    let last = |store| skeletons(store).pop().unwrap();
    assert_eq!(last(&store), "boss:aadrnln");
    fill(&store, SkeletonPass::over_all());
    assert_eq!(last(&store), "boss:aboss");
    assert_eq!(store.verify(None).unwrap(), entries);
    assert!(is_confusable(&insert_restricted(&store, "bоss")));
}

#[test]
fn imported_users_have_skeletons() {
    let store = new_store();
    let mut importer = Importer::open(&store.url).unwrap();
    importer.begin().unwrap();
    importer.add(&[(1, plain_user("аdmin"))]).unwrap();
    importer.commit().unwrap();
    drop(importer);
    assert_eq!(skeletons(&store), ["аdmin:uadrnln"]);
    assert!(is_confusable(&insert_restricted(&store, "admin")));
    assert!(store.delete(UserId(1), &ALWAYS, &BY).is_ok());
    assert!(insert_restricted(&store, "admin").is_ok());
}
