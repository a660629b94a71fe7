//! Names that look like those of others.

use std::ops::ControlFlow;

use rollcall_domain::{
    Email, ImportedUser, NameRule, NewAccount, PasswordHash, Roles, Status, UniqueField,
    UserChange, UserId, UserStore, Username, WriteError, audit::AuditStore,
};
use rollcall_persistence::{Importer, SkeletonPass, Store};

use super::{ALWAYS, BY, TestStore, migrations::Database, new_account, new_store, winners};

const SKELETONS: &str =
    "SELECT name_key || ':' || coalesce(name_skeleton, '-') AS line FROM users ORDER BY id";

fn restricted(name: &str) -> NewAccount {
    let email = Email::parse(&format!("{}@example.com", name.len())).ok();
    let account = NewAccount { email, ..new_account("x", Roles::default()) };
    NewAccount { name: Username::parse(name).unwrap(), name_rule: NameRule::Restricted, ..account }
}

fn any(name: &str) -> NewAccount {
    NewAccount { name_rule: NameRule::Any, email: None, ..restricted(name) }
}

fn rename(name: &str, name_rule: NameRule) -> UserChange {
    UserChange { name: Username::parse(name).ok(), name_rule, ..UserChange::default() }
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
    let admin = store.insert(&any("admin"), &BY).unwrap().id;
    let entries = store.verify(None).unwrap();
    for name in ["аdmin", "ADMıN", "аdmіn"] {
        assert!(is_confusable(&store.insert(&restricted(name), &BY)), "{name}");
    }
    let refused = store.insert(&restricted("ADMIN"), &BY);
    assert!(matches!(refused, Err(WriteError::Duplicate(UniqueField::Name))), "{refused:?}");
    assert_eq!(store.verify(None).unwrap(), entries);
    let bob = store.insert(&restricted("bob"), &BY).unwrap().id;
    assert!(is_confusable(&store.update(bob, &rename("аdmin", NameRule::Restricted), &BY)));
    // A user is not kept from spelling a name of their own in another way.
    store.update(admin, &rename("Аdmin", NameRule::Restricted), &BY).unwrap();
    assert!(is_confusable(&store.update(bob, &rename("admin", NameRule::Restricted), &BY)));
}

#[test]
fn names_in_ascii_alone_are_told_apart() {
    let store = new_store();
    for name in ["bam", "barn", "o0", "0o"] {
        store.insert(&NewAccount { email: None, ..restricted(name) }, &BY).unwrap();
    }
    let mixed = NewAccount { email: None, ..restricted("bаm") };
    assert!(is_confusable(&store.insert(&mixed, &BY)));
}

#[test]
fn where_names_are_not_restricted_any_is_taken() {
    let store = new_store();
    for name in ["admin", "аdmin", "admın"] {
        store.insert(&any(name), &BY).unwrap();
    }
    let bob = store.insert(&any("bob"), &BY).unwrap().id;
    store.update(bob, &rename("αdmin", NameRule::Any), &BY).unwrap();
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
        let account = NewAccount { email: None, ..restricted(&name) };
        let store = if index % 2 == 0 { &store.store } else { &other };
        store.insert(&account, &BY).is_ok()
    });
    assert_eq!((made, skeletons(&store).len()), (1, 1));
}

#[test]
fn what_earlier_releases_have_written_is_filled_in() {
    let store = new_store();
    for number in 0..600 {
        store.insert(&any(&format!("user{number}")), &BY).unwrap();
    }
    store.insert(&any("admin"), &BY).unwrap();
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
    assert!(is_confusable(&store.insert(&restricted("bоss"), &BY)));
}

#[test]
fn imported_users_have_skeletons() {
    let store = new_store();
    let mut importer = Importer::open(&store.url).unwrap();
    let user = ImportedUser {
        name: Username::parse("аdmin").unwrap(),
        email: None,
        status: Status::Enabled,
        roles: Roles::default(),
        create_time: None,
        password_hash: PasswordHash::from_store("hash".to_owned()),
    };
    importer.begin().unwrap();
    importer.add(&[(1, user)]).unwrap();
    importer.commit().unwrap();
    drop(importer);
    assert_eq!(skeletons(&store), ["аdmin:uadrnln"]);
    assert!(is_confusable(&store.insert(&restricted("admin"), &BY)));
    assert!(store.delete(UserId(1), &ALWAYS, &BY).is_ok());
    assert!(store.insert(&restricted("admin"), &BY).is_ok());
}
