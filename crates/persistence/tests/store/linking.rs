//! Entries of the audit log get their numbers once they are committed.

use std::time::{Duration, Instant};

use rollcall_domain::{
    Action, AuditStore, Authentication, Caller, Email, PasswordVersion, Roles, UserChange, UserId,
    UserStore,
    audit::{ActorContext, AuditEntry, ChainFlaw, ChangedField, RequestOrigin},
};
use rollcall_persistence::{Store, copy};

use super::{
    BY, EVERYTHING, TestStore, database_url, migrations::Database, new_store, new_url, new_user,
    pooler, winners,
};

/// An entry as a server writes it, of a change long ago by the command line.
const ENTRY: &str = "INSERT INTO audit (id, time, actor, action, changes, format) \
    VALUES (ID, 1500000000000000, 'OPERATOR', 'USERS_IMPORTED', '[]', 2)";

fn set_email(store: &Store, id: UserId, number: usize) {
    set_email_by(store, id, number, &BY);
}

fn set_email_by(store: &Store, id: UserId, number: usize, by: &ActorContext) {
    let email = Email::parse(&format!("{}-{number}@example.com", id.0)).unwrap();
    let change = UserChange { email: Some(Some(email)), ..UserChange::default() };
    store.update(id, &change, by).unwrap();
}

fn users<const N: usize>(store: &Store) -> [UserId; N] {
    std::array::from_fn(|index| {
        store.insert(&new_user(&format!("user{index}"), Roles::default()), &BY).unwrap().id
    })
}

/// All entries, the oldest first.
fn entries(store: &Store) -> Vec<AuditEntry> {
    let mut entries = store.entries(&EVERYTHING).unwrap();
    entries.reverse();
    entries
}

fn end(store: &Store) -> i64 {
    store.verify(None).unwrap().unwrap().number
}

/// Fails after a minute, on a loaded machine too late by far.
fn wait_until(mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "still not so after a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl TestStore {
    fn is_sqlite(&self) -> bool {
        self.text.starts_with("sqlite:")
    }

    /// Writes an entry with this id, as a change that is committed only now.
    fn commit_entry(&self, id: i64) {
        Database::connect(&self.text).execute(&ENTRY.replace("ID", &id.to_string()));
    }

    fn lines(&self, query: &str) -> Vec<String> {
        Database::connect(&self.text).lines(query, query)
    }
}

#[test]
fn changes_of_two_users_do_not_wait_for_each_other() {
    /// Has each change of a user wait, while it is committed, for a lock that the test holds.
    const HOLD: &str = "
        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_advisory_xact_lock_shared(77); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER hold AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION hold();
        SELECT pg_advisory_lock(77)";
    const HELD: &str = "SELECT count(*)::text AS line FROM pg_locks \
        WHERE locktype = 'advisory' AND objid = 77 AND NOT granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let store = new_store();
    // SQLite has one writer at a time.
    if store.is_sqlite() {
        return;
    }
    let ids: [UserId; 2] = users(&store);
    let root = store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    let caller = Caller::User(root, Authentication::Password(PasswordVersion(0)));
    let by_root =
        |id| ActorContext::caller(&caller, &RequestOrigin::default(), Action::Update, Some(id));
    let mut database = Database::connect(&store.text);
    database.execute(HOLD);
    let contexts: [&(dyn Fn(UserId) -> ActorContext + Sync); 2] = [&|_| BY, &by_root];
    // Behind a pooler, changes of one caller lock the caller's row.
    let count = if pooler::is_in_between(&store.text) { 1 } else { 2 };
    for (number, by) in contexts.into_iter().take(count).enumerate() {
        std::thread::scope(|scope| {
            for id in ids {
                let (store, by) = (&store.store, by(id));
                scope.spawn(move || set_email_by(store, id, number, &by));
            }
            // A change that waited for the other one would end with it, after ten seconds.
            wait_until(|| database.lines("", HELD) == ["2"]);
            database.execute("SELECT pg_advisory_unlock(77)");
        });
        database.execute("SELECT pg_advisory_lock(77)");
    }
    assert_eq!(usize::try_from(end(&store)), Ok(3 + 2 * count));
}

#[test]
fn each_change_has_one_number_in_the_order_of_its_user() {
    const CHANGES: usize = 20;
    let store = new_store();
    let others = [(); 2].map(|()| Store::open(&store.url).unwrap());
    let replicas = [&store.store, &others[0], &others[1]];
    let ids: [UserId; 9] = users(&store);
    let made = winners(ids.len(), |index| {
        for number in 0..CHANGES {
            // The next change begins after this one is acknowledged, on another replica.
            set_email(replicas[(index + number) % replicas.len()], ids[index], number);
            if number % 7 == index % 7 {
                assert!(!replicas[index % 3].entries(&EVERYTHING).unwrap().is_empty());
            }
        }
        true
    });
    assert_eq!(made, ids.len());
    let entries = entries(replicas[1]);
    let count = ids.len() * (CHANGES + 1);
    let numbers: Vec<_> = entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..).take(count).collect::<Vec<i64>>());
    for id in ids {
        let of_user = entries.iter().filter(|entry| entry.event.user.as_ref().unwrap().id == id);
        let emails: Vec<_> = of_user
            .flat_map(|entry| &entry.event.changes)
            .filter(|change| change.field == ChangedField::Email && change.before.is_some())
            .map(|change| change.after.clone().unwrap())
            .collect();
        let expected = (0..CHANGES).map(|number| format!("{}-{number}@example.com", id.0));
        assert_eq!(emails, expected.collect::<Vec<_>>());
    }
    assert_eq!(end(&store), i64::try_from(count).unwrap());
}

