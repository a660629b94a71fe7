//! Logs that an earlier release has begun.

use rollcall_domain::{
    AuditStore, Roles, UserStore,
    audit::{AuditQuery, ChainFlaw, EntryFormat},
};

use rollcall_persistence::Store;

use super::{
    BY, TestStore,
    migrations::{Database, revert_to_before},
    new_store, new_user,
};

/// Five entries, as release 0.1.0 has written them.
const OF_0_1_0: &str = include_str!("audit-format-1.sql");

/// The end that `audit verify` of that release has said.
const END: &str = "5:f9786c3623745a0414937e4f9b3a242f5682582076dcec5caca441089daa52eb";

/// The migration that takes the numbers and hashes out of the entries.
const LINKS: &str = "20261128060000";

fn begun() -> TestStore {
    let mut store = new_store();
    store.store.close().unwrap();
    let mut database = Database::connect(&store.text);
    revert_to_before(&mut database, LINKS);
    database.execute(OF_0_1_0);
    drop(database);
    store.store = Store::open(&store.url).unwrap();
    store
}

/// The numbers of the formats, the newest entry first.
fn formats(store: &TestStore) -> Vec<i64> {
    let query = AuditQuery::default();
    store.entries(&query).unwrap().iter().map(|entry| entry.format.number()).collect()
}

#[test]
fn a_log_of_an_earlier_release_verifies_when_continued() {
    let store = begun();
    assert_eq!(store.verify(None).unwrap().unwrap().to_string(), END);
    store.insert(&new_user("carol", Roles::default()), &BY).unwrap();
    let known = END.parse().unwrap();
    assert_eq!(store.verify(Some(known)).unwrap().map(|end| end.number), Ok(6));
    assert_eq!(formats(&store), [2, 1, 1, 1, 1, 1]);
    assert_eq!(EntryFormat::of_number(2), Some(EntryFormat::Second));
}

#[test]
fn an_entry_can_not_be_passed_off_as_one_of_another_format() {
    for (number, alter) in [
        (2, "format = 2"),
        (2, "client_request_id = request_id"),
        (2, "format = 2, client_request_id = request_id"),
        (6, "format = 1"),
        (6, "format = 7"),
    ] {
        let store = begun();
        store.insert(&new_user("carol", Roles::default()), &BY).unwrap();
        // The ids of these entries are their numbers.
        assert_eq!(store.verify(None).unwrap().map(|end| end.number), Ok(6));
        let sql = format!("UPDATE audit SET {alter} WHERE id = {number}");
        Database::connect(&store.text).execute(&sql);
        assert_eq!(store.verify(None).unwrap(), Err(ChainFlaw::Altered(number)), "{alter}");
    }
}
