//! What every store must do, whatever it keeps its rows in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod archive;
mod audit;
mod audit_format;
mod bulk;
mod busy_callers;
mod cached_rows;
mod copy;
mod hash_cost;
mod keys;
mod linking;
mod lists;
mod look_alike;
#[path = "../../../domain/src/clock/manual.rs"]
mod manual_clock;
mod migrations;
mod numbers;
mod pages;
mod pooler;
mod portable;
mod preconditions;
mod recheck;
mod reset_codes;
mod schema_level;
mod session_lifetime;
mod sessions;
mod users;

use std::{
    ops::{ControlFlow, Deref},
    process::Command,
    sync::{
        Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use jiff::Timestamp;
use rollcall_domain::{
    Clock, Email, NameKey, NewUser, PasswordHash, Preconditions, Roles, User, UserChange,
    UserOrder, UserRef, UserStore, Username,
    audit::{ActorContext, AuditQuery},
};
use rollcall_persistence::{DatabaseUrl, Store};
use tempfile::TempDir;

use pooler::database_url;

/// The actor of every change in these tests.
const BY: ActorContext = ActorContext::OPERATOR;

/// What a write without conditions depends on.
const ALWAYS: Preconditions = Preconditions::NONE;

/// Every entry of the audit log, up to a thousand.
const EVERYTHING: AuditQuery = AuditQuery {
    user: None,
    actor: None,
    action: None,
    since: None,
    until: None,
    before: None,
    limit: 1000,
};

/// Sets the flag when dropped, also when the test fails: threads that wait for it then end.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A separate store for one test: on the PostgreSQL server in `ROLLCALL_TEST_POSTGRES` if that is
/// set, otherwise in a SQLite file.
struct TestStore {
    store: Store,
    url: DatabaseUrl,
    /// The same as a text.
    text: String,
    _folder: TempDir,
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Self::Target {
        &self.store
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        if !thread::panicking() {
            pooler::require_clean(&self.text);
        }
    }
}

/// Every user.
fn all(store: &Store, order: UserOrder) -> Vec<User> {
    let mut users = Vec::new();
    let mut add = |user| {
        users.push(user);
        ControlFlow::Continue(())
    };
    store.list(order, None, &mut add).unwrap();
    users
}

fn new_store() -> TestStore {
    let (folder, text) = new_url();
    let url = database_url(&text);
    TestStore { store: Store::open(&url).unwrap(), url, text, _folder: folder }
}

/// The URL of a file that is not there yet, and the folder that it is to be in.
fn new_file_url() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("new/folder/users.db").display());
    (folder, url)
}

/// The URL of a database that nothing is in, and the folder that it is in if it is a file.
fn new_url() -> (TempDir, String) {
    let (folder, file) = new_file_url();
    (folder, std::env::var("ROLLCALL_TEST_POSTGRES").map_or(file, |server| make_database(&server)))
}

/// Makes an empty database on the server and returns its URL.
fn make_database(server: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    let name = format!("store_{}_{count}", std::process::id());
    let create = format!("CREATE DATABASE {name}");
    let made = Command::new("psql").args([&format!("{server}/postgres"), "-qc", &create]).status();
    assert!(made.unwrap().success());
    format!("{server}/{name}")
}

/// A user without an address and roles, created when it is stored.
fn plain_user(name: &str) -> NewUser {
    let hash = PasswordHash::from_store(format!("hash of {name}"));
    NewUser::named(Username::parse(name).unwrap(), hash)
}

fn new_user(name: &str, roles: Roles) -> NewUser {
    NewUser {
        email: Some(Email::parse(&format!("{name}@example.com")).unwrap()),
        roles,
        create_time: Some(Timestamp::from_second(1_494_265_459).unwrap()),
        ..plain_user(name)
    }
}

fn named(name: &str) -> UserRef {
    UserRef::Name(NameKey::of(name))
}

fn demote() -> UserChange {
    UserChange { roles: Some(Roles::default().into()), ..UserChange::default() }
}

/// How many of `count` threads that start together succeed at `work`.
fn winners(count: usize, work: impl Fn(usize) -> bool + Sync) -> usize {
    let (barrier, won) = (Barrier::new(count), AtomicUsize::new(0));
    thread::scope(|scope| {
        for index in 0..count {
            let (barrier, won, work) = (&barrier, &won, &work);
            scope.spawn(move || {
                barrier.wait();
                won.fetch_add(usize::from(work(index)), Ordering::SeqCst);
            });
        }
    });
    won.into_inner()
}
