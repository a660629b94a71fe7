//! Cached rows of users that no change has touched, on a SQLite file.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ScopedJoinHandle},
};

use rollcall_domain::{
    Roles, User, UserChange, UserId, UserRef, UserStore, Username, Version,
    statistics::{Labels, Observe, Values},
};
use rollcall_persistence::Store;

use crate::{ALWAYS, BY, database_url, new_file_url, new_user};

/// How many look-ups of users the cache has answered.
fn hits(store: &Store) -> u64 {
    let families = store.observe();
    let lookups = families.iter().find(|family| family.name == "rollcall_row_cache_lookups");
    let Values::Counters(counters) = &lookups.unwrap().values else { unreachable!() };
    let is_of_hits = |labels: &Labels| labels.iter().map(|(_, value)| value).eq(["users", "hit"]);
    counters.iter().find(|(labels, _)| is_of_hits(labels)).unwrap().1
}

fn rename(name: &str) -> UserChange {
    UserChange { name: Username::parse(name).ok(), ..UserChange::default() }
}

fn find(store: &Store, user: &User) -> Option<User> {
    store.find(&UserRef::Id(user.id)).unwrap().map(|account| account.user)
}

/// A store in a file with two users, whose rows are cached.
struct Cached {
    store: Store,
    url: String,
    alice: User,
    bob: User,
    _folder: tempfile::TempDir,
}

impl Cached {
    fn new() -> Self {
        let (folder, url) = new_file_url();
        let store = Store::open(&database_url(&url)).unwrap();
        let [alice, bob] = ["alice", "bob"]
            .map(|name| store.insert(&new_user(name, Roles::admin()), &BY).unwrap());
        for user in [&alice, &bob] {
            assert_eq!(find(&store, user).as_ref(), Some(user));
        }
        Self { store, url, alice, bob, _folder: folder }
    }

    /// Whether the row of this user is found as it is, in the cache.
    fn is_cached(&self, user: &User) -> bool {
        let before = hits(&self.store);
        assert_eq!(find(&self.store, user).as_ref(), Some(user));
        hits(&self.store) > before
    }
}

#[test]
fn changes_of_one_user_keep_the_rows_of_others() {
    let cached = Cached::new();
    for name in ["bobby", "robert", "bert"] {
        let bob = cached.store.update(cached.bob.id, &rename(name), &BY).unwrap();
        assert!(cached.is_cached(&cached.alice));
        assert!(!cached.is_cached(&bob));
    }
    // Other writes may change any user.
    cached.store.insert(&new_user("carol", Roles::default()), &BY).unwrap();
    assert!(!cached.is_cached(&cached.alice));
}

#[test]
fn a_commit_of_another_process_has_every_row_read_again() {
    let cached = Cached::new();
    let other = Store::open(&database_url(&cached.url)).unwrap();
    let alice = other.update(cached.alice.id, &rename("alison"), &BY).unwrap();
    cached.store.update(cached.bob.id, &rename("bobby"), &BY).unwrap();
    assert!(!cached.is_cached(&alice));
    assert!(cached.is_cached(&alice));
    other.delete(alice.id, &ALWAYS, &BY).unwrap();
    cached.store.update(cached.bob.id, &rename("robert"), &BY).unwrap();
    assert_eq!(find(&cached.store, &alice), None);
}

#[test]
fn no_row_is_older_than_an_acknowledged_change() {
    const ROUNDS: i64 = 200;
    let cached = Cached::new();
    let other = Store::open(&database_url(&cached.url)).unwrap();
    let (begin, is_over) = (Barrier::new(4), AtomicBool::new(false));
    let seen = |id: UserId| cached.store.find(&UserRef::Id(id)).unwrap().unwrap().user.version;
    thread::scope(|scope| {
        // Three writers, of which one is in another process as far as the cache can tell.
        let mut writers = Vec::new();
        for (store, user) in
            [(&cached.store, &cached.alice), (&cached.store, &cached.bob), (&other, &cached.alice)]
        {
            let begin = &begin;
            writers.push(scope.spawn(move || {
                begin.wait();
                for round in 0..ROUNDS {
                    let name = format!("{}{}", user.name, round % 2);
                    let written = store.update(user.id, &rename(&name), &BY).unwrap().version;
                    assert!(seen(user.id) >= written);
                }
            }));
        }
        scope.spawn(|| {
            begin.wait();
            let mut last = [Version(0); 2];
            while !is_over.load(Ordering::Acquire) {
                let now = [cached.alice.id, cached.bob.id].map(seen);
                assert!(now >= last, "{now:?} after {last:?}");
                last = now;
            }
        });
        let outcomes: Vec<_> = writers.into_iter().map(ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::Release);
        assert!(outcomes.iter().all(Result::is_ok));
    });
}
