//! What a client does next, by chance.

use super::{
    client::Plan,
    load::{USERS, WANTED},
    subject::Subject,
};
use crate::{
    record::{Action, Credential, Fields},
    recorder::Recorder,
};

/// How often each kind of call is made.
const WEIGHTS: [(u32, Kind); 14] = [
    (24, Kind::Read),
    (18, Kind::ReadSelf),
    (8, Kind::LookUp),
    (8, Kind::Email),
    (14, Kind::GuardedEmail),
    (8, Kind::OwnEmail),
    (7, Kind::Rename),
    (4, Kind::Password),
    (5, Kind::Status),
    (5, Kind::Role),
    (9, Kind::LogIn),
    (4, Kind::EndSession),
    (2, Kind::EndSessions),
    (1, Kind::Delete),
];

/// In how many of a hundred calls a user acts who may be an admin, in the place of the root admin.
const BY_OTHERS: u32 = 20;

#[derive(Clone, Copy)]
enum Kind {
    Read,
    ReadSelf,
    LookUp,
    Email,
    GuardedEmail,
    OwnEmail,
    Rename,
    Password,
    Status,
    Role,
    LogIn,
    EndSession,
    EndSessions,
    Delete,
}

/// The place of a user: the first ones are chosen more often, so that clients meet.
pub(crate) fn place() -> usize {
    let most = fastrand::usize(1..=USERS);
    fastrand::usize(..most)
}

/// A name that many want, in every third case.
pub(crate) fn wanted() -> Option<String> {
    let name = fastrand::choice(WANTED)?;
    (fastrand::u8(..3) == 0).then(|| name.to_owned())
}

/// An address that no user has had.
pub(crate) fn email(recorder: &Recorder) -> String {
    format!("e{}@example.com", recorder.number())
}

/// A call about `subject`. Sometimes `other` makes it.
pub(crate) fn plan(recorder: &Recorder, subject: &Subject, other: &Subject) -> Option<Plan> {
    let kind = kind()?;
    let (token, credential) = match kind {
        Kind::ReadSelf | Kind::OwnEmail => {
            let signed = subject.with_session().filter(|_| fastrand::bool());
            let (credential, token) = signed.unzip();
            (token, credential.unwrap_or_else(|| subject.with_password()))
        }
        Kind::LookUp | Kind::LogIn | Kind::EndSession => (None, Credential::Root),
        _ if subject.id != other.id && fastrand::u32(..100) < BY_OTHERS => {
            (None, other.with_password())
        }
        _ => (None, Credential::Root),
    };
    let action = action(kind, recorder, subject)?;
    Some(Plan { credential, token, action, is_cut: false })
}

fn kind() -> Option<Kind> {
    let total: u32 = WEIGHTS.iter().map(|(weight, _)| weight).sum();
    let mut chance = fastrand::u32(..total);
    let chosen = WEIGHTS.iter().find(|(weight, _)| {
        let is_chosen = chance < *weight;
        chance = chance.saturating_sub(*weight);
        is_chosen
    });
    chosen.map(|(_, kind)| *kind)
}

fn action(kind: Kind, recorder: &Recorder, subject: &Subject) -> Option<Action> {
    if matches!(kind, Kind::LogIn) {
        return log_in(subject);
    }
    let known = subject.known();
    let (target, version, name) = (subject.id, known.view.version, known.view.name.clone());
    let is_guarded = fastrand::bool();
    let change = |if_match, fields| {
        let old_name = Some(name.clone());
        Some(Action::Change { target, if_match, old_name, fields })
    };
    let guard = is_guarded.then_some(version);
    let none = Fields::default();
    match kind {
        Kind::Read => Some(Action::Read(target)),
        Kind::ReadSelf => Some(Action::ReadSelf),
        Kind::LookUp => fastrand::choice(WANTED).map(|name| Action::LookUp(name.to_owned())),
        Kind::Email => change(None, Fields { email: Some(email(recorder)), ..none }),
        Kind::GuardedEmail => {
            change(Some(version), Fields { email: Some(email(recorder)), ..none })
        }
        Kind::OwnEmail => change(guard, Fields { email: Some(email(recorder)), ..none }),
        Kind::Rename => {
            let new = wanted().unwrap_or_else(|| format!("user-{}", recorder.number()));
            let is_new = new != name;
            is_new.then(|| change(Some(version), Fields { name: Some(new), ..none })).flatten()
        }
        Kind::Password => change(guard, Fields { password: Some(recorder.number()), ..none }),
        Kind::Status => {
            // A disabled user is soon enabled again.
            let is_enabled = !known.view.is_enabled || fastrand::u8(..4) == 0;
            change(guard, Fields { is_enabled: Some(is_enabled), ..none })
        }
        Kind::Role => {
            let is_admin = !known.view.is_admin;
            change(guard, Fields { is_admin: Some(is_admin), ..none })
        }
        Kind::LogIn => None,
        Kind::EndSession => {
            let (key, _) = known.sessions.last()?;
            Some(Action::EndSession { user: target, key: key.clone() })
        }
        Kind::EndSessions => Some(Action::EndSessions(target)),
        Kind::Delete => {
            // The version says which user a name that many want belongs to.
            let is_wanted = WANTED.contains(&name.as_str());
            let if_match = (is_wanted || is_guarded).then_some(version);
            Some(Action::Delete { target, name, if_match })
        }
    }
}

fn log_in(subject: &Subject) -> Option<Action> {
    match subject.with_password() {
        Credential::Password { user, name, password } => {
            Some(Action::LogIn { user, name, password })
        }
        Credential::Root | Credential::Session { .. } => None,
    }
}
