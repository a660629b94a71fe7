//! Callers whose writes keep coming: what ends their credentials neither waits for them for long,
//! nor is overlooked by a change that was decided on rows from before.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread::{self, ScopedJoinHandle},
};

use jiff::Timestamp;
use rollcall_domain::{
    Account, Action, AuditStore, Authentication, Caller, Email, KeyStore, PasswordHash,
    PasswordReplacement, Revoked, RoleName, Roles, SessionStore, Status, UserChange, UserId,
    UserRef, UserStore, VersionCondition, WriteError,
    audit::{Actor, ActorContext, RequestOrigin},
    key::{KeyId, KeyName, KeyRequest, KeySecret, NewApiKey, Scope, Scopes},
    session::{NewSession, SessionId, SessionKey},
};
use rollcall_persistence::Store;

use super::{ALWAYS, BY, EVERYTHING, End, TestStore, demote, new_store, new_user};

const WRITERS: usize = 16;

/// Enough connections for the writers, beside those for reads and lists.
const CONNECTIONS: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// How often each writer has written before its credentials end.
const WRITES: usize = 5;

/// An admin who is not the only one, with a session and an API key, and users to change.
struct Stage {
    store: TestStore,
    admin: Account,
    key: KeyId,
    targets: Vec<UserId>,
}

type Ending = fn(&Stage);

fn session() -> SessionKey {
    SessionKey::of("own")
}

fn stage() -> Stage {
    let store = new_store();
    let make = |name: &str, roles| store.insert(&new_user(name, roles), &BY).unwrap().id;
    make("root", Roles::admin());
    let admin = UserRef::Id(make("admin", Roles::admin()));
    let targets = (0..WRITERS).map(|writer| make(&format!("target{writer}"), Roles::default()));
    let targets = targets.collect();
    let admin_account = store.find(&admin).unwrap().unwrap();
    let (id, account) = (SessionId::generate().unwrap(), admin_account.clone());
    let new = NewSession { id, key: session(), account, time: Timestamp::now() };
    store.begin_session(&new, &BY).unwrap();
    let key = store.create_key(&admin, &new_key(), &BY).unwrap().id;
    Stage { store, admin: admin_account, key, targets }
}

fn new_key() -> NewApiKey {
    let secret = KeySecret::generate().unwrap();
    let (name, scopes) = (KeyName::parse("job").unwrap(), Scopes::new([Scope::UsersWrite]));
    NewApiKey {
        id: KeyId::generate().unwrap(),
        hash: secret.hash(),
        prefix: secret.prefix().to_owned(),
        request: KeyRequest { name, scopes, expire_time: None },
        create_time: Timestamp::now(),
    }
}

impl Stage {
    /// Every way to authenticate as the admin.
    fn authentications(&self) -> [Authentication; 3] {
        [
            Authentication::Password(self.admin.password_version),
            Authentication::Session(session()),
            Authentication::Key(self.key, Scopes::new([Scope::UsersWrite])),
        ]
    }

    /// A change of `target` by the admin as it was at first.
    fn by(&self, authentication: &Authentication, target: UserId) -> ActorContext {
        let caller = Caller::User(self.admin.user.clone(), authentication.clone());
        ActorContext::caller(&caller, &RequestOrigin::default(), Action::Update, Some(target))
    }

    fn read(&self, target: UserId) -> Account {
        self.store.find(&UserRef::Id(target)).unwrap().unwrap()
    }

    fn update_admin(&self, change: &UserChange) {
        self.store.update(self.admin.user.id, change, &BY).unwrap();
    }

    /// How many entries there are by the admin.
    fn written(&self) -> usize {
        let entries = self.store.entries(&EVERYTHING).unwrap();
        let id = self.admin.user.id;
        let is_own = |actor: &Actor| matches!(actor, Actor::User { id: actor, .. } if *actor == id);
        entries.iter().filter(|entry| is_own(&entry.actor)).count()
    }

