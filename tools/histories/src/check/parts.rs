//! What one call did to which user.

use super::{
    account::{Answer, Step},
    life::Proof,
};
use crate::record::{Action, Call, Credential, Id, Outcome, Refusal};

/// A step of one user.
pub(crate) struct Part<'a> {
    pub(crate) call: &'a Call,
    pub(crate) user: Id,
    pub(crate) step: Step,
    /// None if no answer is known.
    pub(crate) answer: Option<Answer>,
}

/// Splits a call into what it did to its actor and what it did to its target. Each may happen at
/// another moment of the call.
pub(crate) fn parts(call: &Call) -> Vec<Part<'_>> {
    let part = |user, step, answer| Part { call, user, step, answer };
    let mut parts = Vec::new();
    if !call.is_unknown() && !call.is_resolved {
        let mut prove = |user, proof: &Proof, target: Option<Id>| match call.outcome {
            Outcome::Refused(refusal @ Refusal::Unauthenticated) => {
                let refused = Some(Answer::Refused(refusal));
                parts.push(part(user, Step::Prove(proof.clone()), refused));
            }
            Outcome::Refused(refusal @ Refusal::Forbidden) => {
                let refused = Some(Answer::Refused(refusal));
                parts.push(part(user, Step::ProveAdmin(proof.at_commit()), refused));
            }
            _ => {
                parts.push(part(user, Step::Prove(proof.clone()), Some(Answer::Done)));
                if target.is_some_and(|target| target != user) {
                    let step = Step::ProveAdmin(proof.at_commit());
                    parts.push(part(user, step, Some(Answer::Done)));
                }
            }
        };
        if let Some((user, proof)) = proof(call) {
            prove(user, &proof, target(&call.action));
        }
        if let Some((user, step, answer)) = current(call) {
            parts.push(part(user, step, Some(answer)));
        }
    }
    let is_refused = matches!(
        call.outcome,
        Outcome::Refused(Refusal::Unauthenticated | Refusal::Forbidden | Refusal::WrongCurrent)
    );
    if !is_refused && let Some((user, step)) = step(call) {
        parts.push(part(user, step, answer(&call.outcome)));
    }
    parts
}

/// What the answer says of the current password in the body.
fn current(call: &Call) -> Option<(Id, Step, Answer)> {
    let Action::SetPassword { target, current, .. } = &call.action else { return None };
    let answer = match call.outcome {
        Outcome::Holder(..) => Answer::Done,
        Outcome::Refused(Refusal::WrongCurrent) => Answer::Refused(Refusal::Unauthenticated),
        _ => return None,
    };
    let proof = Proof::Password { name: None, password: (*current)? };
    Some((*target, Step::Prove(proof), answer))
}

/// The user whom a call is about.
pub(crate) fn target(action: &Action) -> Option<Id> {
    match action {
        Action::Read(user)
        | Action::Change { target: user, .. }
        | Action::SetPassword { target: user, .. }
        | Action::Delete { target: user, .. }
        | Action::LogIn { user, .. }
        | Action::EndSession { user, .. }
        | Action::EndSessions(user) => Some(*user),
        Action::ReadSelf | Action::LookUp(_) | Action::Create { .. } => None,
    }
}

/// The user who calls, with the proof.
pub(crate) fn proof(call: &Call) -> Option<(Id, Proof)> {
    let password = |user: Id, name: &String, password| {
        Some((user, Proof::Password { name: Some(name.clone()), password }))
    };
    match (&call.action, &call.credential) {
        (Action::LogIn { user, name, password: text }, _)
        | (_, Credential::Password { user, name, password: text }) => password(*user, name, *text),
        (_, Credential::Root) => None,
        (_, Credential::Session { user, key }) => Some((*user, Proof::Session(key.clone()))),
    }
}

impl Proof {
    /// The part that the server checks again when a request writes.
    fn at_commit(&self) -> Self {
        match self {
            Self::Password { password, .. } => Self::Password { name: None, password: *password },
            Self::Session(key) => Self::Session(key.clone()),
        }
    }
}

fn step(call: &Call) -> Option<(Id, Step)> {
    let proof = proof(call);
    let step = match &call.action {
        Action::Read(user) => (*user, Step::Read),
        Action::ReadSelf => (proof?.0, Step::Read),
        Action::LookUp(_) | Action::Create { .. } => return None,
        Action::Change { target, if_match, fields, .. } => {
            let own = proof.filter(|(user, _)| user == target);
            let by = own.map(|(_, proof)| proof.at_commit());
            let (if_match, fields) = (*if_match, fields.clone());
            (*target, Step::Change { name: None, if_match, fields, by })
        }
        Action::SetPassword { target, name, if_match, fields, .. } => {
            let own = proof.filter(|(user, _)| user == target);
            let by = own.map(|(_, proof)| proof.at_commit());
            let (name, if_match, fields) = (Some(name.clone()), *if_match, fields.clone());
            (*target, Step::Change { name, if_match, fields, by })
        }
        Action::Delete { target, name, if_match } => {
            (*target, Step::Delete { name: name.clone(), if_match: *if_match })
        }
        Action::LogIn { user, .. } => (*user, Step::LogIn(proof?.1.at_commit())),
        Action::EndSession { user, key } => (*user, Step::EndSession(key.clone())),
        Action::EndSessions(user) => (*user, Step::EndSessions),
    };
    Some(step)
}

fn answer(outcome: &Outcome) -> Option<Answer> {
    match outcome {
        Outcome::View(view) => Some(Answer::View(view.clone())),
        Outcome::Session(key) => Some(Answer::Session(key.clone())),
        Outcome::Done => Some(Answer::Done),
        Outcome::Refused(refusal) => Some(Answer::Refused(*refusal)),
        Outcome::Holder(_, version) => Some(Answer::Version(*version)),
        Outcome::Unknown => None,
    }
}
