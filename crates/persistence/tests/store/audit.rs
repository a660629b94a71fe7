//! The audit log: an entry for each change, and a chain that shows what was done to it.

use std::net::IpAddr;

use rollcall_domain::{
    Action, AuditStore, Authentication, Caller, Email, PasswordHash, PasswordReplacement,
    PasswordVersion, Roles, SessionStore, Status, User, UserChange, UserId, UserRef, UserStore,
    Username, WriteError,
    audit::{
        Actor, ActorContext, AuditAction, AuditEntry, AuditQuery, ChainFlaw, ChainMark,
        ChangedField, RequestOrigin,
    },
    session::{NewSession, SessionId, SessionKey},
};
use rollcall_persistence::Store;

use super::{
    ALWAYS, BY, EVERYTHING, TestStore, migrations::Database, new_store, new_user, winners,
};

/// A request by a user who has the password that it was made with, and may do what it asks for.
fn by(user: &User) -> ActorContext {
    let caller = Caller::User(user.clone(), Authentication::Password(PasswordVersion(0)));
    let address = Some(IpAddr::from([192, 0, 2, 7]));
    let [request_id, client_request_id] =
        ["a-request", "the-clients"].map(|id| Some(id.to_owned()));
    let origin = RequestOrigin { address, request_id, client_request_id };
    ActorContext::caller(&caller, &origin, Action::Read, Some(user.id))
}

fn newest(store: &Store) -> AuditEntry {
    store.entries(&AuditQuery { limit: 1, ..EVERYTHING }).unwrap().remove(0)
}

/// The changes of the newest entry, as `field:before>after`.
fn changes(store: &Store) -> Vec<String> {
    let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let changes = newest(store).event.changes.into_iter();
    let changes = changes.map(|change| {
        format!("{}:{}>{}", change.field.as_str(), text(change.before), text(change.after))
    });
    changes.collect()
}

fn end(store: &Store) -> ChainMark {
    store.verify(None).unwrap().unwrap()
}

/// What `sql` does to the log of three changes is told.
fn flaw_after(sql: &str) -> ChainFlaw {
    let store = new_store();
    let alice = store.insert(&new_user("alice", Roles::admin()), &BY).unwrap();
    for name in ["bob", "carol"] {
        store.insert(&new_user(name, Roles::default()), &by(&alice)).unwrap();
    }
    assert_eq!(end(&store).number, 3);
    store.database().execute(sql);
    store.verify(None).unwrap().unwrap_err()
}

impl TestStore {
    fn database(&self) -> Database {
        Database::connect(&self.text)
    }
}

#[test]
fn each_user_change_adds_one_entry_with_old_and_new_values() {
    let store = new_store();
    let root = store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    assert_eq!(newest(&store).actor, Actor::Operator);
    let by = by(&root);
    let alice = store.insert(&new_user("alice", Roles::admin()), &by).unwrap();
    let entry = newest(&store);
    assert_eq!((entry.number, &entry.actor, &entry.origin), (2, by.actor(), by.origin()));
    assert_eq!(entry.event.action, AuditAction::UserCreated);
    assert_eq!(entry.event.user.unwrap().id, alice.id);
    let made = ["name:->alice", "email:->alice@example.com", "status:->ENABLED", "roles:->admin"];
    assert_eq!(changes(&store), made);

    let change = UserChange {
        name: Username::parse("Bob").ok(),
        email: Some(None),
        password: Some(PasswordReplacement {
            hash: PasswordHash::from_store("another hash".to_owned()),
            replaces: None,
        }),
        ..UserChange::default()
    };
    store.update(alice.id, &change, &by).unwrap();
    assert_eq!(newest(&store).event.user.unwrap().name, "Bob");
    assert_eq!(changes(&store), ["name:alice>Bob", "email:alice@example.com>-", "password:->-"]);
    let disable = UserChange { status: Some(Status::Disabled), ..UserChange::default() };
    store.update(alice.id, &disable, &by).unwrap();
    assert_eq!(changes(&store), ["status:ENABLED>DISABLED"]);
    store.delete(alice.id, &ALWAYS, &by).unwrap();
    assert_eq!(newest(&store).event.action, AuditAction::UserDeleted);
    assert_eq!(changes(&store), ["name:Bob>-", "status:DISABLED>-", "roles:admin>-"]);
    assert_eq!(end(&store).number, 5);
}

