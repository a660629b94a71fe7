//! The port of users.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    thread,
};

use futures_executor::block_on;
use futures_util::future::join_all;
use rollcall_domain::{
    Email, PasswordVersion, RoleName, Roles, Status, UniqueField, User, UserChange, UserId,
    UserOrder, UserRef, UserStore, Username, Version, VersionCondition, WriteError,
};
use rollcall_persistence::{DatabaseUrl, Store};

use super::{ALWAYS, BY, all, demote, named, new_store, new_user, plain_user, winners};

#[test]
fn users_are_found_by_id_and_by_name_in_any_case() {
    let store = new_store();
    let roles = Roles::new(["b", "admin", "a"].map(|role| RoleName::parse(role).unwrap())).unwrap();
    let new = new_user("Alice", roles);
    let user = store.insert(&new, &BY).unwrap();
    assert_eq!((user.version, user.status), (Version(0), Status::Enabled));
    let account = new.into_account(user.id, user.create_time);
    assert_eq!((&user, account.password_version), (&account.user, PasswordVersion(0)));
    for target in [UserRef::Id(user.id), named("Alice"), named("aLICE")] {
        assert_eq!(store.find(&target).unwrap().as_ref(), Some(&account));
    }
    assert_eq!(all(&store, UserOrder::Id), [user]);
    assert_eq!(store.find(&named("bob")).unwrap(), None);
    assert_eq!(store.find(&named("not a name")).unwrap(), None);
}

#[test]
fn lists_follow_the_order_and_keep_roles_with_their_users() {
    let store = new_store();
    let made: Vec<_> =
        [("zoe", Roles::admin()), ("Adam", Roles::default()), ("mia", Roles::admin())]
            .into_iter()
            .map(|(name, roles)| store.insert(&new_user(name, roles), &BY).unwrap())
            .collect();
    assert_eq!(all(&store, UserOrder::Id), made);
    assert!(made.is_sorted_by_key(|user| user.id));
    let by_name = all(&store, UserOrder::Name);
    assert_eq!(by_name, [&made[1], &made[2], &made[0]].map(Clone::clone));
}

#[test]
fn a_duplicate_is_told_apart_by_the_field_that_collided() {
    let store = new_store();
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    let mut same_name = new_user("ALICE", Roles::default());
    same_name.email = None;
    let mut same_email = new_user("bob", Roles::default());
    same_email.email = Email::parse("Alice@Example.com").ok();
    for (account, field) in [(same_name, UniqueField::Name), (same_email, UniqueField::Email)] {
        let refused = store.insert(&account, &BY);
        assert!(
            matches!(refused, Err(WriteError::Duplicate(taken)) if taken == field),
            "{refused:?}"
        );
    }
    let bob = store.insert(&new_user("bob", Roles::default()), &BY).unwrap();
    let rename = UserChange { name: Username::parse("Alice").ok(), ..UserChange::default() };
    let refused = store.update(bob.id, &rename, &BY);
    assert!(matches!(refused, Err(WriteError::Duplicate(UniqueField::Name))), "{refused:?}");
    assert_eq!(store.find(&UserRef::Id(bob.id)).unwrap().unwrap().user, bob);
}

#[test]
fn users_without_an_address_do_not_collide() {
    let store = new_store();
    for name in ["alice", "bob"] {
        assert_eq!(store.insert(&plain_user(name), &BY).unwrap().email, None);
    }
}

#[test]
fn an_id_is_never_given_twice() {
    let store = new_store();
    let first = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    store.delete(first.id, &ALWAYS, &BY).unwrap();
    assert!(store.insert(&new_user("alice", Roles::default()), &BY).unwrap().id > first.id);
}

#[test]
fn a_change_of_everything_is_stored_whole() {
    let store = new_store();
    let user = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    let change = UserChange {
        name: Username::parse("Bob").ok(),
        email: Some(None),
        status: Some(Status::Disabled),
        roles: Some(Roles::admin().into()),
        ..UserChange::default()
    };
    let changed = store.update(user.id, &change, &BY).unwrap();
    assert_eq!(changed.version, Version(1));
    assert_eq!((changed.name.as_str(), &changed.email), ("Bob", &None));
    assert_eq!((changed.status, &changed.roles), (Status::Disabled, &Roles::admin()));
    assert_eq!(store.find(&named("bob")).unwrap().unwrap().user, changed);
    assert_eq!(store.find(&named("alice")).unwrap(), None);
    assert_eq!(store.update(user.id, &change, &BY).unwrap().version, Version(1));
}

#[test]
fn of_many_writers_with_the_same_tag_exactly_one_wins() {
    let store = new_store();
    let user = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    let won = winners(16, |index| {
        let change = UserChange {
            condition: VersionCondition::OneOf(vec![Version(0)]).into(),
            name: Username::parse(&format!("alice{index}")).ok(),
            ..UserChange::default()
        };
        store.update(user.id, &change, &BY).is_ok()
    });
    assert_eq!(won, 1);
    assert_eq!(store.find(&UserRef::Id(user.id)).unwrap().unwrap().user.version, Version(1));
}

#[test]
fn of_many_that_take_the_same_name_exactly_one_gets_it() {
    let store = new_store();
    let won = winners(16, |index| {
        let name = if index % 2 == 0 { "alice" } else { "ALICE" };
        store.insert(&plain_user(name), &BY).is_ok()
    });
    assert_eq!((won, all(&store, UserOrder::Id).len()), (1, 1));
}

