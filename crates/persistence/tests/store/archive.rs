//! Entries of the audit log that were moved to an archive.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use jiff::Timestamp;
use rollcall_domain::{
    AuditStore, Email, Roles, StoreError, UserChange, UserStore,
    audit::{AnnouncedArchive, AuditAction, AuditQuery, ChainFlaw, ChainMark},
};
use rollcall_persistence::{CensusCursor, RemovalError, Store, copy};

use super::{
    BY, EVERYTHING, End, TestStore, database_url, migrations::Database, new_file_url, new_store,
    new_url, new_user,
};

/// Entries as a server writes them, of imports long ago.
const ENTRIES: &str = "INSERT INTO audit (time, actor, action, changes, format) \
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < COUNT) \
    SELECT 1500000000000000 + i, 'OPERATOR', 'USERS_IMPORTED', '[]', 2 FROM n";

/// A store whose log has so many entries, and one of a user after them.
fn store_with(count: usize) -> TestStore {
    let store = new_store();
    Database::connect(&store.text).execute(&ENTRIES.replace("COUNT", &count.to_string()));
    store.insert(&new_user("alice", Roles::admin()), &BY).unwrap();
    assert_eq!(usize::try_from(store.verify(None).unwrap().unwrap().number), Ok(count + 1));
    store
}

fn mark(store: &Store, number: i64) -> ChainMark {
    let (_, entry) = store.entries_after(number - 1).unwrap().remove(0);
    entry.unwrap().unwrap().mark()
}

fn first(store: &Store, number: i64) -> AnnouncedArchive {
    AnnouncedArchive { start: ChainMark::START, end: mark(store, number) }
}

/// The numbers of all entries, the newest first.
fn numbers(store: &Store) -> Vec<i64> {
    store.entries(&EVERYTHING).unwrap().iter().map(|entry| entry.number).collect()
}

fn counted_entries(store: &Store) -> u64 {
    let mut cursor = CensusCursor::new(Duration::MAX, Timestamp::now());
    loop {
        match cursor.step(store).unwrap() {
            ControlFlow::Continue(next) => cursor = next,
            ControlFlow::Break(census) => return census.audit_entries,
        }
    }
}

#[test]
fn the_log_verifies_after_each_removal() {
    let store = store_with(12_000);
    let (archive, earlier) = (first(&store, 12_000), mark(&store, 11_000));
    let mut anchor = ChainMark::START;
    for expected in [5000, 10_000, 12_000] {
        anchor = store.remove_archived(anchor, archive).unwrap();
        let log = store.verify_log(&[archive.end]).unwrap().unwrap();
        assert_eq!((log.anchor, anchor.number, log.end.number), (anchor, expected, 12_002));
        let unfinished = (expected < 12_000).then_some(archive);
        assert_eq!(
            (log.unfinished, store.log_beginning().unwrap().unfinished),
            (unfinished, unfinished)
        );
        assert_eq!(counted_entries(&store), u64::try_from(12_002 - expected).unwrap());
        let known = store.verify(Some(earlier)).unwrap();
        assert_eq!(known.is_ok(), expected < 11_000, "{known:?}");
    }
    assert_eq!(anchor, archive.end);
    assert_eq!(numbers(&store), [12_002, 12_001]);
    let entry = store.entries(&EVERYTHING).unwrap().remove(0);
    assert_eq!(entry.event.action, AuditAction::AuditArchived);
    assert_eq!(entry.announced_archive(), Some(archive));
}

#[test]
fn the_next_archive_begins_behind_the_last_one() {
    let store = store_with(5);
    let archive = first(&store, 3);
    store.remove_archived(ChainMark::START, archive).unwrap();
    // Up to the entry that announced the first one.
    let next = AnnouncedArchive { start: archive.end, end: mark(&store, 7) };
    assert_eq!(store.remove_archived(archive.end, next).unwrap(), next.end);
    assert_eq!(numbers(&store), [8]);
    assert_eq!(store.verify(Some(next.end)).unwrap().unwrap().number, 8);
    assert_eq!(store.verify(Some(archive.end)).unwrap(), Err(ChainFlaw::Archived(3)));
    // Numbers go on, and no id is used again.
    store.insert(&new_user("bob", Roles::default()), &BY).unwrap();
    assert_eq!(numbers(&store), [9, 8]);
    assert_eq!(store.verify(None).unwrap().unwrap().number, 9);
}

#[test]
fn an_altered_beginning_is_found() {
    const GONE: &str = "DELETE FROM audit WHERE id IN \
        (SELECT entry_id FROM audit_links WHERE number = NUMBER); \
        DELETE FROM audit_links WHERE number = NUMBER";
    let gone = |number: i64| GONE.replace("NUMBER", &number.to_string());
    let forged = "UPDATE audit_anchor SET number = 3, \
        hash = (SELECT hash FROM audit_links WHERE number = 3); ";
    let put_in = "INSERT INTO audit_links (number, entry_id, hash, time, action) \
        SELECT 1, -1, hash, time, action FROM audit_links WHERE number = 3";
    for (alteration, expected) in [
        ("DELETE FROM audit_anchor".to_owned(), ChainFlaw::AlteredAnchor),
        ("UPDATE audit_anchor SET hash = 'no hash'".to_owned(), ChainFlaw::AlteredAnchor),
        (
            "UPDATE audit_anchor SET hash = (SELECT hash FROM audit_head)".to_owned(),
            ChainFlaw::Altered(3),
        ),
        ("UPDATE audit_anchor SET number = 1".to_owned(), ChainFlaw::Missing(2)),
        ("UPDATE audit_anchor SET number = 0".to_owned(), ChainFlaw::Missing(1)),
        ("UPDATE audit_anchor SET number = 3".to_owned(), ChainFlaw::PutIn(3)),
        // Without the entry that announced the archive.
        (gone(5), ChainFlaw::Missing(5)),
        // One entry more than was archived.
        (forged.to_owned() + &gone(3), ChainFlaw::UnconfirmedAnchor(3)),
        (put_in.to_owned(), ChainFlaw::PutIn(1)),
    ] {
        let store = store_with(3);
        store.remove_archived(ChainMark::START, first(&store, 2)).unwrap();
        store.insert(&new_user("bob", Roles::default()), &BY).unwrap();
        assert_eq!(numbers(&store), [6, 5, 4, 3]);
        Database::connect(&store.text).execute(&alteration);
        assert_eq!(store.verify(None).unwrap(), Err(expected), "{alteration}");
    }
}

