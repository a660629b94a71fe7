//! A small history without a flaw.

use crate::{
    audit::{Change, Entry},
    check::History,
    record::{Action, Call, Credential, Fields, Outcome, Refusal, View},
};

/// The user whom the calls are about.
pub(super) const USER: i64 = 7;

/// The user at a version.
pub(super) fn view(version: u64, email: Option<&str>) -> View {
    View {
        id: USER,
        version,
        name: "wanted-1".to_owned(),
        email: email.map(str::to_owned),
        is_enabled: true,
        is_admin: false,
    }
}

/// A call that ends before the next one begins.
pub(super) fn call(number: u64, action: Action, outcome: Outcome) -> Call {
    let (credential, begin) = (Credential::Root, number * 10);
    let (end, is_cut) = (begin + 8, matches!(action, Action::Create { .. }));
    Call { number, begin, end, replica: 0, credential, action, outcome, is_cut, is_resolved: false }
}

fn change(if_match: Option<u64>, fields: Fields) -> Action {
    Action::Change { target: USER, if_match, old_name: None, fields }
}

fn email(email: &str) -> Fields {
    Fields { email: Some(email.to_owned()), ..Fields::default() }
}

/// A history without a flaw: a change that wins a condition and one that loses it, a password that
/// is replaced, a change whose answer is lost, and a second user.
pub(super) fn history() -> History {
    let own = |password| {
        let (user, name) = (USER, "wanted-1".to_owned());
        Credential::Password { user, name, password }
    };
    let password = Fields { password: Some(101), ..Fields::default() };
    let (name, other) =
        ("user-2".to_owned(), View { id: 8, name: "user-2".into(), ..view(0, None) });
    let create = Action::Create { name: "wanted-1".to_owned(), password: 100 };
    let guarded = |address| change(Some(0), email(address));
    let last = Outcome::View(view(3, Some("c")));
    let mut calls = vec![
        call(1, create, Outcome::View(view(0, None))),
        call(2, Action::Read(USER), Outcome::View(view(0, None))),
        call(3, guarded("a"), Outcome::View(view(1, Some("a")))),
        call(4, guarded("b"), Outcome::Refused(Refusal::Mismatch)),
        call(5, Action::Read(USER), Outcome::View(view(1, Some("a")))),
        call(6, change(None, password), Outcome::View(view(2, Some("a")))),
        call(7, Action::ReadSelf, Outcome::Refused(Refusal::Unauthenticated)),
        call(8, change(None, email("c")), Outcome::Unknown),
        call(9, Action::Read(USER), last),
        call(10, Action::Create { name, password: 102 }, Outcome::View(other)),
        call(11, Action::LookUp("wanted-1".to_owned()), Outcome::Holder(USER, 3)),
    ];
    calls[6].credential = own(100);
    // The two changes with one condition race.
    calls[3].begin = calls[2].begin + 1;
    let entries = vec![
        entry(1, 1, "USER_CREATED", &[("name", None, Some("wanted-1")), ENABLED]),
        entry(2, 3, "USER_CHANGED", &[("email", None, Some("a"))]),
        entry(3, 6, "USER_CHANGED", &[("password", None, None)]),
        entry(4, 8, "USER_CHANGED", &[("email", Some("a"), Some("c"))]),
        Entry {
            user: Some(8),
            ..entry(5, 10, "USER_CREATED", &[("name", None, Some("user-2")), ENABLED])
        },
    ];
    History { calls, unexpected: Vec::new(), entries, duelists: None }
}

const ENABLED: (&str, Option<&str>, Option<&str>) = ("status", None, Some("ENABLED"));

pub(super) fn entry(
    number: u64,
    call: u64,
    action: &str,
    changes: &[(&str, Option<&str>, Option<&str>)],
) -> Entry {
    let changes = changes.iter().map(|(field, before, after)| Change {
        field: (*field).to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    });
    let (action, actor) = (action.to_owned(), "PASSWORD".to_owned());
    let (user, call) = (Some(USER), Some(call));
    Entry { number, action, actor, user, call, changes: changes.collect() }
}
