//! One mutation of a right history for each kind of bug.

mod by_name;
mod history;

use self::history::{USER, history, view};
use super::{Anomaly, History, check};
use crate::{
    audit::Entry,
    record::{Action, Outcome, View},
};

/// The calls that the mutations change, by their numbers.
mod calls {
    pub(super) const READ_BEFORE: u64 = 2;
    pub(super) const REFUSED_CHANGE: u64 = 4;
    pub(super) const READ_AFTER: u64 = 5;
    pub(super) const OLD_PASSWORD: u64 = 7;
    pub(super) const OTHER_USER: u64 = 10;
}

/// The checks that find a mutation.
fn found(mutate: impl FnOnce(&mut History)) -> Vec<&'static str> {
    let mut history = history();
    mutate(&mut history);
    let anomalies: Vec<Anomaly> = check(history).anomalies;
    let mut checks: Vec<_> = anomalies.iter().map(|anomaly| anomaly.check).collect();
    checks.sort_unstable();
    checks.dedup();
    checks
}

fn outcome(history: &mut History, number: u64) -> &mut Outcome {
    &mut history.calls.iter_mut().find(|call| call.number == number).unwrap().outcome
}

#[test]
fn a_right_history_has_no_anomaly() {
    let report = check(history());
    assert_eq!(report.anomalies, []);
    assert_eq!((report.pieces, report.most_calls), (3, 8));
}

#[test]
fn a_stale_read_is_found_by_the_search_alone() {
    let stale = |history: &mut History| {
        *outcome(history, calls::READ_AFTER) = Outcome::View(view(0, None));
    };
    assert_eq!(found(stale), ["search of a user"]);
}

#[test]
fn a_read_of_the_future_is_found_by_the_search_alone() {
    let early = |history: &mut History| {
        *outcome(history, calls::READ_BEFORE) = Outcome::View(view(1, Some("a")));
    };
    assert_eq!(found(early), ["search of a user"]);
}

#[test]
fn two_successes_with_one_condition_are_found() {
    let double = |history: &mut History| {
        *outcome(history, calls::REFUSED_CHANGE) = Outcome::View(view(1, Some("b")));
    };
    assert_eq!(found(double), ["audit log", "search of a user"]);
}

#[test]
fn an_acknowledged_change_that_is_lost_is_found() {
    let lost = |history: &mut History| {
        history.entries.remove(1);
        for (entry, number) in history.entries.iter_mut().zip(1..) {
            entry.number = number;
        }
        history.entries[2].changes[0].before = None;
    };
    assert_eq!(found(lost), ["audit log", "search of a user"]);
}

#[test]
fn a_password_accepted_after_its_change_is_found() {
    let accepted = |history: &mut History| {
        *outcome(history, calls::OLD_PASSWORD) = Outcome::View(view(2, Some("a")));
    };
    assert_eq!(found(accepted), ["revocation", "search of a user"]);
}

#[test]
fn a_refusal_of_the_right_password_is_found_by_the_search() {
    let refused = |history: &mut History| {
        history.calls[6].begin = 25;
        history.calls[6].end = 28;
    };
    assert_eq!(found(refused), ["search of a user"]);
}

#[test]
fn an_id_given_twice_is_found() {
    let twice = |history: &mut History| {
        *outcome(history, calls::OTHER_USER) =
            Outcome::View(View { name: "user-2".into(), ..view(0, None) });
        history.entries[4].user = Some(USER);
    };
    assert!(found(twice).contains(&"ids"));
}

#[test]
fn a_missing_entry_is_found() {
    let missing = |history: &mut History| drop(history.entries.pop());
    assert_eq!(found(missing), ["audit log"]);
}

#[test]
fn an_entry_of_a_refused_change_is_found() {
    let stray = |history: &mut History| {
        history.entries[4].call = Some(calls::REFUSED_CHANGE);
    };
    assert_eq!(found(stray), ["audit log"]);
}

#[test]
fn a_second_entry_of_a_call_is_found() {
    let second = |history: &mut History| {
        history.entries.push(Entry { number: 6, ..history.entries[3].clone() });
    };
    assert!(found(second).contains(&"audit log"));
}

#[test]
fn entries_of_a_user_in_another_order_are_found() {
    let swapped = |history: &mut History| {
        history.entries.swap(1, 3);
        history.entries[1].number = 2;
        history.entries[3].number = 4;
    };
    assert!(found(swapped).contains(&"audit log"));
}

#[test]
fn entries_of_different_users_may_be_in_any_order() {
    let swapped = |history: &mut History| {
        history.entries.rotate_right(1);
        for (entry, number) in history.entries.iter_mut().zip(1..) {
            entry.number = number;
        }
    };
    assert_eq!(found(swapped), [""; 0]);
}

#[test]
fn an_unknown_change_without_an_entry_that_is_seen_is_found() {
    let unseen = |history: &mut History| {
        history.entries.remove(3);
        history.entries[3].number = 4;
    };
    assert_eq!(found(unseen), ["audit log", "search of a user"]);
}

#[test]
fn an_unknown_change_without_an_entry_is_not_required() {
    let undone = |history: &mut History| {
        history.entries.remove(3);
        history.entries[3].number = 4;
        *outcome(history, 9) = Outcome::View(view(2, Some("a")));
        *outcome(history, 11) = Outcome::Holder(USER, 2);
    };
    assert_eq!(found(undone), [""; 0]);
}

#[test]
fn a_name_that_two_users_have_is_found_by_the_search() {
    let shared = |history: &mut History| {
        history.calls[9].action = Action::Create { name: "wanted-1".to_owned(), password: 102 };
        *outcome(history, calls::OTHER_USER) = Outcome::View(View { id: 8, ..view(0, None) });
        history.entries[4].changes[0].after = Some("wanted-1".to_owned());
    };
    assert_eq!(found(shared), ["search of a name"]);
}

#[test]
fn the_numbers_of_the_log_have_no_gap() {
    let gap = |history: &mut History| history.entries[4].number = 6;
    assert_eq!(found(gap), ["audit log"]);
}

#[test]
fn an_unknown_change_has_no_effect_before_it_was_sent() {
    let early = |history: &mut History| {
        *outcome(history, calls::READ_AFTER) = Outcome::View(view(3, Some("c")));
    };
    assert_eq!(found(early), ["search of a user"]);
}
