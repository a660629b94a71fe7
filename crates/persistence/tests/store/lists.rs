//! Lists of every user.

use std::{ops::ControlFlow, thread};

use rollcall_domain::{
    ListError, NamedUser, RoleName, Roles, StoreError, UserChange, UserOrder, UserStore, Username,
};
use rollcall_persistence::Store;

use super::{ALWAYS, BY, all, new_store, new_user, pooler};

/// More than are fetched at a time.
const MANY: usize = 1100;

fn roles(names: &[&str]) -> Roles {
    Roles::new(names.iter().map(|name| RoleName::parse(name).unwrap())).unwrap()
}

#[test]
fn every_user_comes_once_with_all_roles_in_either_order() {
    let store = new_store();
    let made: Vec<_> = (0..MANY)
        .map(|number| {
            let given = [&["a", "b"][..], &[], &["admin"]][number % 3];
            let account = new_user(&format!("User{:04}", MANY - number), roles(given));
            store.insert(&account, &BY).unwrap()
        })
        .collect();
    assert_eq!(all(&store, UserOrder::Id), made);
    let by_name: Vec<_> = made.into_iter().rev().collect();
    assert_eq!(all(&store, UserOrder::Name), by_name);
}

/// What the list of names says of each user, from the list of users.
fn names(store: &Store) -> Vec<NamedUser> {
    let users = all(store, UserOrder::Name).into_iter();
    users.map(|user| NamedUser { is_admin: user.roles.include_admin(), name: user.name }).collect()
}

fn listed_names(store: &Store) -> Vec<NamedUser> {
    let mut names = Vec::new();
    let mut each = |user| {
        names.push(user);
        ControlFlow::Continue(())
    };
    store.list_names(None, &mut each).unwrap();
    names
}

#[test]
fn names_come_in_order_as_they_are_spelled() {
    let store = new_store();
    for number in 0..MANY {
        let spelling = ["user", "User", "ÜSER"][number % 3];
        let given = [&["a", "b"][..], &[], &["admin", "b"], &["Admins"]][number % 4];
        let account = new_user(&format!("{spelling}{:04}", number * 7 % MANY), roles(given));
        store.insert(&account, &BY).unwrap();
    }
    let listed = listed_names(&store);
    assert_eq!((listed.len(), &listed), (MANY, &names(&store)));
    assert_eq!(listed.iter().filter(|user| user.is_admin).count(), MANY / 4);
}

#[test]
fn a_name_is_listed_as_it_was_last_spelled() {
    let store = new_store();
    let user = store.insert(&new_user("Ann", Roles::admin()), &BY).unwrap();
    for spelling in ["ann", "ANN", "Bob", "bob"] {
        let change = UserChange { name: Username::parse(spelling).ok(), ..UserChange::default() };
        store.update(user.id, &change, &BY).unwrap();
        let name = Username::parse(spelling).unwrap();
        assert_eq!(listed_names(&store), [NamedUser { name, is_admin: true }]);
    }
}

#[test]
fn names_end_when_no_more_is_wanted() {
    let store = new_store();
    for name in ["b", "A", "c"] {
        store.insert(&new_user(name, Roles::default()), &BY).unwrap();
    }
    let mut seen = Vec::new();
    let mut each = |user: NamedUser| {
        seen.push(user.name.into_string());
        if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.list_names(None, &mut each).unwrap();
    assert_eq!(seen, ["A", "b"]);
}

#[test]
fn an_empty_store_has_an_empty_list() {
    let store = new_store();
    assert_eq!(listed_names(&store), []);
    assert_eq!(all(&store, UserOrder::Id), []);
    assert_eq!(all(&store, UserOrder::Name), []);
}

#[test]
fn a_list_shows_one_moment_whatever_is_written_meanwhile() {
    let store = new_store();
    for number in 0..MANY {
        store.insert(&new_user(&format!("u{number}"), roles(&["a"])), &BY).unwrap();
    }
    for order in [UserOrder::Id, UserOrder::Name] {
        let before = all(&store, order);
        let mut seen = Vec::new();
        let mut each = |user| {
            if seen.is_empty() {
                store.delete(before[MANY - 1].id, &ALWAYS, &BY).unwrap();
                store.insert(&new_user(&format!("z{order:?}"), Roles::default()), &BY).unwrap();
            }
            seen.push(user);
            ControlFlow::Continue(())
        };
        store.list(order, None, &mut each).unwrap();
        assert_eq!(seen, before);
        let after = all(&store, order);
        assert_eq!((after.len(), after.contains(&before[MANY - 1])), (MANY, false));
    }
}

#[test]
fn a_list_ends_when_no_more_is_wanted() {
    let store = new_store();
    for number in 0..3 {
        store.insert(&new_user(&format!("u{number}"), Roles::default()), &BY).unwrap();
    }
    for wanted in 1..=3 {
        let mut seen = 0;
        let mut each = |_| {
            seen += 1;
            if seen == wanted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        store.list(UserOrder::Id, None, &mut each).unwrap();
        assert_eq!(seen, wanted);
    }
}

#[test]
fn stalled_lists_are_limited_and_do_not_block_other_calls() {
    let store = new_store();
    let user = store.insert(&new_user("sample", Roles::default()), &BY).unwrap();
    store.insert(&new_user("other", Roles::default()), &BY).unwrap();
    hold_lists(&store, 0, &mut |held| {
        // Behind a pooler only one list may run, which leaves a connection for other calls.
        let least = if pooler::is_in_between(&store.text) { 1 } else { 2 };
        assert!(held >= least, "only {held} at the same time");
        assert!(store.delete(user.id, &ALWAYS, &BY).is_ok());
        assert!(store.has_enabled_admin().is_ok());
    });
    assert_eq!(all(&store, UserOrder::Id).len(), 1);
}

/// Starts lists, each inside the previous one, until no connection is left; runs `then` while all
/// of them are open.
fn hold_lists(
    store: &rollcall_persistence::Store,
    held: usize,
    then: &mut (impl FnMut(usize) + Send),
) {
    let mut is_first = true;
    let outcome = store.list(UserOrder::Id, None, &mut |_| {
        if std::mem::take(&mut is_first) {
            // A thread of its own, as each request has.
            thread::scope(|scope| {
                scope.spawn(|| hold_lists(store, held + 1, then)).join().unwrap();
            });
        }
        ControlFlow::Continue(())
    });
    if let Err(error) = outcome {
        assert!(matches!(error, ListError::Store(StoreError::Unavailable(_))), "{error}");
        then(held);
    }
}
