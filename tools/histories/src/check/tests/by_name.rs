//! Mutations of a history with changes by name.

use super::{
    found,
    history::{USER, call, entry, history},
    outcome,
};
use crate::{
    check::{History, check},
    record::{Action, Credential, Fields, Outcome, Refusal},
};

const WINNER: u64 = 12;
const LOSER: u64 = 13;
const WRONG: u64 = 14;
const OWN: u64 = 15;

fn set(if_match: Option<u64>, password: u64, current: Option<u64>) -> Action {
    let (name, fields) =
        ("wanted-1".to_owned(), Fields { password: Some(password), ..Fields::default() });
    Action::SetPassword { target: USER, name, if_match, fields, current }
}

/// Two changes race with one condition. Then the user sends a wrong current password, and the right
/// one.
fn by_name(history: &mut History) {
    let changed = |version| Outcome::Holder(USER, version);
    let mut calls = vec![
        call(WINNER, set(Some(3), 103, None), changed(4)),
        call(LOSER, set(Some(3), 104, None), Outcome::Refused(Refusal::Mismatch)),
        call(WRONG, set(None, 105, Some(101)), Outcome::Refused(Refusal::WrongCurrent)),
        call(OWN, set(None, 106, Some(103)), changed(5)),
    ];
    calls[1].begin = calls[0].begin + 1;
    for call in &mut calls[2..] {
        let (user, name) = (USER, "wanted-1".to_owned());
        call.credential = Credential::Password { user, name, password: 103 };
    }
    history.calls.extend(calls);
    for (number, call) in [(6, WINNER), (7, OWN)] {
        history.entries.push(entry(number, call, "USER_CHANGED", &[("password", None, None)]));
    }
}

fn found_by_name(mutate: impl FnOnce(&mut History)) -> Vec<&'static str> {
    found(|history| {
        by_name(history);
        mutate(history);
    })
}

#[test]
fn right_changes_by_name_have_no_anomaly() {
    let mut history = history();
    by_name(&mut history);
    assert_eq!(check(history).anomalies, []);
}

#[test]
fn two_changes_by_name_with_one_condition_are_found() {
    let double = |history: &mut History| *outcome(history, LOSER) = Outcome::Holder(USER, 4);
    assert_eq!(found_by_name(double), ["audit log", "search of a user"]);
}

#[test]
fn an_accepted_wrong_current_password_is_found() {
    let accepted = |history: &mut History| {
        history.calls.retain(|call| call.number != OWN);
        *outcome(history, WRONG) = Outcome::Holder(USER, 5);
        history.entries[6].call = Some(WRONG);
    };
    assert_eq!(found_by_name(accepted), ["search of a user"]);
}

#[test]
fn a_change_refused_as_missing_is_found() {
    let gone = |history: &mut History| {
        *outcome(history, LOSER) = Outcome::Refused(Refusal::Missing);
    };
    assert_eq!(found_by_name(gone), ["search of a name", "search of a user"]);
}

#[test]
fn a_change_by_name_without_an_entry_is_found() {
    let missing = |history: &mut History| drop(history.entries.pop());
    assert_eq!(found_by_name(missing), ["audit log"]);
}
