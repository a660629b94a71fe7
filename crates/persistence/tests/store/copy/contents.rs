//! What is copied.

use rollcall_domain::{Roles, UserId, UserStore};
use rollcall_persistence::{Contents, Copied, Progress, Step, copy};

use super::{End, ROLES, USERS, directions, run};
use crate::{new_account, new_url};

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
        let Contents { users, roles, highest_id, sha256 } = source;
        assert_eq!((users, roles, highest_id, sha256.len()), (USERS, ROLES, 3702, 64));
        let step = |step, done| Progress { step, done, total: USERS };
        let expected = [Step::Copying, Step::Verifying]
            .into_iter()
            .flat_map(|it| [500, 1000, USERS].map(|done| step(it, done)));
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
            let made = source.insert(&new_account(&format!("user{id}"), Roles::default())).unwrap();
            assert_eq!(made.id, UserId(id));
        }
        for id in [5, 4] {
            source.delete(UserId(id)).unwrap();
        }
        let copied = run(&from, &to).unwrap();
        assert_eq!((copied.source.highest_id, copied.target.highest_id), (5, 5));
        let made = to.open().insert(&new_account("next", Roles::default())).unwrap();
        assert_eq!(made.id, UserId(6));
    }
}

#[test]
fn ids_that_the_target_has_given_itself_are_not_given_again_either() {
    for (from, to) in directions() {
        from.open().insert(&new_account("alice", Roles::admin())).unwrap();
        for name in ["one", "two", "three"] {
            let made = to.open().insert(&new_account(name, Roles::default())).unwrap();
            to.open().delete(made.id).unwrap();
        }
        let copied = run(&from, &to).unwrap();
        assert_eq!((copied.source.highest_id, copied.target.highest_id), (1, 3));
        let made = to.open().insert(&new_account("next", Roles::default())).unwrap();
        assert_eq!(made.id, UserId(4));
    }
}

#[test]
fn a_store_without_users_is_copied_as_one() {
    for (from, to) in directions() {
        drop(from.open());
        let copied = run(&from, &to).unwrap();
        assert_eq!((copied.source.users, copied.source.highest_id), (0, 0));
        let made = to.open().insert(&new_account("first", Roles::default())).unwrap();
        assert_eq!(made.id, UserId(1));
    }
}

#[test]
fn what_is_changed_meanwhile_is_not_in_the_copy() {
    for (from, to) in directions() {
        let from = from.filled();
        let before = from.rows();
        let copied = copy(&from.parsed(), &to.parsed(), |progress| {
            if progress == (Progress { step: Step::Copying, done: 500, total: USERS }) {
                from.database().execute(
                    "UPDATE users SET version = version + 1 WHERE id = 2100;
                     DELETE FROM user_roles WHERE user_id IN (2103, 2106, 2109, 2112, 2115);
                     DELETE FROM users WHERE id = 2115;
                     INSERT INTO users SELECT id + 10000, version, create_time, name || 'x',
                        name_key || 'x', NULL, NULL, status, password_hash FROM users",
                );
            }
        });
        assert_eq!(copied.unwrap().source.users, USERS);
        assert_eq!(to.rows(), before);
        assert_ne!(from.rows(), before);
    }
}
