//! Reading and adding many users, whatever the store keeps its rows in.

use rollcall_domain::{
    Account, Email, NewUser, PageQuery, Position, RoleName, Roles, UniqueField, User, UserFilter,
    UserId, UserOrder, UserStore,
};
use rollcall_persistence::{Conflict, Exporter, ImportedLine, Importer, OpenError, Outcome, Store};

use crate::{
    ALWAYS, BY, all, database_url, migrations::Database, named, new_store, new_url, new_user,
    plain_user,
};

fn user(name: &str, email: Option<&str>) -> NewUser {
    let email = email.map(|email| Email::parse(email).unwrap());
    NewUser { email, roles: Roles::admin(), ..plain_user(name) }
}

fn users(count: u64) -> Vec<ImportedLine> {
    let email = |n| format!("user{n}@example.com");
    (1..=count).map(|n| (n, user(&format!("user{n}"), Some(&email(n))))).collect()
}

fn add(importer: &mut Importer, users: &[ImportedLine]) -> Vec<Outcome> {
    importer.begin().unwrap();
    let outcomes = importer.add(users).unwrap();
    importer.commit().unwrap();
    outcomes
}

fn read(exporter: &mut Exporter) -> Vec<Account> {
    let pages = std::iter::from_fn(|| exporter.next_page().unwrap());
    pages.flatten().collect()
}

#[test]
fn an_export_excludes_concurrent_changes() {
    let store = new_store();
    let mut importer = Importer::open(&store.url).unwrap();
    assert_eq!(add(&mut importer, &users(1200)), vec![Outcome::Added; 1200]);
    let before = all(&store, UserOrder::Id);
    let mut exporter = Exporter::open(&store.url).unwrap();
    assert_eq!(exporter.total(), 1200);
    let mut seen = exporter.next_page().unwrap().unwrap();
    store.insert(&new_user("later", Roles::default()), &BY).unwrap();
    store.delete(UserId(700), &ALWAYS, &BY).unwrap();
    seen.extend(read(&mut exporter));
    let seen: Vec<User> = seen.into_iter().map(|account| account.user).collect();
    assert!(seen == before && before.len() == 1200);
    assert_ne!(all(&store, UserOrder::Id), before);
}

#[test]
fn an_export_makes_and_migrates_nothing() {
    let (_folder, url) = new_url();
    let parsed = database_url(&url);
    let opened = Exporter::open(&parsed).err();
    assert!(matches!(opened, Some(OpenError::Missing(_) | OpenError::NoStore)), "{opened:?}");
    assert_eq!(Importer::rehearse(&parsed).err().map(|error| error.to_string()), None);
    let opened = Exporter::open(&parsed).err();
    assert!(matches!(opened, Some(OpenError::Missing(_) | OpenError::NoStore)), "{opened:?}");
    drop(Store::open(&parsed).unwrap());
    Database::connect(&url).execute(
        "DROP TABLE sessions;
         DELETE FROM __diesel_schema_migrations WHERE version = '20261122100000'",
    );
    for opened in [Exporter::open(&parsed).err(), Importer::rehearse(&parsed).err()] {
        assert!(matches!(opened, Some(OpenError::Older(_))), "{opened:?}");
    }
}

#[test]
fn uncommitted_imports_are_not_visible() {
    let store = new_store();
    let mut importer = Importer::open(&store.url).unwrap();
    importer.begin().unwrap();
    assert_eq!(importer.add(&users(600)).unwrap().len(), 600);
    assert_eq!(all(&store, UserOrder::Id), []);
    drop(importer);
    assert_eq!(all(&store, UserOrder::Id), []);
    assert_eq!(
        store.insert(&new_user("user1", Roles::default()), &BY).unwrap().name.as_str(),
        "user1"
    );
}

#[test]
fn a_large_import_leaves_every_index_in_its_place() {
    const COUNT: u64 = 10_000;
    let store = new_store();
    store.insert(&new_user("User3", Roles::default()), &BY).unwrap();
    let definitions = || Database::connect(&store.text).definitions();
    let before = definitions();
    for is_committed in [false, true] {
        let mut importer = Importer::open(&store.url).unwrap();
        importer.begin_for(COUNT).unwrap();
        let outcomes = importer.add(&users(COUNT)).unwrap();
        let added = outcomes.iter().filter(|outcome| **outcome == Outcome::Added).count() as u64;
        assert_eq!((added, matches!(outcomes[2], Outcome::Refused(_))), (COUNT - 1, true));
        if is_committed {
            importer.commit().unwrap();
        }
        drop(importer);
        assert_eq!(definitions(), before);
    }
    assert_eq!(store.count_up_to(u32::MAX).unwrap(), COUNT);
    assert_eq!(store.count_up_to(7).unwrap(), 8);
    let admins = PageQuery {
        filter: UserFilter { role: Some(RoleName::admin()), ..UserFilter::default() },
        order: UserOrder::Id,
        after: Some(Position::Id(UserId(9_990))),
        limit: 100,
    };
    assert!(store.page(&admins).unwrap().len() > 5);
}

#[test]
fn each_conflict_reports_its_cause() {
    let store = new_store();
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    for rehearsal in [true, false] {
        let mut importer = if rehearsal {
            Importer::rehearse(&store.url).unwrap()
        } else {
            Importer::open(&store.url).unwrap()
        };
        let repeated = |field, line| Outcome::Refused(Conflict::Repeated { field, line });
        let first = [(1, user("bob", None)), (2, user("carol", Some("c@example.com")))];
        assert_eq!(add(&mut importer, &first), [Outcome::Added, Outcome::Added]);
        let second = [
            (5, user("ALICE", None)),
            (6, user("BOB", Some("b@example.com"))),
            (7, user("dave", Some("C@EXAMPLE.com"))),
            (8, user("erin", Some("Alice@example.com"))),
            (9, user("erin", Some("b@example.com"))),
        ];
        let outcomes = add(&mut importer, &second);
        assert!(matches!(&outcomes[0], Outcome::Refused(Conflict::Differs(_))), "{outcomes:?}");
        assert_eq!(
            outcomes[1..],
            [
                repeated(UniqueField::Name, 1),
                repeated(UniqueField::Email, 2),
                Outcome::Refused(Conflict::EmailTaken),
                Outcome::Added,
            ]
        );
        let there = all(&store, UserOrder::Id).len();
        assert_eq!(there, if rehearsal { 1 } else { 4 });
    }
    let erin = store.find(&named("erin")).unwrap().unwrap();
    assert!(erin.user.roles.include_admin());
}

#[test]
fn unchanged_users_are_not_rewritten() {
    let store = new_store();
    let mut importer = Importer::open(&store.url).unwrap();
    add(&mut importer, &users(3));
    drop(importer);
    let before = all(&store, UserOrder::Id);
    for rehearsal in [true, false] {
        let mut importer = if rehearsal {
            Importer::rehearse(&store.url).unwrap()
        } else {
            Importer::open(&store.url).unwrap()
        };
        let outcomes = add(&mut importer, &users(4));
        assert_eq!(outcomes[..3], vec![Outcome::Unchanged; 3]);
        assert_eq!(outcomes[3], Outcome::Added);
        let again = add(&mut importer, &[(9, users(2)[1].1.clone())]);
        let repeated = Conflict::Repeated { field: UniqueField::Name, line: 2 };
        assert_eq!(again, [Outcome::Refused(repeated)]);
    }
    assert_eq!(all(&store, UserOrder::Id)[..3], before);
}