#[test]
fn an_entry_that_appears_late_gets_a_later_number() {
    let store = new_store();
    if store.is_sqlite() {
        return;
    }
    users::<1>(&store);
    // Two changes are under way, and one is committed before both.
    Database::connect(&store.text).execute("SELECT setval('audit_id_seq', 3)");
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    assert_eq!(end(&store), 2);
    store.commit_entry(2);
    assert_eq!(end(&store), 3);
    store.insert(&new_user("bob", Roles::default()), &BY).unwrap();
    store.commit_entry(3);
    assert_eq!(end(&store), 5);
    let order = "SELECT entry_id::text AS line FROM audit_links ORDER BY number";
    // Bob's entry may have been linked before the late one appeared.
    let orders = [["1", "4", "2", "3", "5"], ["1", "4", "2", "5", "3"]];
    let found = store.lines(order);
    assert!(orders.iter().any(|order| found == order), "{found:?}");
    assert_eq!(store.lines("SELECT id::text AS line FROM audit_gaps"), [""; 0]);
}

#[test]
fn ids_of_changes_that_were_undone_are_forgotten() {
    let store = new_store();
    if store.is_sqlite() {
        return;
    }
    users::<1>(&store);
    Database::connect(&store.text).execute("SELECT setval('audit_id_seq', 3)");
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    assert_eq!(end(&store), 2);
    let gaps = "SELECT id::text AS line FROM audit_gaps ORDER BY id";
    assert_eq!(store.lines(gaps), ["2", "3"]);
    Database::connect(&store.text).execute("UPDATE audit_gaps SET since = 0 WHERE id = 2");
    assert_eq!(end(&store), 2);
    assert_eq!(store.lines(gaps), ["3"]);
}

#[test]
fn an_entry_without_a_number_is_found() {
    let store = new_store();
    users::<1>(&store);
    assert_eq!(end(&store), 1);
    // No linker looks below the first id.
    store.commit_entry(-5);
    assert_eq!(store.verify(None).unwrap(), Err(ChainFlaw::Unlinked(-5)));
}

#[test]
fn an_unreadable_entry_is_found_and_holds_up_no_other() {
    let store = new_store();
    users::<1>(&store);
    // Unreadable from its first moment, or a linker may have linked it before.
    let unreadable = ENTRY.replace("ID", "7").replace("[]", "no JSON");
    Database::connect(&store.text).execute(&unreadable);
    if !store.is_sqlite() {
        Database::connect(&store.text).execute("SELECT setval('audit_id_seq', 7)");
    }
    store.insert(&new_user("alice", Roles::default()), &BY).unwrap();
    assert_eq!(entries(&store).len(), 2);
    assert_eq!(store.verify(None).unwrap(), Err(ChainFlaw::Unlinked(7)));
    // At once, whatever its time is.
    let future = "UPDATE audit SET time = 9223372036854775807 WHERE id = 7";
    Database::connect(&store.text).execute(future);
    assert_eq!(store.verify(None).unwrap(), Err(ChainFlaw::Unlinked(7)));
}

#[test]
fn an_end_from_which_linkers_cannot_go_on_is_found() {
    for alteration in [
        "UPDATE audit_head SET entry_id = entry_id + 1000000",
        "UPDATE audit_head SET entry_id = entry_id - 1",
        "DELETE FROM audit_head",
        "INSERT INTO audit_gaps (id, since) VALUES (1, 0)",
    ] {
        let store = new_store();
        users::<2>(&store);
        assert_eq!(end(&store), 2);
        Database::connect(&store.text).execute(alteration);
        let found = store.verify(None).unwrap();
        assert_eq!(found, Err(ChainFlaw::AlteredEnd), "{alteration}");
    }
}

#[test]
fn a_copy_has_a_number_for_each_entry() {
    let (store, (_folder, target)) = (new_store(), new_url());
    users::<1>(&store);
    assert_eq!(end(&store), 1);
    store.commit_entry(7);
    let target = database_url(&target);
    copy(&store.url, &target, |_| ()).unwrap();
    let copied = Store::open(&target).unwrap();
    assert_eq!(copied.verify(None).unwrap().unwrap().number, 2);
    assert_eq!(copied.entries(&EVERYTHING).unwrap().len(), 2);
}

#[test]
fn entries_are_linked_without_a_reader() {
    let store = new_store();
    users::<3>(&store);
    let linked = "SELECT CAST(count(*) AS TEXT) AS line FROM audit_links";
    wait_until(|| store.lines(linked) == ["3"]);
}

#[test]
fn a_store_that_is_closed_has_linked_its_entries() {
    let store = new_store();
    for number in 0..5 {
        let other = Store::open(&store.url).unwrap();
        let name = format!("user{number}");
        other.insert(&new_user(&name, Roles::default()), &BY).unwrap();
        other.close().unwrap();
        let linked = "SELECT CAST(count(*) AS TEXT) AS line FROM audit_links";
        assert_eq!(store.lines(linked), [(number + 1).to_string()]);
    }
}
