//! The contents of a copy.

use jiff::Timestamp;
use rollcall_domain::{
    AuditStore, NewResetCode, ResetCode, ResetCodeStore, Roles, SessionStore, UserId, UserRef,
    UserStore,
    audit::AuditQuery,
    session::{NewSession, SessionId, SessionKey},
};
use rollcall_persistence::{Contents, Copied, Progress, Step, copy};

use super::{End, ROLES, USERS, directions, run};
use crate::{ALWAYS, BY, new_url, new_user};

#[test]
fn everything_is_copied_and_the_source_stays_as_it_was() {
    for (from, to) in directions() {
        let from = from.filled();
        let before = from.rows();
        let mut steps = Vec::new();
        let Copied { source, target } =
            copy(&from.parsed(), &to.parsed(), |progress| steps.push(progress)).unwrap();
        assert_eq!((&from.rows(), &to.rows()), (&before, &before));
        assert_eq!(source, target);
        let Contents { users, roles, entries, highest_id, sha256 } = source;
        assert_eq!((users, roles, entries), (USERS, ROLES, 0));
        assert_eq!((highest_id, sha256.len()), (3702, 64));
        let step = |step, done| Progress { step, done, total: USERS };
        let expected = [Step::Copying, Step::Verifying]
            .into_iter()
            .flat_map(|kind| [500, 1000, USERS].map(|done| step(kind, done)));
        assert_eq!(steps, expected.collect::<Vec<_>>());
    }
}

#[test]
fn the_sum_is_the_same_on_every_backend_and_tells_any_other_row() {
    for (from, to) in directions() {
        let (from, again) = (from.filled(), End::new(new_url()));
        let first = run(&from, &to).unwrap().target;
        assert_eq!(run(&to, &again).unwrap().target, first);
        again.database().execute("UPDATE users SET password_hash = 'x' WHERE id = 2100");
        assert_ne!(run(&again, &End::new(new_url())).unwrap().target, first);
    }
}

#[test]
fn no_id_is_given_again_though_its_user_was_deleted_before() {
    for (from, to) in directions() {
        let source = from.open();
        for id in 1..=5 {
            let made =
                source.insert(&new_user(&format!("user{id}"), Roles::default()), &BY).unwrap();
            assert_eq!(made.id, UserId(id));
        }
        for id in [5, 4] {
            source.delete(UserId(id), &ALWAYS, &BY).unwrap();
        }
        let copied = run(&from, &to).unwrap();
        assert_eq!((copied.source.highest_id, copied.target.highest_id), (5, 5));
        let made = to.open().insert(&new_user("next", Roles::default()), &BY).unwrap();
        assert_eq!(made.id, UserId(6));
    }
}

#[test]
fn ids_used_earlier_by_the_target_are_not_reused() {
    for (from, to) in directions() {
        from.open().insert(&new_user("alice", Roles::admin()), &BY).unwrap();
        drop(to.open());
        // As releases without an audit log did.
        for _ in 0..3 {
            to.database().execute(
                "INSERT INTO users (version, create_time, name, name_key, status, password_hash)
                 VALUES (0, 0, 'one', 'one', 'ENABLED', ''); DELETE FROM users",
            );
        }
        let copied = run(&from, &to).unwrap();
        assert_eq!((copied.source.highest_id, copied.target.highest_id), (1, 3));
        let made = to.open().insert(&new_user("next", Roles::default()), &BY).unwrap();
        assert_eq!(made.id, UserId(4));
    }
}

#[test]
fn the_audit_log_goes_on_where_it_was() {
    for (from, to) in directions() {
        let source = from.open();
        let alice = source.insert(&new_user("alice", Roles::admin()), &BY).unwrap();
        source.insert(&new_user("bob", Roles::default()), &BY).unwrap();
        let copied = run(&from, &to).unwrap();
        assert_eq!((copied.source.entries, copied.target.entries), (2, 2));
        let target = to.open();
        let query = AuditQuery::default();
        assert_eq!(target.entries(&query).unwrap(), source.entries(&query).unwrap());
        let known = source.verify(None).unwrap().unwrap();
        target.insert(&new_user("carol", Roles::default()), &BY).unwrap();
        assert_eq!(target.verify(Some(known)).unwrap().unwrap().number, 3);
        assert!(target.find(&UserRef::Id(alice.id)).unwrap().is_some());
    }
}

#[test]
fn sessions_are_not_copied() {
    for (from, to) in directions() {
        let source = from.open();
        let user = source.insert(&new_user("alice", Roles::admin()), &BY).unwrap();
        let account = source.find(&UserRef::Id(user.id)).unwrap().unwrap();
        let (id, key) = (SessionId::generate().unwrap(), SessionKey::of("key"));
        let session = NewSession { id, key: key.clone(), account, time: Timestamp::now() };
        source.begin_session(&session, &BY).unwrap();
        source.keep_signatures(b"remembered").unwrap();
        run(&from, &to).unwrap();
        let target = to.open();
        assert!(target.find_session(&key).unwrap().is_none());
        assert!(target.take_signatures().unwrap().is_empty());
        assert!(source.find_session(&key).unwrap().is_some());
    }
}

#[test]
fn reset_codes_are_not_copied() {
    for (from, to) in directions() {
        let source = from.open();
        let user = source.insert(&new_user("alice", Roles::admin()), &BY).unwrap();
        let now = Timestamp::now();
        let hash = ResetCode::generate().unwrap().hash();
        let expire_time = now + jiff::SignedDuration::from_hours(1);
        let code = NewResetCode { hash: hash.clone(), user_id: user.id, expire_time };
        source.create_reset_code(&code, &BY).unwrap();
        run(&from, &to).unwrap();
        assert!(to.open().find_reset_code(&hash, now).unwrap().is_none());
        assert!(source.find_reset_code(&hash, now).unwrap().is_some());
    }
}

#[test]
fn a_store_without_users_is_copied_as_one() {
    for (from, to) in directions() {
        drop(from.open());
        let copied = run(&from, &to).unwrap();
        assert_eq!((copied.source.users, copied.source.highest_id), (0, 0));
        let made = to.open().insert(&new_user("first", Roles::default()), &BY).unwrap();
        assert_eq!(made.id, UserId(1));
    }
}

#[test]
fn a_copy_excludes_concurrent_changes() {
    for (from, to) in directions() {
        let from = from.filled();
        let before = from.rows();
        let copied = copy(&from.parsed(), &to.parsed(), |progress| {
            if progress == (Progress { step: Step::Copying, done: 500, total: USERS }) {
                from.database().execute(
                    "UPDATE users SET version = version + 1 WHERE id = 2100;
                     DELETE FROM user_roles WHERE user_id IN (2103, 2106, 2109, 2112, 2115);
                     DELETE FROM users WHERE id = 2115;
                     INSERT INTO users
                        (id, version, create_time, name, name_key, status, password_hash)
                     SELECT id + 10000, version, create_time, name || 'x', name_key || 'x',
                        status, password_hash FROM users",
                );
            }
        });
        assert_eq!(copied.unwrap().source.users, USERS);
        assert_eq!(to.rows(), before);
        assert_ne!(from.rows(), before);
    }
}
