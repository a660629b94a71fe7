//! The calls of each kind.

use super::{
    choices::{Kind, email, wanted},
    load::WANTED,
    subject::Subject,
};
use crate::{
    record::{Action, Credential, Fields, Id, Password},
    recorder::Recorder,
};

/// A call of a kind about `subject`.
pub(super) fn action(kind: Kind, recorder: &Recorder, subject: &Subject) -> Option<Action> {
    match kind {
        Kind::LogIn => return log_in(subject),
        Kind::PasswordByName => return set_password(recorder, subject, false),
        Kind::OwnPassword => return set_password(recorder, subject, true),
        _ => {}
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
        Kind::LogIn | Kind::PasswordByName | Kind::OwnPassword => None,
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
    let (user, name, password) = credentials(subject)?;
    Some(Action::LogIn { user, name, password })
}

/// A change by the name. One by its own user has its current password.
fn set_password(recorder: &Recorder, subject: &Subject, is_own: bool) -> Option<Action> {
    let current = if is_own { Some(credentials(subject)?.2) } else { None };
    let known = subject.known();
    let (target, version, name) = (subject.id, known.view.version, known.view.name.clone());
    let is_wanted = WANTED.contains(&name.as_str());
    let if_match = (is_wanted || fastrand::bool()).then_some(version);
    let fields = Fields { password: Some(recorder.number()), ..Fields::default() };
    // The current password would be compared with another user's who has the name by now.
    let is_sure = !(is_wanted && is_own);
    is_sure.then_some(Action::SetPassword { target, name, if_match, fields, current })
}

fn credentials(subject: &Subject) -> Option<(Id, String, Password)> {
    match subject.with_password() {
        Credential::Password { user, name, password } => Some((user, name, password)),
        Credential::Root | Credential::Session { .. } => None,
    }
}
