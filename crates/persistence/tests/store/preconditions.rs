//! Conditions on the version of a user who is removed.

use rollcall_domain::{
    Action, AuditStore, Authentication, Caller, Email, PasswordVersion, Preconditions, Revision,
    Roles, Status, UserChange, UserId, UserOrder, UserRef, UserStore, Username, Version,
    VersionCondition, WriteError,
    audit::{ActorContext, RequestOrigin},
};

use super::{BY, TestStore, all, named, new_store, new_user, winners};

fn at(version: i64) -> Preconditions {
    VersionCondition::OneOf(vec![Version(version)]).into()
}

fn of(id: UserId, version: i64) -> Preconditions {
    let revision = Revision { id, version: Version(version) };
    VersionCondition::OneOfRevisions(vec![revision]).into()
}

fn none_at(if_none_match: VersionCondition) -> Preconditions {
    Preconditions::new(None, Some(if_none_match))
}

/// A store with an admin and a user at version 1.
fn stage() -> (TestStore, UserId, UserId) {
    let store = new_store();
    let [admin, alice] = [("root", Roles::admin()), ("alice", Roles::default())]
        .map(|(name, roles)| store.insert(&new_user(name, roles), &BY).unwrap().id);
    let change = UserChange { email: Some(None), ..UserChange::default() };
    assert_eq!(store.update(alice, &change, &BY).unwrap().version, Version(1));
    (store, admin, alice)
}

#[test]
fn a_user_at_another_version_stays() {
    let (store, _, alice) = stage();
    let users = all(&store, UserOrder::Id);
    let end = || store.verify(None).unwrap().unwrap().number;
    let entries = end();
    let never = VersionCondition::OneOf(vec![]);
    for condition in [
        at(0),
        at(2),
        never.into(),
        none_at(VersionCondition::Any),
        none_at(VersionCondition::OneOf(vec![Version(1)])),
    ] {
        let refused = store.delete(alice, &condition, &BY);
        assert!(matches!(refused, Err(WriteError::VersionMismatch)), "{condition:?}");
    }
    assert_eq!((all(&store, UserOrder::Id), end()), (users, entries));
    store.delete(alice, &at(1), &BY).unwrap();
    assert_eq!(store.find(&UserRef::Id(alice)).unwrap(), None);
    assert!(matches!(store.delete(alice, &at(1), &BY), Err(WriteError::Missing)));
}

#[test]
fn a_condition_on_another_user_refuses_every_write() {
    let (store, admin, alice) = stage();
    let users = all(&store, UserOrder::Id);
    let change = |condition| UserChange { condition, email: Some(None), ..UserChange::default() };
    for condition in [of(admin, 1), of(alice, 0), of(UserId(alice.0 + 1), 1)] {
        let refused = store.update(alice, &change(condition.clone()), &BY);
        assert!(matches!(refused, Err(WriteError::VersionMismatch)), "{condition:?}");
        let refused = store.delete(alice, &condition, &BY);
        assert!(matches!(refused, Err(WriteError::VersionMismatch)), "{condition:?}");
    }
    assert_eq!(all(&store, UserOrder::Id), users);
    assert_eq!(store.update(alice, &change(of(alice, 1)), &BY).unwrap().version, Version(1));
    store.delete(alice, &of(alice, 1), &BY).unwrap();
}

#[test]
fn a_stale_version_wins_over_the_last_admin() {
    let (store, admin, _) = stage();
    let disable =
        UserChange { condition: at(7), status: Some(Status::Disabled), ..UserChange::default() };
    let refused = store.update(admin, &disable, &BY);
    assert!(matches!(refused, Err(WriteError::VersionMismatch)));
    assert!(matches!(store.delete(admin, &at(7), &BY), Err(WriteError::VersionMismatch)));
    assert!(matches!(store.delete(admin, &at(0), &BY), Err(WriteError::LastAdmin)));
}

#[test]
fn of_removals_and_changes_of_one_version_exactly_one_wins() {
    for _ in 0..5 {
        let (store, _, alice) = stage();
        let before = store.verify(None).unwrap().unwrap().number;
        let won = winners(12, |index| {
            if index % 2 == 0 {
                return store.delete(alice, &at(1), &BY).is_ok();
            }
            let status = Some(Status::Disabled);
            let change = UserChange { condition: at(1), status, ..UserChange::default() };
            store.update(alice, &change, &BY).is_ok()
        });
        let written = store.verify(None).unwrap().unwrap().number - before;
        assert_eq!((won, written), (1, 1));
    }
}

#[test]
fn a_user_who_has_another_name_by_then_stays() {
    let (store, admin, alice) = stage();
    let condition = || Preconditions::NONE.on(&named("alice"));
    let rename = UserChange { name: Username::parse("carol").ok(), ..UserChange::default() };
    store.update(alice, &rename, &BY).unwrap();
    let other = store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    let users = all(&store, UserOrder::Id);
    // The change of an admin with a password takes a short way on PostgreSQL.
    let root = store.find(&UserRef::Id(admin)).unwrap().unwrap().user;
    let root = Caller::User(root, Authentication::Password(PasswordVersion(0)));
    for caller in [Caller::Operator, root] {
        let by =
            |action| ActorContext::caller(&caller, &RequestOrigin::default(), action, Some(alice));
        let email = Some(Email::parse("a@example.com").ok());
        let change = UserChange { condition: condition(), email, ..UserChange::default() };
        let refused = store.update(alice, &change, &by(Action::Update));
        assert!(matches!(refused, Err(WriteError::Missing)), "{refused:?}");
        let refused = store.delete(alice, &condition(), &by(Action::Delete));
        assert!(matches!(refused, Err(WriteError::Missing)), "{refused:?}");
    }
    assert_eq!(all(&store, UserOrder::Id), users);
    store.delete(other.id, &condition(), &BY).unwrap();
}