#[test]
fn logs_sessions_that_start_end_or_are_ended_by_a_change() {
    let store = new_store();
    let id = store.insert(&new_user("alice", Roles::default()), &BY).unwrap().id;
    let account = store.find(&UserRef::Id(id)).unwrap().unwrap();
    let time = jiff::Timestamp::now();
    for key in ["one", "two", "three"] {
        let key = SessionKey::of(key);
        let session_id = SessionId::generate().unwrap();
        let session = NewSession { id: session_id, key, account: account.clone(), time };
        store.begin_session(&session, &by(&account.user)).unwrap();
    }
    assert_eq!(changes(&store), ["session:->three"]);
    store.end_session(&SessionKey::of("two"), &by(&account.user)).unwrap();
    let entry = newest(&store);
    assert_eq!((entry.event.action, entry.event.user.unwrap().id), (AuditAction::SessionEnded, id));
    assert_eq!(changes(&store), ["session:two>-"]);
    let disable = UserChange { status: Some(Status::Disabled), ..UserChange::default() };
    store.update(id, &disable, &BY).unwrap();
    assert_eq!(changes(&store), ["status:ENABLED>DISABLED", "sessions:2>0"]);
    store.record_activity(&SessionKey::of("one"), time, None).unwrap();
    assert_eq!(end(&store).number, 6);
}

#[test]
fn rejected_and_no_op_changes_add_no_entry() {
    let store = new_store();
    let id = store.insert(&new_user("alice", Roles::admin()), &BY).unwrap().id;
    let hash = PasswordHash::from_store("hash of alice".to_owned());
    assert!(store.insert(&new_user("ALICE", Roles::default()), &BY).is_err());
    assert!(matches!(store.delete(id, &ALWAYS, &BY), Err(WriteError::LastAdmin)));
    assert!(matches!(store.delete(UserId(99), &ALWAYS, &BY), Err(WriteError::Missing)));
    assert!(store.end_session(&SessionKey::of("absent"), &BY).is_err());
    let same = UserChange { status: Some(Status::Enabled), ..UserChange::default() };
    store.update(id, &same, &BY).unwrap();
    store.renew_hash(id, &hash, &PasswordHash::from_store("renewed".to_owned())).unwrap();
    assert_eq!(end(&store).number, 1);
}

#[test]
fn no_two_of_many_writers_get_the_same_number() {
    let store = new_store();
    let other = Store::open(&store.url).unwrap();
    let root = store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    let made = winners(40, |index| {
        let store = if index % 2 == 0 { &store.store } else { &other };
        store.insert(&new_user(&format!("user{index}"), Roles::default()), &by(&root)).is_ok()
    });
    assert_eq!((made, end(&other).number), (40, 41));
    let numbers: Vec<_> =
        store.entries(&EVERYTHING).unwrap().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=41).rev().collect::<Vec<_>>());
}

#[test]
fn entries_are_found_by_user_and_kind_and_behind_any_other() {
    let store = new_store();
    let [alice, bob] = ["alice", "bob"]
        .map(|name| store.insert(&new_user(name, Roles::default()), &BY).unwrap().id);
    let email = Email::parse("new@example.com").ok();
    let change = UserChange { email: Some(email), ..UserChange::default() };
    store.update(bob, &change, &BY).unwrap();
    let numbers = |query| -> Vec<i64> {
        store.entries(&query).unwrap().iter().map(|entry| entry.number).collect()
    };
    assert_eq!(numbers(AuditQuery { user: Some(bob), ..EVERYTHING }), [3, 2]);
    assert_eq!(numbers(AuditQuery { user: Some(alice), ..EVERYTHING }), [1]);
    let created = Some(AuditAction::UserCreated);
    assert_eq!(numbers(AuditQuery { action: created, ..EVERYTHING }), [2, 1]);
    assert_eq!(numbers(AuditQuery { before: Some(3), action: created, ..EVERYTHING }), [2, 1]);
    // One more than was asked for.
    assert_eq!(numbers(AuditQuery { limit: 1, ..EVERYTHING }), [3, 2]);
    assert_eq!(store.entries(&EVERYTHING).unwrap()[0].event.changes[0].field, ChangedField::Email);
}

