//! Names that many users want: at any time each belongs to one user at most.

use std::collections::BTreeMap;

use super::search::{Event, Model, Piece};
use crate::{
    driver::load::WANTED,
    record::{Action, Call, Id, Outcome, Refusal},
};

/// Calls in a piece, after which it ends at the next call that is alone.
const ENOUGH: usize = 60;

/// The user who has a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Holder(pub(crate) Option<Id>);

/// What a call does to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Take(Id),
    Release(Id),
    LookUp,
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    IsTaken,
    Holder(Option<Id>),
    /// The answer says that some user has it.
    IsHeld,
}

impl Model for Holder {
    type Step = Step;
    type Answer = Answer;

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Take(id) if self.0.is_none() => self.0 = Some(*id),
            Step::Release(id) if self.0 == Some(*id) => self.0 = None,
            _ => {}
        }
    }

    fn accepts(&mut self, step: &Step, answer: &Answer) -> bool {
        let before = self.0;
        match (step, answer) {
            (Step::Take(_), Answer::Done) => {
                self.apply(step);
                before.is_none()
            }
            (Step::Take(id), Answer::IsTaken) => before.is_some_and(|holder| holder != *id),
            (Step::Release(id), Answer::Done) => {
                self.apply(step);
                before == Some(*id)
            }
            (Step::LookUp, Answer::Holder(holder)) => before == *holder,
            (Step::LookUp, Answer::IsHeld) => before.is_some(),
            _ => false,
        }
    }
}

/// The pieces of every wanted name's history, which begins without a user of that name.
pub(crate) fn pieces(calls: &[Call]) -> Vec<Piece<Holder>> {
    let mut names: BTreeMap<&str, Vec<Event<Holder>>> = BTreeMap::new();
    for call in calls {
        for (name, step, answer) in parts(call) {
            let end = (call.end != u64::MAX && answer.is_some()).then_some(call.end);
            let event = Event { call: call.number, begin: call.begin, end, step, answer };
            names.entry(name).or_default().push(event);
        }
    }
    names.retain(|name, _| WANTED.contains(name));
    names.into_values().flat_map(cut).collect()
}

/// Cuts where a call is alone whose answer says who has the name.
fn cut(events: Vec<Event<Holder>>) -> Vec<Piece<Holder>> {
    let mut pieces = Vec::new();
    let mut piece = Piece { start: Holder(None), events: Vec::new() };
    let mut last_end = 0;
    let begins: Vec<_> = events.iter().skip(1).map(|event| event.begin).collect();
    for (index, event) in events.into_iter().enumerate() {
        let next_begin = begins.get(index).copied().unwrap_or(u64::MAX);
        let end = event.end.unwrap_or(u64::MAX);
        let is_alone = last_end < event.begin && end < next_begin;
        // A call that never ends may still take effect, so it comes along.
        last_end = event.end.map_or(last_end, |end| last_end.max(end));
        let holder = after(&event).filter(|_| is_alone && piece.events.len() >= ENOUGH);
        piece.events.push(event);
        if let Some(holder) = holder {
            let open = piece.events.iter().filter(|event| event.end.is_none()).cloned().collect();
            let next = Piece { start: holder, events: open };
            pieces.push(std::mem::replace(&mut piece, next));
        }
    }
    pieces.push(piece);
    pieces
}

/// The state after an event, if its answer says so.
fn after(event: &Event<Holder>) -> Option<Holder> {
    match (&event.step, event.answer.as_ref()?) {
        (Step::Take(id), Answer::Done) => Some(Holder(Some(*id))),
        (Step::Release(_), Answer::Done) => Some(Holder(None)),
        (_, Answer::Holder(holder)) => Some(Holder(*holder)),
        _ => None,
    }
}

/// What a call does to names.
fn parts(call: &Call) -> Vec<(&str, Step, Option<Answer>)> {
    let answer = |done| match call.outcome {
        Outcome::Unknown => Some(None),
        Outcome::View(_) | Outcome::Done => Some(Some(done)),
        Outcome::Refused(Refusal::Conflict) => Some(Some(Answer::IsTaken)),
        _ => None,
    };
    match (&call.action, &call.outcome) {
        (Action::LookUp(name) | Action::SetPassword { name, .. }, Outcome::Holder(id, _)) => {
            vec![(name, Step::LookUp, Some(Answer::Holder(Some(*id))))]
        }
        (
            Action::LookUp(name) | Action::SetPassword { name, .. } | Action::Delete { name, .. },
            Outcome::Refused(refusal),
        ) => {
            let answer = match refusal {
                Refusal::Missing => Answer::Holder(None),
                Refusal::Mismatch => Answer::IsHeld,
                _ => return Vec::new(),
            };
            vec![(name, Step::LookUp, Some(answer))]
        }
        (Action::Create { name, .. }, Outcome::View(view)) => {
            vec![(name, Step::Take(view.id), Some(Answer::Done))]
        }
        (Action::Create { name, .. }, Outcome::Refused(Refusal::Conflict)) => {
            vec![(name, Step::LookUp, Some(Answer::IsHeld))]
        }
        (Action::Delete { target, name, .. }, _) => {
            let answer = answer(Answer::Done);
            answer
                .map(|answer| (name.as_str(), Step::Release(*target), answer))
                .into_iter()
                .collect()
        }
        (Action::Change { target, old_name, fields, .. }, outcome) => {
            let Some(name) = &fields.name else { return Vec::new() };
            let mut parts = Vec::new();
            if let Some(answer) = answer(Answer::Done) {
                parts.push((name.as_str(), Step::Take(*target), answer));
            }
            if let (Some(old), Outcome::View(_)) = (old_name, outcome) {
                parts.push((old, Step::Release(*target), Some(Answer::Done)));
            }
            parts
        }
        _ => Vec::new(),
    }
}