#[test]
fn admins_that_remove_each_other_at_the_same_moment_leave_one() {
    let store = new_store();
    let ids: Vec<_> = (0..8)
        .map(|index| {
            store.insert(&new_user(&format!("admin{index}"), Roles::admin()), &BY).unwrap().id
        })
        .collect();
    let disable = UserChange { status: Some(Status::Disabled), ..UserChange::default() };
    let won = winners(8, |index| match index % 3 {
        0 => store.update(ids[index], &demote(), &BY).is_ok(),
        1 => store.update(ids[index], &disable, &BY).is_ok(),
        _ => store.delete(ids[index], &ALWAYS, &BY).is_ok(),
    });
    assert_eq!(won, 7);
    assert!(store.has_enabled_admin().unwrap());
}

#[test]
fn the_last_enabled_admin_stays_an_enabled_admin() {
    let store = new_store();
    let last = store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    let other = store.insert(&new_user("disabled", Roles::admin()), &BY).unwrap();
    let disable = UserChange { status: Some(Status::Disabled), ..UserChange::default() };
    store.update(other.id, &disable, &BY).unwrap();
    for refused in [store.update(last.id, &demote(), &BY), store.update(last.id, &disable, &BY)] {
        assert!(matches!(refused, Err(WriteError::LastAdmin)), "{refused:?}");
    }
    assert!(matches!(store.delete(last.id, &ALWAYS, &BY), Err(WriteError::LastAdmin)));
    let rename = UserChange { name: Username::parse("chief").ok(), ..UserChange::default() };
    assert_eq!(store.update(last.id, &rename, &BY).unwrap().version, Version(1));
    store.delete(other.id, &ALWAYS, &BY).unwrap();
}

#[test]
fn missing_users_cannot_be_changed_or_removed() {
    let store = new_store();
    assert!(matches!(store.update(UserId(1), &demote(), &BY), Err(WriteError::Missing)));
    assert!(matches!(store.delete(UserId(1), &ALWAYS, &BY), Err(WriteError::Missing)));
    assert!(!store.has_enabled_admin().unwrap());
}

#[test]
fn stores_opened_together_on_a_new_file_see_each_others_writes() {
    let store = new_store();
    let opened = winners(4, |index| {
        let other = Store::open(&store.url).unwrap();
        other.insert(&new_user(&format!("user{index}"), Roles::default()), &BY).is_ok()
    });
    assert_eq!((opened, all(&store, UserOrder::Id).len()), (4, 4));
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.db");
    Store::open(&DatabaseUrl::Sqlite(path.clone())).unwrap();
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn acknowledged_changes_are_visible_to_other_stores_at_once() {
    let store = new_store();
    let other = Store::open(&store.url).unwrap();
    let id = store.insert(&new_user("alice", Roles::default()), &BY).unwrap().id;
    for number in 0..200 {
        let (writer, reader) =
            if number % 3 == 0 { (&other, &store.store) } else { (&store.store, &other) };
        let status = if number % 2 == 0 { Status::Disabled } else { Status::Enabled };
        let change = UserChange { status: Some(status), ..UserChange::default() };
        let changed = writer.update(id, &change, &BY).unwrap();
        for target in [UserRef::Id(id), named("alice")] {
            for store in [reader, writer] {
                assert_eq!(store.find(&target).unwrap().unwrap().user, changed);
                let looked_up = block_on(store.look_up(target.clone()));
                assert_eq!(looked_up.unwrap().unwrap().user, changed);
            }
        }
        if number % 50 == 0 {
            writer.checkpoint().unwrap();
        }
    }
}

#[test]
fn no_read_that_begins_after_a_write_was_acknowledged_misses_it() {
    let store = new_store();
    let other = Store::open(&store.url).unwrap();
    let id = store.insert(&new_user("alice", Roles::default()), &BY).unwrap().id;
    let acknowledged = AtomicI64::new(0);
    thread::scope(|scope| {
        let (store, other, acknowledged) = (&store.store, &other, &acknowledged);
        scope.spawn(move || {
            for number in 0..300 {
                let status = if number % 2 == 0 { Status::Disabled } else { Status::Enabled };
                let change = UserChange { status: Some(status), ..UserChange::default() };
                let Version(version) = other.update(id, &change, &BY).unwrap().version;
                acknowledged.store(version, Ordering::SeqCst);
            }
        });
        for looks_up in [false, true] {
            scope.spawn(move || {
                let target = UserRef::Id(id);
                for _ in 0..20_000 {
                    let expected = Version(acknowledged.load(Ordering::SeqCst));
                    let found = if looks_up {
                        block_on(store.look_up(target.clone()))
                    } else {
                        store.find(&target)
                    };
                    let seen = found.unwrap().unwrap().user.version;
                    assert!(seen >= expected, "{seen} after {expected}");
                }
            });
        }
    });
}

#[test]
fn many_who_look_up_at_once_each_get_what_they_asked_for() {
    let store = new_store();
    let roles = [Roles::default(), Roles::admin()];
    let users: Vec<User> = (0..50)
        .map(|number| new_user(&format!("user{number}"), roles[number % 2].clone()))
        .map(|account| store.insert(&account, &BY).unwrap())
        .collect();
    let targets = |user: &User| {
        let name = user.name.as_str();
        [UserRef::Id(user.id), named(name), named(&name.to_uppercase())]
    };
    let look_up_all = || {
        let absent = [named("absent"), UserRef::Id(UserId(0))];
        let targets = users.iter().flat_map(targets).chain(absent);
        let found = block_on(join_all(targets.map(|target| store.look_up(target))));
        let found = found.into_iter().map(|account| account.unwrap().map(|account| account.user));
        let expected = users.iter().flat_map(|user| [user; 3].map(|user| Some(user.clone())));
        assert!(found.eq(expected.chain([None, None])));
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..20).for_each(|_| look_up_all()));
        }
    });
}