#[test]
fn entries_are_found_by_actor_and_time_in_the_order_of_numbers() {
    let store = new_store();
    let root = store.insert(&new_user("root", Roles::admin()), &BY).unwrap();
    let alice = store.insert(&new_user("alice", Roles::admin()), &by(&root)).unwrap();
    store.insert(&new_user("bob", Roles::default()), &by(&alice)).unwrap();
    store.insert(&new_user("carol", Roles::default()), &by(&root)).unwrap();
    let numbers = |query| -> Vec<i64> {
        store.entries(&query).unwrap().iter().map(|entry| entry.number).collect()
    };
    assert_eq!(numbers(EVERYTHING), [4, 3, 2, 1]);
    // The clock of the process that wrote the third entry is behind.
    for (number, time) in [(1, -1_000_001), (2, 2_000_000), (3, 1_500_000), (4, 3_000_000)] {
        for (table, column) in [("audit", "id"), ("audit_links", "number")] {
            let set = format!("UPDATE {table} SET time = {time} WHERE {column} = {number}");
            store.database().execute(&set);
        }
    }
    assert_eq!(numbers(AuditQuery { actor: Some(root.id), ..EVERYTHING }), [4, 2]);
    let of_root = AuditQuery { actor: Some(root.id), before: Some(4), ..EVERYTHING };
    assert_eq!(numbers(of_root), [2]);
    for (since, until, expected) in [
        ("1970-01-01T00:00:02Z", "1970-01-01T00:00:03Z", &[2][..]),
        ("1970-01-01T00:00:01.5Z", "1970-01-01T00:00:03.000001Z", &[4, 3, 2]),
        // Times of entries are whole microseconds.
        ("1970-01-01T00:00:01.500000001Z", "1970-01-01T00:00:03.000000001Z", &[4, 2]),
        ("1969-12-31T23:59:58.999999Z", "1970-01-01T00:00:00Z", &[1]),
        ("1969-12-31T23:59:58.999999001Z", "1970-01-01T00:00:01.5Z", &[]),
        ("1969-12-31T23:59:58.999998999Z", "1969-12-31T23:59:58.999999001Z", &[1]),
    ] {
        let [since, until] = [since, until].map(|text| text.parse().ok());
        assert_eq!(numbers(AuditQuery { since, until, ..EVERYTHING }), expected, "{since:?}");
    }
    let since = "1970-01-01T00:00:02Z".parse().ok();
    let query = AuditQuery { actor: Some(root.id), since, limit: 1, ..EVERYTHING };
    assert_eq!(numbers(query), [4, 2]);
}

#[test]
fn a_damaged_entry_is_left_out_of_pages() {
    let store = new_store();
    for name in ["alice", "bob", "carol", "dave"] {
        store.insert(&new_user(name, Roles::default()), &BY).unwrap();
    }
    assert_eq!(end(&store).number, 4);
    store.database().execute("UPDATE audit SET changes = 'no JSON' WHERE id IN (2, 3)");
    let numbers = |query| -> Vec<i64> {
        store.entries(&query).unwrap().iter().map(|entry| entry.number).collect()
    };
    assert_eq!(numbers(EVERYTHING), [4, 1]);
    // A page does not end before its limit.
    assert_eq!(numbers(AuditQuery { limit: 1, ..EVERYTHING }), [4, 1]);
    assert_eq!(numbers(AuditQuery { before: Some(4), ..EVERYTHING }), [1]);
    assert_eq!(store.verify(None).unwrap(), Err(ChainFlaw::Altered(2)));
}

#[test]
fn whatever_is_altered_is_found() {
    for column in ["actor_name", "user_name", "address", "request_id", "client_request_id"] {
        let alter = format!("UPDATE audit SET {column} = '192.0.2.9' WHERE id = 2");
        assert_eq!(flaw_after(&alter), ChainFlaw::Altered(2), "{column}");
        let remove = format!("UPDATE audit SET {column} = NULL WHERE id = 2");
        assert_eq!(flaw_after(&remove), ChainFlaw::Altered(2), "{column}");
    }
    for alter in [
        "time = time + 1",
        "actor = 'SESSION'",
        "actor = 'UNKNOWN'",
        "actor_id = 3",
        "action = 'USER_DELETED'",
        "user_id = 3",
        "changes = '[]'",
        "changes = 'no JSON'",
        "changes = changes || ' '",
        "changes = replace(changes, 'n', '\\u006e')",
        "format = 1",
        "format = 1, client_request_id = NULL",
        "format = 3",
    ] {
        let alter = format!("UPDATE audit SET {alter} WHERE id = 2");
        assert_eq!(flaw_after(&alter), ChainFlaw::Altered(2), "{alter}");
    }
    for table in ["audit_links SET number", "audit_links SET entry_id", "audit SET id"] {
        let (_, column) = table.rsplit_once(' ').unwrap();
        let swap = [(9, 1), (1, 2), (2, 9)]
            .map(|(new, old)| format!("UPDATE {table} = {new} WHERE {column} = {old};"));
        assert_eq!(flaw_after(&swap.concat()), ChainFlaw::Altered(1), "{table}");
    }
}

