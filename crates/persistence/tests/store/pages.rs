//! Pages of users.

use jiff::Timestamp;
use rollcall_domain::{
    NamePrefix, NewUser, PageQuery, Position, RoleName, Roles, Status, User, UserChange,
    UserFilter, UserOrder, UserStore,
};
use rollcall_persistence::Store;

use super::{ALWAYS, BY, TestStore, all, new_store, new_user, plain_user};

const ORDERS: [UserOrder; 3] = [UserOrder::Id, UserOrder::Name, UserOrder::CreateTime];

/// Users whose orders by id, name and time differ, many of them made in one second.
fn filled() -> TestStore {
    let store = new_store();
    let names = ["Ab", "aB", "ac", "ß"].into_iter().cycle();
    let roles = [&["admin", "staff"][..], &["staff"], &[], &[], &[]].into_iter().cycle();
    for (number, (name, roles)) in (0..40).zip(names.zip(roles)) {
        let new = NewUser {
            create_time: Timestamp::from_second(1_494_265_459 + number * 3 % 5).ok(),
            roles: Roles::new(roles.iter().map(|role| role_name(role))).unwrap(),
            ..plain_user(&format!("{name}{:02}", number * 7 % 40))
        };
        let user = store.insert(&new, &BY).unwrap();
        if number % 8 == 3 {
            let change = UserChange { status: Some(Status::Disabled), ..UserChange::default() };
            store.update(user.id, &change, &BY).unwrap();
        }
    }
    store.insert(&new_user("zoe", Roles::default()), &BY).unwrap();
    store
}

fn role_name(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

/// Everybody who is asked for, a page after the other.
fn walk(store: &Store, filter: &UserFilter, order: UserOrder, limit: u32) -> Vec<User> {
    let (mut users, mut after) = (Vec::new(), None);
    loop {
        let query = PageQuery { filter: filter.clone(), order, after, limit };
        let mut page = store.page(&query).unwrap();
        let is_last = page.len() <= limit as usize;
        page.truncate(limit as usize);
        after = page.last().map(|user| Position::of(user, order));
        users.extend(page);
        if is_last {
            return users;
        }
    }
}

/// A filter, and whom it means.
type Case = (UserFilter, fn(&User) -> bool);

fn cases() -> Vec<Case> {
    let filter = UserFilter::default();
    let prefix = |text: &str| UserFilter {
        name_prefix: Some(NamePrefix::parse(text).unwrap()),
        ..UserFilter::default()
    };
    let zoe = new_user("ZOE", Roles::default());
    vec![
        (filter.clone(), |_| true),
        (UserFilter { name: Some(zoe.name.key()), ..filter.clone() }, |user| {
            user.name.as_str() == "zoe"
        }),
        (UserFilter { email: zoe.email.map(|email| email.key()), ..filter.clone() }, |user| {
            user.email.is_some()
        }),
        (prefix("AB"), |user| user.name.as_str().to_lowercase().starts_with("ab")),
        (prefix("s"), |user| user.name.as_str().starts_with('ß')),
        (UserFilter { status: Some(Status::Disabled), ..filter.clone() }, |user| {
            user.status == Status::Disabled
        }),
        (UserFilter { status: Some(Status::Enabled), ..prefix("a") }, |user| {
            user.status == Status::Enabled && user.name.as_str().to_lowercase().starts_with('a')
        }),
        (UserFilter { role: Some(role_name("staff")), ..filter.clone() }, |user| {
            user.roles.iter().any(|role| role.as_str() == "staff")
        }),
        (
            UserFilter { role: Some(role_name("admin")), status: Some(Status::Disabled), ..filter },
            |user| user.roles.include_admin() && user.status == Status::Disabled,
        ),
    ]
}

#[test]
fn pages_together_equal_the_filtered_list() {
    let store = filled();
    for order in ORDERS {
        let everybody = all(&store, order);
        assert_eq!(everybody.len(), 41);
        for (filter, is_meant) in cases() {
            let expected: Vec<_> =
                everybody.iter().filter(|user| is_meant(user)).cloned().collect();
            assert!(!expected.is_empty(), "{filter:?}");
            for limit in [1, 3, 40, 41, 1000] {
                assert_eq!(walk(&store, &filter, order, limit), expected, "{filter:?} {limit}");
            }
        }
    }
}

#[test]
fn a_page_continues_after_a_deleted_user() {
    for order in ORDERS {
        let store = filled();
        let everybody = all(&store, order);
        let after = Some(Position::of(&everybody[9], order));
        store.delete(everybody[9].id, &ALWAYS, &BY).unwrap();
        let query = PageQuery { filter: UserFilter::default(), order, after, limit: 5 };
        assert_eq!(store.page(&query).unwrap(), everybody[10..16]);
    }
}
