//! Callers who lose what allowed their write, between the proof and the transaction.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use jiff::Timestamp;
use rollcall_domain::{
    Account, Action, AuditStore, Authentication, Caller, Claim, Email, ListError, NameKey,
    PasswordHash, PasswordReplacement, Revoked, RoleName, Roles, RolesChange, SessionStore, Status,
    UserChange, UserId, UserOrder, UserRef, UserStore, Username, WriteError,
    audit::{
        Actor, ActorContext, AuditAction, AuditEntry, AuditQuery, ChangedField, RequestOrigin,
    },
    session::{NewSession, SessionId, SessionKey},
};
use rollcall_persistence::Store;

use super::{ALWAYS, BY, End, TestStore, all, demote, new_store, new_user};

/// The session of the caller.
const OWN: &str = "own";
/// The session of the user that is acted on.
const OTHERS: &str = "others";

/// What happens to the caller, and what its next write must be refused with: after it proved its
/// password, and after it signed.
type Case = (&'static str, fn(&Store, &Account), [Option<Revoked>; 2]);

const CREDENTIALS: Option<Revoked> = Some(Revoked::Credentials);
const RIGHTS: Option<Revoked> = Some(Revoked::Rights);

const CASES: [Case; 7] = [
    ("demoted", |store, account| change(store, account, &demote()), [RIGHTS; 2]),
    ("disabled", |store, account| change(store, account, &disable()), [CREDENTIALS; 2]),
    ("password set", |store, account| change(store, account, &set_password()), [CREDENTIALS; 2]),
    ("logged out", |store, _| store.end_session(&key(OWN), &BY).unwrap(), [None, CREDENTIALS]),
    (
        "deleted",
        |store, account| store.delete(account.user.id, &ALWAYS, &BY).unwrap(),
        [CREDENTIALS; 2],
    ),
    ("renamed", |store, account| change(store, account, &rename()), [None; 2]),
    ("hash renewed", renew, [None; 2]),
];

fn key(text: &str) -> SessionKey {
    SessionKey::of(text)
}

fn change(store: &Store, account: &Account, change: &UserChange) {
    store.update(account.user.id, change, &BY).unwrap();
}

fn disable() -> UserChange {
    UserChange { status: Some(Status::Disabled), ..UserChange::default() }
}

fn rename() -> UserChange {
    UserChange { name: Username::parse("another-name").ok(), ..UserChange::default() }
}

fn set_password() -> UserChange {
    let hash = PasswordHash::from_store("another".to_owned());
    let password = Some(PasswordReplacement { hash, replaces: None });
    UserChange { password, ..UserChange::default() }
}

fn renew(store: &Store, account: &Account) {
    let renewed = PasswordHash::from_store("renewed".to_owned());
    store.renew_hash(account.user.id, &account.password_hash, &renewed).unwrap();
}

fn make(store: &Store, name: &str, roles: Roles) -> Account {
    let id = store.insert(&new_user(name, roles), &BY).unwrap().id;
    store.find(&UserRef::Id(id)).unwrap().unwrap()
}

fn begin(
    store: &Store,
    account: &Account,
    text: &str,
    by: &ActorContext,
) -> Result<(), WriteError> {
    let (id, account) = (SessionId::generate().unwrap(), account.clone());
    let session = NewSession { id, key: key(text), account, time: Timestamp::now() };
    store.begin_session(&session, by)
}

/// `account` as a caller, by its password or by its session.
fn caller(account: &Account, is_signed: bool) -> Caller {
    let authentication = if is_signed {
        Authentication::Session(key(OWN))
    } else {
        Authentication::Password(account.password_version)
    };
    Caller::User(account.user.clone(), authentication)
}

fn by(account: &Account, is_signed: bool, action: Action, target: Option<UserId>) -> ActorContext {
    ActorContext::caller(&caller(account, is_signed), &RequestOrigin::default(), action, target)
}

/// An admin who is not the only one, with a session, and a user with one.
fn stage() -> (TestStore, Account, Account) {
    let store = new_store();
    make(&store, "root", Roles::admin());
    let admin = make(&store, "admin", Roles::admin());
    let alice = make(&store, "alice", Roles::default());
    begin(&store, &admin, OWN, &BY).unwrap();
    begin(&store, &alice, OTHERS, &BY).unwrap();
    (store, admin, alice)
}

fn end(store: &Store) -> i64 {
    store.verify(None).unwrap().unwrap().number
}

fn assert_refused(outcome: Result<(), WriteError>, expected: Option<Revoked>, what: &str) {
    let revoked = match outcome {
        Err(WriteError::Revoked(revoked)) => Some(revoked),
        outcome => outcome.map(|()| None).unwrap(),
    };
    assert_eq!(revoked, expected, "{what}");
}

#[test]
fn every_write_is_refused_once_its_caller_is_revoked() {
    for (what, revoke, expected) in CASES {
        for (is_signed, expected) in [false, true].into_iter().zip(expected) {
            let (store, admin, alice) = stage();
            let id = alice.user.id;
            let by = |action, target| by(&admin, is_signed, action, target);
            let of = |action| by(action, Some(id));
            revoke(&store, &admin);
            let (users, entries) = (all(&store, UserOrder::Id), end(&store));
            let added = new_user("bob", Roles::default());
            let outcomes = [
                store.insert(&added, &by(Action::Create, None)).map(drop),
                store.update(id, &set_password(), &of(Action::Update)).map(drop),
                store.end_session(&key(OTHERS), &of(Action::EndSession)).or_else(is_gone),
                store.delete(id, &ALWAYS, &of(Action::Delete)),
            ];
            for outcome in outcomes {
                assert_refused(outcome, expected, what);
            }
            let is_unchanged = (all(&store, UserOrder::Id), end(&store)) == (users, entries);
            assert_eq!(is_unchanged, expected.is_some(), "{what}");
        }
    }
}

/// The session has ended with the password that was set before.
fn is_gone(error: WriteError) -> Result<(), WriteError> {
    if matches!(error, WriteError::Missing) { Ok(()) } else { Err(error) }
}

#[test]
fn own_writes_are_refused_once_the_caller_is_revoked() {
    for (what, revoke, expected) in CASES {
        for (is_signed, expected) in [false, true].into_iter().zip(expected) {
            // What a user may do, one who is no longer an admin may do too.
            let expected = expected.filter(|revoked| *revoked != Revoked::Rights);
            let (store, admin, _) = stage();
            let id = admin.user.id;
            let by = |action| by(&admin, is_signed, action, Some(id));
            revoke(&store, &admin);
            let entries = end(&store);
            let own_email = UserChange { email: Some(None), ..UserChange::default() };
            let begun = begin(&store, &admin, "new", &by(Action::BeginSession));
            assert_refused(begun, expected, what);
            let changed = store.update(id, &own_email, &by(Action::Update)).map(drop);
            assert_refused(changed, expected, what);
            assert_eq!(end(&store) - entries, if expected.is_some() { 0 } else { 2 }, "{what}");
        }
    }
}

#[test]
fn a_session_does_not_end_itself_twice() {
    let (store, admin, _) = stage();
    let by = by(&admin, true, Action::EndSession, Some(admin.user.id));
    store.end_session(&key(OWN), &by).unwrap();
    assert_refused(store.end_session(&key(OWN), &by), CREDENTIALS, "ended");
}

/// All entries, the oldest first.
fn entries(store: &Store) -> Vec<AuditEntry> {
    let mut entries = Vec::new();
    let mut before = None;
    loop {
        let query = AuditQuery { before, limit: 1000, ..AuditQuery::default() };
        let page = store.entries(&query).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        entries.extend(page);
    }
    entries.reverse();
    entries
}

/// A write of `writer` by an admin, the next of many.
type Write = fn(&Store, &Account, writer: usize, number: usize) -> Result<(), WriteError>;

fn add_user(
    store: &Store,
    admin: &Account,
    writer: usize,
    number: usize,
) -> Result<(), WriteError> {
    let added = new_user(&format!("u{writer}-{number}"), Roles::default());
    store.insert(&added, &by(admin, writer.is_multiple_of(2), Action::Create, None)).map(drop)
}

/// Changes a user of the writer's own, so that the writers wait for nothing but the admin's row.
fn set_email(
    store: &Store,
    admin: &Account,
    writer: usize,
    number: usize,
) -> Result<(), WriteError> {
    let is_signed = writer.is_multiple_of(2);
    let target = format!("target{writer}");
    let target = store.find(&UserRef::Name(NameKey::of(&target)))?.unwrap().user.id;
    let email = Email::parse(&format!("{writer}-{number}@example.com")).ok();
    let change = UserChange { email: Some(email), ..UserChange::default() };
    store.update(target, &change, &by(admin, is_signed, Action::Update, Some(target))).map(drop)
}

#[test]
fn no_entry_is_by_a_user_who_was_no_admin_at_that_point() {
    for write in [add_user as Write, set_email] {
        demote_in_a_flood_of(write);
    }
}

fn demote_in_a_flood_of(write: Write) {
    const ROUNDS: usize = 20;
    let (store, admin, _) = stage();
    for writer in 0..4 {
        make(&store, &format!("target{writer}"), Roles::default());
    }
    let (id, is_over) = (admin.user.id, AtomicBool::new(false));
    let promote = UserChange { roles: Some(Roles::admin().into()), ..UserChange::default() };
    thread::scope(|scope| {
        for writer in 0..4 {
            let (store, admin, is_over) = (&store.store, &admin, &is_over);
            scope.spawn(move || {
                for number in 0.. {
                    if is_over.load(Ordering::SeqCst) {
                        break;
                    }
                    match write(store, admin, writer, number) {
                        Err(WriteError::Revoked(Revoked::Rights)) => {}
                        outcome => outcome.unwrap(),
                    }
                }
            });
        }
        let end = End(&is_over);
        for _ in 0..ROUNDS {
            // A flood of the caller's own writes does not hold off the change that ends them.
            store.update(id, &demote(), &BY).unwrap();
            store.update(id, &promote, &BY).unwrap();
        }
        drop(end);
    });
    let (mut is_admin, mut written) = (true, 0);
    for entry in entries(&store) {
        let is_by_caller = matches!(&entry.actor, Actor::User { id: actor, .. } if *actor == id);
        assert!(is_admin || !is_by_caller, "{entry:?}");
        written += usize::from(is_by_caller);
        let is_of_caller = entry.event.user.as_ref().is_some_and(|user| user.id == id);
        if entry.event.action == AuditAction::UserChanged && is_of_caller {
            let roles =
                entry.event.changes.iter().find(|change| change.field == ChangedField::Roles);
            is_admin = roles.unwrap().after.is_some();
        }
    }
    assert!(written > 0);
}

#[test]
fn admins_who_change_each_other_at_once_both_succeed() {
    let (store, admin, _) = stage();
    let root = store.find(&UserRef::Id(UserId(1))).unwrap().unwrap();
    begin(&store, &root, "roots", &BY).unwrap();
    let pairs = [(&admin, &root), (&root, &admin)];
    thread::scope(|scope| {
        for (from, to) in pairs {
            let (store, id) = (&store.store, to.user.id);
            scope.spawn(move || {
                let by = by(from, false, Action::Update, Some(id));
                for number in 0..50 {
                    let text = format!("{}-{number}@example.com", to.user.name);
                    let email = Some(Email::parse(&text).ok());
                    let role = RoleName::parse(&format!("role{number}")).unwrap();
                    let roles = Roles::new([RoleName::admin(), role]).ok().map(RolesChange::from);
                    let change = UserChange { email, roles, ..UserChange::default() };
                    store.update(id, &change, &by.clone().as_admin()).unwrap();
                }
            });
        }
    });
    let versions: Vec<_> = all(&store, UserOrder::Id).iter().map(|user| user.version.0).collect();
    assert_eq!(versions, [50, 50, 0]);
}

#[test]
fn a_list_ends_when_its_reader_is_revoked() {
    for (what, revoke, expected) in CASES {
        let readers = [false, true].into_iter().zip(expected);
        for ((is_signed, expected), has_names) in
            readers.flat_map(|reader| [(reader, false), (reader, true)])
        {
            let (store, admin, _) = stage();
            store.fill(1200);
            let claim = Claim::of(&caller(&admin, is_signed), Action::List, None);
            let mut seen = 0;
            let mut each = || {
                if seen == 0 {
                    revoke(&store, &admin);
                }
                seen += 1;
                ControlFlow::Continue(())
            };
            let outcome = if has_names {
                store.list_names(claim.as_ref(), &mut |_| each())
            } else {
                store.list(UserOrder::Id, claim.as_ref(), &mut |_| each())
            };
            let revoked = match outcome {
                Ok(()) => None,
                Err(ListError::Revoked(revoked)) => Some(revoked),
                Err(error) => panic!("{error}"),
            };
            assert_eq!(revoked, expected, "{what}");
            assert!(if expected.is_some() { seen <= 500 } else { seen == 1203 }, "{what}: {seen}");
        }
    }
}

#[test]
fn a_list_is_checked_on_the_one_connection_that_there_is() {
    let (store, admin, _) = stage();
    store.fill(1200);
    let one = std::num::NonZeroU32::MIN;
    let narrow = Store::open_with_connections(&store.url, one).unwrap();
    let claim = Claim::of(&caller(&admin, true), Action::List, None);
    let mut seen = 0;
    let outcome = narrow.list(UserOrder::Name, claim.as_ref(), &mut |_| {
        seen += 1;
        ControlFlow::Continue(())
    });
    assert!(outcome.is_ok() && seen == 1203, "{outcome:?}");
}

impl TestStore {
    /// Adds users, more of them than a test could one by one.
    fn fill(&self, count: usize) {
        super::migrations::Database::connect(&self.text).execute(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO users (version, create_time, name, name_key, status, password_hash)
             SELECT 0, 0, 'user' || i, 'user' || i, 'ENABLED', '' FROM n"
        ));
    }
}