#[test]
fn an_altered_link_is_found() {
    for alter in [
        "hash = 'no hash'",
        "hash = upper(hash)",
        "hash = (SELECT hash FROM audit_links WHERE number = 1)",
        "time = time + 1",
        "actor_id = NULL",
        "action = 'USER_DELETED'",
        "user_id = NULL",
    ] {
        let alter = format!("UPDATE audit_links SET {alter} WHERE number = 2");
        assert_eq!(flaw_after(&alter), ChainFlaw::Altered(2), "{alter}");
    }
    let elsewhere = "UPDATE audit_links SET entry_id = 9 WHERE number = 2";
    assert_eq!(flaw_after(elsewhere), ChainFlaw::Missing(2));
}

#[test]
fn whatever_is_missing_or_was_put_in_is_found() {
    for number in [1, 2, 3] {
        let flaw = ChainFlaw::Missing(number);
        assert_eq!(flaw_after(&format!("DELETE FROM audit WHERE id = {number}")), flaw);
    }
    for (number, flaw) in [
        (1, ChainFlaw::Missing(1)),
        (2, ChainFlaw::Missing(2)),
        (3, ChainFlaw::WrongEnd { last: 2, head: 3 }),
    ] {
        let unlink = format!("DELETE FROM audit_links WHERE number = {number}");
        assert_eq!(flaw_after(&unlink), flaw);
        assert_eq!(flaw_after(&format!("{unlink}; DELETE FROM audit WHERE id = {number}")), flaw);
    }
    let all = ChainFlaw::WrongEnd { last: 0, head: 3 };
    assert_eq!(flaw_after("DELETE FROM audit_links; DELETE FROM audit"), all);
    let forged_end = "UPDATE audit_head SET number = 2";
    assert_eq!(flaw_after(forged_end), ChainFlaw::WrongEnd { last: 3, head: 2 });
    let put_in = "INSERT INTO audit (id, time, actor, action, changes, format) \
        SELECT -4, time, actor, action, changes, format FROM audit WHERE id = 3; \
        INSERT INTO audit_links (number, entry_id, hash, time, actor_id, action, user_id) \
        SELECT 4, -4, hash, time, actor_id, action, user_id FROM audit_links WHERE number = 3";
    assert_eq!(flaw_after(put_in), ChainFlaw::Altered(4));
    for number in [0, -1, i64::MIN + 1] {
        let put_in = put_in.replacen("SELECT 4", &format!("SELECT {number}"), 1);
        assert_eq!(flaw_after(&put_in), ChainFlaw::PutIn(number));
    }
}

#[test]
fn verifying_with_a_known_end_detects_removed_entries() {
    let store = new_store();
    let add = |name: &str| {
        store.insert(&new_user(name, Roles::default()), &BY).unwrap();
        end(&store)
    };
    let [first, second] = ["alice", "bob"].map(add);
    assert_eq!(store.verify(Some(first)).unwrap(), Ok(second));
    // Removes the last entry and every trace of it.
    store.database().execute(&format!(
        "DELETE FROM audit_links WHERE number = 2; DELETE FROM audit WHERE id = 2; \
         UPDATE audit_head SET number = 1, hash = '{}', entry_id = 1",
        first.hash
    ));
    assert_eq!(end(&store), first);
    assert_eq!(store.verify(Some(second)).unwrap(), Err(ChainFlaw::Forgotten(2)));
    add("carol");
    assert_eq!(store.verify(Some(first)).unwrap().map(|mark| mark.number), Ok(2));
    assert_eq!(store.verify(Some(second)).unwrap(), Err(ChainFlaw::Forgotten(2)));
}

#[test]
fn a_log_without_entries_is_whole() {
    assert_eq!(end(&new_store()), ChainMark::START);
}
