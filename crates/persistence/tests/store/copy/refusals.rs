//! Rejected copies, which leave both stores unchanged.

use std::{sync::mpsc, thread, time::Duration};

use rollcall_domain::{Roles, UserOrder, UserStore};
use rollcall_persistence::{CopyError, DatabaseUrl, OpenError};

use super::{LATER, USERS, directions, run};
use crate::{BY, all, new_user};

#[test]
fn a_target_that_has_users_is_left_alone_whatever_its_release() {
    for (from, to) in directions() {
        let from = from.filled();
        to.open().insert(&new_user("alice", Roles::admin()), &BY).unwrap();
        to.database().execute(
            "DROP TABLE sessions;
             DELETE FROM __diesel_schema_migrations WHERE version = '20261122100000'",
        );
        let before = (to.rows(), to.database().columns());
        assert!(matches!(run(&from, &to), Err(CopyError::NotEmpty)));
        assert_eq!((to.rows(), to.database().columns()), before);
        assert!(matches!(run(&from, &from), Err(CopyError::SameStore)));
    }
}

#[test]
fn a_source_that_is_not_of_this_release_is_refused_unchanged() {
    for (from, to) in directions() {
        let refused = || match run(&from, &to) {
            Err(CopyError::Source(error)) => error,
            other => panic!("{other:?}"),
        };
        if from.is_sqlite() {
            assert!(matches!(refused(), OpenError::Missing(_)));
            let DatabaseUrl::Sqlite(path) = from.parsed() else { unreachable!() };
            assert!(!path.parent().unwrap().exists());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        assert!(matches!(refused(), OpenError::NoStore));
        assert_eq!(from.database().columns(), [""; 0]);
        drop(from.open());
        let columns = from.database().columns();
        for (version, change) in [
            ("29990101", "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101')"),
            (
                "20261122100000",
                "DELETE FROM __diesel_schema_migrations WHERE version >= '20261122100000'",
            ),
        ] {
            from.database().execute(change);
            let (OpenError::Newer(found) | OpenError::Older(found)) = refused() else { panic!() };
            assert_eq!((found.as_str(), from.database().columns()), (version, columns.clone()));
        }
        if let DatabaseUrl::Sqlite(path) = to.parsed() {
            assert!(!path.exists());
        }
    }
}

#[test]
fn a_copy_that_fails_halfway_leaves_no_users() {
    for (from, to) in directions() {
        let (from, store) = (from.filled(), to.open());
        to.on_insert(
            "BEFORE",
            &format!("SELECT RAISE(ABORT, 'broken off') WHERE NEW.id = {LATER};"),
            &format!("IF NEW.id = {LATER} THEN RAISE EXCEPTION 'broken off'; END IF;"),
        );
        let failed = run(&from, &to).unwrap_err();
        let said = failed.to_string();
        assert!(matches!(failed, CopyError::Write(_)) && said.contains("broken off"), "{said}");
        assert!(!said.contains("secret"), "{said}");
        assert_eq!(all(&store, UserOrder::Id), []);
        to.stop_meddling();
        assert_eq!(run(&from, &to).unwrap().target.users, USERS);
    }
}

#[test]
fn what_reads_back_as_anything_else_is_not_kept() {
    for (from, to) in directions() {
        let (from, store) = (from.filled(), to.open());
        for column in ["name = name || 'x'", "status = 'DISABLED'", "password_hash = 'x'"] {
            let change = format!("UPDATE users SET {column} WHERE id = NEW.id");
            to.on_insert(
                "AFTER",
                &format!("{change} AND NEW.id = {LATER};"),
                &format!("IF NEW.id = {LATER} THEN {change}; END IF;"),
            );
            let refused = run(&from, &to).unwrap_err();
            assert!(matches!(refused, CopyError::Different(_)), "{refused}");
            assert_eq!(all(&store, UserOrder::Id), []);
            to.stop_meddling();
        }
    }
}

#[test]
fn a_copy_waits_for_writers_and_does_not_overwrite_them() {
    for (from, to) in directions() {
        let from = from.filled();
        drop(to.open());
        let mut other = to.database();
        other.execute(if to.is_sqlite() { "BEGIN IMMEDIATE" } else { "BEGIN" });
        other.execute(
            "INSERT INTO users (id, version, create_time, name, name_key, status, password_hash)
             VALUES (1, 0, 0, 'a', 'a', 'ENABLED', 'x')",
        );
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            let (from, to) = (&from, &to);
            scope.spawn(move || sender.send(run(from, to)).unwrap());
            // Longer than a copy that does not wait.
            assert!(receiver.recv_timeout(Duration::from_secs(2)).is_err());
            other.execute("COMMIT");
            assert!(matches!(receiver.recv().unwrap(), Err(CopyError::NotEmpty)));
        });
        assert_eq!(to.rows()[0], ["1|0|0|a|a|-|-|-|ENABLED|x|0"]);
    }
}
