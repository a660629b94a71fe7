//! The duel of two admins: at any time one of them is left.

use super::search::{Event, Model, Piece};
use crate::record::{Action, Call, Credential, Id, Outcome, Refusal};

/// Whether each of the two is an admin, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Admins([Option<bool>; 2]);

/// What a call does: who reads its own role, or gives or takes the other's.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Read { index: usize },
    Change { actor: usize, target: usize, is_admin: bool },
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Is(bool),
    Done,
    IsLast,
    Forbidden,
}

impl Model for Admins {
    type Step = Step;
    type Answer = Answer;

    fn apply(&mut self, step: &Step) {
        if let Step::Change { actor, target, is_admin } = step
            && self.may_be(*actor, true)
        {
            self.0[*target] = Some(*is_admin);
        }
    }

    fn accepts(&mut self, step: &Step, answer: &Answer) -> bool {
        match (step, answer) {
            (Step::Read { index }, Answer::Is(is_admin)) => {
                let is_possible = self.may_be(*index, *is_admin);
                self.0[*index] = Some(*is_admin);
                is_possible && self.0 != [Some(false); 2]
            }
            (Step::Change { actor, target, is_admin }, Answer::Done) => {
                let is_possible = self.may_be(*actor, true);
                self.0[*target] = Some(*is_admin);
                is_possible
            }
            (Step::Change { actor, target, .. }, Answer::IsLast) => {
                self.may_be(*actor, false) && self.may_be(*target, true)
            }
            (Step::Change { actor, .. }, Answer::Forbidden) => self.may_be(*actor, false),
            _ => false,
        }
    }
}

impl Admins {
    fn may_be(&self, index: usize, is_admin: bool) -> bool {
        self.0.get(index).copied().flatten().is_none_or(|known| known == is_admin)
    }
}

/// The pieces of the duel. Each begins after both roles were read while no other call was made.
pub(crate) fn pieces(calls: &[Call], duelists: [Id; 2]) -> Vec<Piece<Admins>> {
    let mut pieces = Vec::new();
    let mut piece = Piece { start: Admins::default(), events: Vec::new() };
    for call in calls {
        let Some((step, answer)) = part(call, duelists) else { continue };
        let is_ended = answer.is_some() && call.end != u64::MAX;
        let end = is_ended.then_some(call.end);
        let event = Event { call: call.number, begin: call.begin, end, step, answer };
        // The second of the two reads ends a piece, and the next one begins with both.
        let is_cut = call.is_cut && matches!(event.step, Step::Read { index: 1 });
        piece.events.push(event);
        if is_cut {
            let is_kept = |event: &Event<Admins>| event.end.is_none();
            let mut events: Vec<_> =
                piece.events.iter().filter(|event| is_kept(event)).cloned().collect();
            let reads =
                piece.events.iter().rev().filter(|event| matches!(event.step, Step::Read { .. }));
            let mut reads: Vec<_> = reads.take(2).cloned().collect();
            reads.reverse();
            events.append(&mut reads);
            let next = Piece { start: Admins::default(), events };
            pieces.push(std::mem::replace(&mut piece, next));
        }
    }
    pieces.push(piece);
    pieces
}

fn part(call: &Call, duelists: [Id; 2]) -> Option<(Step, Option<Answer>)> {
    let index = |id: Id| duelists.iter().position(|duelist| *duelist == id);
    let Credential::Password { user, .. } = &call.credential else { return None };
    let actor = index(*user)?;
    match (&call.action, &call.outcome) {
        (Action::ReadSelf, Outcome::View(view)) => {
            Some((Step::Read { index: actor }, Some(Answer::Is(view.is_admin))))
        }
        (Action::Change { target, fields, .. }, outcome) => {
            let (target, is_admin) = (index(*target)?, fields.is_admin?);
            let answer = match outcome {
                Outcome::View(_) => Some(Answer::Done),
                Outcome::Refused(Refusal::Conflict) => Some(Answer::IsLast),
                Outcome::Refused(_) => Some(Answer::Forbidden),
                _ => None,
            };
            Some((Step::Change { actor, target, is_admin }, answer))
        }
        _ => None,
    }
}
