//! The search for an order of the calls that explains every answer.
//!
//! The tester of stateright tries all orders that keep real time, depth first. It passes each step
//! to a model of the object.

use std::{fmt::Debug, hash::Hash, time::Duration};

use stateright::semantics::{ConsistencyTester, LinearizabilityTester};

use super::traced::Traced;

/// The longest search of one piece. An undecided piece is a failure.
const LIMIT: Duration = Duration::from_secs(30);

/// The most calls in one piece.
pub(crate) const MOST_CALLS: usize = 200;

/// An object that calls change.
pub(crate) trait Model: Clone + Debug + Eq + Hash {
    type Step: Clone + Debug;
    type Answer: Clone + Debug + PartialEq;

    /// Takes a step whose answer is unknown.
    fn apply(&mut self, step: &Self::Step);

    /// Takes a step, if the answer is possible.
    fn accepts(&mut self, step: &Self::Step, answer: &Self::Answer) -> bool;
}

/// What a call did to one object.
#[derive(Clone, Debug)]
pub(crate) struct Event<M: Model> {
    pub(crate) call: u64,
    pub(crate) begin: u64,
    /// None if it never ended.
    pub(crate) end: Option<u64>,
    pub(crate) step: M::Step,
    pub(crate) answer: Option<M::Answer>,
}

/// A part of the history of an object, from a known state.
#[derive(Clone, Debug)]
pub(crate) struct Piece<M: Model> {
    pub(crate) start: M,
    pub(crate) events: Vec<Event<M>>,
}

/// The result of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Explained,
    Unexplained,
    Undecided,
}

impl<M: Model> Piece<M> {
    /// Looks for an order that explains every answer.
    pub(crate) fn search(&self) -> Verdict {
        self.search_until(u64::MAX)
    }

    /// The calls up to the first answer that has no explanation, the last ones first.
    pub(crate) fn flaw(&self) -> Vec<&Event<M>> {
        let mut ends: Vec<_> = self.events.iter().filter_map(|event| event.end).collect();
        ends.sort_unstable();
        let first = ends.partition_point(|end| self.search_until(*end) == Verdict::Explained);
        let end = ends.get(first).copied().unwrap_or(u64::MAX);
        let mut events: Vec<_> = self.events.iter().filter(|event| event.begin <= end).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.end.unwrap_or(u64::MAX)));
        events
    }

    /// Searches the history as it was at a time.
    fn search_until(&self, time: u64) -> Verdict {
        let mut events: Vec<_> = self.events.iter().filter(|event| event.begin <= time).collect();
        events.sort_by_key(|event| event.begin);
        let traced = Traced::new(self.start.clone(), events.len(), LIMIT);
        let progress = traced.progress();
        let mut tester = LinearizabilityTester::new(traced);
        let end = |event: &Event<M>| event.end.filter(|end| *end <= time);
        let lanes = lanes(&events, end);
        let mut points = Vec::new();
        for (index, event) in events.iter().enumerate() {
            points.push((event.begin, false, index));
            points.extend(end(event).map(|end| (end, true, index)));
        }
        points.sort_unstable();
        for (_, is_end, index) in points {
            let (Some(event), Some(lane)) = (events.get(index), lanes.get(index)) else { continue };
            let is_valid = if is_end {
                tester.on_return(*lane, event.answer.clone()).is_ok()
            } else {
                tester.on_invoke(*lane, (index, event.step.clone())).is_ok()
            };
            debug_assert!(is_valid, "a lane has one call at a time");
        }
        match tester.serialized_history() {
            Some(_) => Verdict::Explained,
            None if progress.is_late() => Verdict::Undecided,
            None => Verdict::Unexplained,
        }
    }
}

/// A thread for each call, as few as possible: one that a call has left takes the next. A call that
/// never ended keeps its thread.
fn lanes<M: Model>(events: &[&Event<M>], end: impl Fn(&Event<M>) -> Option<u64>) -> Vec<usize> {
    let mut free_from: Vec<u64> = Vec::new();
    let mut lane = |event: &&Event<M>| {
        let end = end(event).unwrap_or(u64::MAX);
        if let Some(lane) = free_from.iter().position(|from| *from < event.begin) {
            free_from[lane] = end;
            return lane;
        }
        free_from.push(end);
        free_from.len() - 1
    };
    events.iter().map(&mut lane).collect()
}
