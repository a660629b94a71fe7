//! What a client does next, by chance.

use super::{
    actions,
    client::Plan,
    load::{USERS, WANTED},
    subject::Subject,
};
use crate::{
    record::{Action, Credential},
    recorder::Recorder,
};

/// How often each kind of call is made.
const WEIGHTS: [(u32, Kind); 16] = [
    (24, Kind::Read),
    (18, Kind::ReadSelf),
    (8, Kind::LookUp),
    (8, Kind::Email),
    (14, Kind::GuardedEmail),
    (8, Kind::OwnEmail),
    (7, Kind::Rename),
    (4, Kind::Password),
    (6, Kind::PasswordByName),
    (3, Kind::OwnPassword),
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
pub(super) enum Kind {
    Read,
    ReadSelf,
    LookUp,
    Email,
    GuardedEmail,
    OwnEmail,
    Rename,
    Password,
    PasswordByName,
    OwnPassword,
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
        Kind::ReadSelf | Kind::OwnEmail | Kind::OwnPassword => {
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
    let action = actions::action(kind, recorder, subject)?;
    // `other` may have the name by now, and would need its current password.
    let is_wanted = matches!(&action, Action::SetPassword { name, current: None, .. }
        if WANTED.contains(&name.as_str()));
    let credential = if is_wanted { Credential::Root } else { credential };
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