#[test]
fn a_forged_anchor_is_found_with_an_earlier_end() {
    let store = store_with(3);
    let (earlier, removed) = (mark(&store, 4), mark(&store, 2));
    // The whole log, and an entry as the command writes it.
    let ChainMark { number, hash } = removed;
    Database::connect(&store.text).execute(&format!(
        "DELETE FROM audit; DELETE FROM audit_links;
         UPDATE audit_anchor SET number = {number}, hash = '{hash}';
         UPDATE audit_head SET number = {number}, hash = '{hash}', entry_id = 0;
         INSERT INTO audit (time, actor, action, changes, format)
         VALUES (1, 'OPERATOR', 'AUDIT_ARCHIVED', '[[\"anchor\",null,\"{removed}\"]]', 2)"
    ));
    store.insert(&new_user("bob", Roles::default()), &BY).unwrap();
    assert_eq!(store.verify(None).unwrap().unwrap().number, 4);
    assert_eq!(store.verify(Some(earlier)).unwrap(), Err(ChainFlaw::Forgotten(4)));
}

#[test]
fn only_the_next_entries_of_the_announced_archive_are_removed() {
    let store = store_with(6000);
    let archive = first(&store, 5500);
    let other = AnnouncedArchive { end: mark(&store, 5600), ..archive };
    let wrong = ChainMark { number: 5500, hash: other.end.hash };
    let of_other_log = AnnouncedArchive { end: wrong, ..archive };
    let refused = store.remove_archived(ChainMark::START, of_other_log);
    assert!(matches!(refused, Err(RemovalError::OtherLog(5500))), "{refused:?}");
    let anchor = store.remove_archived(ChainMark::START, archive).unwrap();
    let refused = store.remove_archived(ChainMark::START, archive);
    assert!(matches!(refused, Err(RemovalError::Moved)), "{refused:?}");
    let refused = store.remove_archived(anchor, other);
    let Err(RemovalError::Unfinished(end)) = refused else { panic!("{refused:?}") };
    assert_eq!(end, archive.end);
    // Entries that were removed by other means.
    Database::connect(&store.text).execute("DELETE FROM audit WHERE id = 5300");
    let refused = store.remove_archived(anchor, archive);
    let Err(RemovalError::Store(StoreError::Internal(_))) = refused else { panic!("{refused:?}") };
    assert_eq!(store.log_beginning().unwrap().anchor, anchor);
}

#[test]
fn a_copy_begins_where_its_source_begins() {
    let store = store_with(7);
    let archive = first(&store, 5);
    store.remove_archived(ChainMark::START, archive).unwrap();
    let known = mark(&store, 7);
    for (_folder, target) in [new_file_url(), new_url()] {
        let (target, (_other_folder, back)) = (database_url(&target), new_url());
        let back = database_url(&back);
        copy(&store.url, &target, |_| ()).unwrap();
        copy(&target, &back, |_| ()).unwrap();
        for copied in [target, back] {
            let log = Store::open(&copied).unwrap().verify_log(&[known]).unwrap().unwrap();
            assert_eq!((log.anchor, log.unfinished), (archive.end, None));
            assert_eq!(log.end.number, 9);
        }
    }
}

#[test]
fn changes_and_readers_go_on_while_entries_are_removed() {
    let store = store_with(40_000);
    let archive = first(&store, 40_000);
    let other = Store::open(&store.url).unwrap();
    let alice = other.find(&super::named("alice")).unwrap().unwrap().user.id;
    let is_over = AtomicBool::new(false);
    let made = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut made = 0_i64;
            while !is_over.load(Ordering::SeqCst) || made < 3 {
                let email = Email::parse(&format!("alice{made}@example.com")).ok();
                let change = UserChange { email: Some(email), ..UserChange::default() };
                other.update(alice, &change, &BY).unwrap();
                made += 1;
                let page = AuditQuery { limit: 5, ..EVERYTHING };
                let numbers: Vec<_> =
                    other.entries(&page).unwrap().iter().map(|entry| entry.number).collect();
                assert!(numbers.windows(2).all(|pair| pair[0] == pair[1] + 1), "{numbers:?}");
                other.verify(None).unwrap().unwrap();
            }
            made
        });
        let end = End(&is_over);
        let mut anchor = ChainMark::START;
        while anchor != archive.end {
            anchor = store.remove_archived(anchor, archive).unwrap();
        }
        drop(end);
        writer.join().unwrap()
    });
    assert_eq!(store.verify(None).unwrap().unwrap().number, 40_002 + made);
    assert_eq!(counted_entries(&store), u64::try_from(2 + made).unwrap());
}