    /// Writes until the credentials have ended, or the test has.
    fn flood(&self, store: &Store, authentication: &Authentication, writer: usize, ready: &Ready) {
        let target = self.targets[writer];
        for number in 0.. {
            if ready.is_over.load(Ordering::SeqCst) {
                return;
            }
            let change = new_email(&format!("{writer}-{number}@example.com"));
            let read = store.find(&UserRef::Id(target)).unwrap().unwrap();
            let by = self.by(authentication, target);
            if let Err(error) = store.update_as_read(&read, &change, &by) {
                let has_ended = matches!(error, WriteError::Revoked(Revoked::Credentials));
                assert!(has_ended, "{error}");
                return;
            }
            if number == WRITES {
                ready.writers.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

fn new_email(text: &str) -> UserChange {
    UserChange { email: Some(Email::parse(text).ok()), ..UserChange::default() }
}

fn disable() -> UserChange {
    UserChange { status: Some(Status::Disabled), ..UserChange::default() }
}

fn set_password() -> UserChange {
    let hash = PasswordHash::from_store("another".to_owned());
    let password = Some(PasswordReplacement { hash, replaces: None });
    UserChange { password, ..UserChange::default() }
}

/// The writers that are in full flow, and whether the test is over.
#[derive(Default)]
struct Ready {
    writers: AtomicUsize,
    is_over: AtomicBool,
}

impl Ready {
    fn wait(&self, writers: &[ScopedJoinHandle<'_, ()>]) {
        while self.writers.load(Ordering::SeqCst) < WRITERS {
            let is_finished = writers.iter().any(ScopedJoinHandle::is_finished);
            assert!(!is_finished, "a writer ended too soon");
            thread::yield_now();
        }
    }
}

/// Ends the credentials of a caller who writes on many connections. PostgreSQL ends statements that
/// wait for ten seconds, which fails the test.
fn end_in_a_flood(authentication: impl Fn(&Stage) -> Authentication, end: Ending) {
    let stage = stage();
    let (authentication, ready) = (authentication(&stage), Ready::default());
    let busy = Store::open_with_connections(&stage.store.url, CONNECTIONS).unwrap();
    thread::scope(|scope| {
        let _end = End(&ready.is_over);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (stage, busy) = (&stage, &busy);
                let (authentication, ready) = (&authentication, &ready);
                scope.spawn(move || stage.flood(busy, authentication, writer, ready))
            })
            .collect();
        ready.wait(&writers);
        end(&stage);
        for writer in writers {
            writer.join().unwrap();
        }
    });
    // The operator's entry is the last one.
    let newest = stage.store.entries(&EVERYTHING).unwrap().remove(0);
    assert_eq!(newest.actor, Actor::Operator);
}

#[test]
fn a_session_ends_while_its_caller_keeps_writing() {
    let of_session = |_: &Stage| Authentication::Session(session());
    let ends: [Ending; 4] = [
        |stage| stage.store.end_session(&session(), &BY).unwrap(),
        |stage| {
            let admin = UserRef::Id(stage.admin.user.id);
            assert_eq!(stage.store.end_sessions(&admin, None, &BY).unwrap(), 1);
        },
        |stage| stage.update_admin(&disable()),
        |stage| stage.store.delete(stage.admin.user.id, &ALWAYS, &BY).unwrap(),
    ];
    for end in ends {
        end_in_a_flood(of_session, end);
    }
}

#[test]
fn a_key_and_a_password_end_while_their_caller_writes() {
    let of_key = |stage: &Stage| stage.authentications()[2].clone();
    end_in_a_flood(of_key, |stage| {
        let admin = UserRef::Id(stage.admin.user.id);
        assert!(stage.store.end_key(&admin, stage.key, &BY).unwrap());
    });
    let of_password = |stage: &Stage| stage.authentications()[0].clone();
    end_in_a_flood(of_password, |stage| stage.update_admin(&set_password()));
}

#[test]
fn a_change_decided_before_its_caller_was_revoked_is_refused() {
    let ends: [(Ending, Revoked); 4] = [
        (|stage| stage.update_admin(&disable()), Revoked::Credentials),
        (|stage| stage.update_admin(&set_password()), Revoked::Credentials),
        (|stage| stage.update_admin(&demote()), Revoked::Rights),
        (
            |stage| stage.store.delete(stage.admin.user.id, &ALWAYS, &BY).unwrap(),
            Revoked::Credentials,
        ),
    ];
    for (end, expected) in ends {
        let stage = stage();
        let target = stage.targets[0];
        let read = stage.read(target);
        end(&stage);
        for authentication in stage.authentications() {
            let by = stage.by(&authentication, target);
            let refused = stage.store.update_as_read(&read, &new_email("a@example.com"), &by);
            let is_expected =
                matches!(refused, Err(WriteError::Revoked(revoked)) if revoked == expected);
            assert!(is_expected, "{refused:?}");
        }
        assert_eq!((stage.read(target), stage.written()), (read, 0));
    }
}

#[test]
fn a_change_of_a_user_who_has_changed_since_is_decided_again() {
    let stage = stage();
    for (authentication, target) in stage.authentications().iter().zip(&stage.targets) {
        let (read, by) = (stage.read(*target), stage.by(authentication, *target));
        let roles = Roles::new([RoleName::parse("auditor").unwrap()]).unwrap();
        let promote = UserChange { roles: Some(roles.clone().into()), ..UserChange::default() };
        stage.store.update(*target, &promote, &BY).unwrap();
        let email = format!("{target}@example.com");
        let condition = VersionCondition::OneOf(vec![read.user.version]).into();
        let outdated = UserChange { condition, ..new_email(&email) };
        let refused = stage.store.update_as_read(&read, &outdated, &by);
        assert!(matches!(refused, Err(WriteError::VersionMismatch)), "{refused:?}");
        let changed = stage.store.update_as_read(&read, &new_email(&email), &by).unwrap();
        let now = stage.read(*target).user;
        assert_eq!((changed.version.0, &changed.roles), (2, &roles));
        assert_eq!((now.email.as_ref().map(Email::as_str), &now), (Some(&*email), &changed));
    }
    assert_eq!(stage.written(), 3);
}
