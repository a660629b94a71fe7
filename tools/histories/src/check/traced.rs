//! A model that remembers which calls led to which state.
//!
//! It refuses to go on from where the search has been before. That changes no result, and a history
//! without an explanation is decided in moments.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    rc::Rc,
    time::{Duration, Instant},
};

use stateright::semantics::SequentialSpec;

use super::search::Model;

/// Where the search has been, and how long it may go on.
#[derive(Debug)]
pub(super) struct Progress<M> {
    visited: RefCell<HashSet<(Vec<u64>, M)>>,
    until: Instant,
    is_late: Cell<bool>,
}

/// The model with the calls that led to its state.
#[derive(Clone, Debug)]
pub(super) struct Traced<M: Model> {
    model: M,
    taken: Vec<u64>,
    progress: Rc<Progress<M>>,
}

impl<M> Progress<M> {
    /// Whether the search took too long.
    pub(super) fn is_late(&self) -> bool {
        self.is_late.get()
    }
}

impl<M: Model> SequentialSpec for Traced<M> {
    type Op = (usize, M::Step);
    type Ret = Option<M::Answer>;

    fn invoke(&mut self, (index, step): &Self::Op) -> Self::Ret {
        self.take(*index);
        self.model.apply(step);
        None
    }

    fn is_valid_step(&mut self, (index, step): &Self::Op, answer: &Self::Ret) -> bool {
        let Some(answer) = answer else { return false };
        if Instant::now() > self.progress.until {
            self.progress.is_late.set(true);
            return false;
        }
        self.take(*index);
        let place = |traced: &Self| (traced.taken.clone(), traced.model.clone());
        self.model.accepts(step, answer) && self.progress.visited.borrow_mut().insert(place(self))
    }
}

impl<M: Model> Traced<M> {
    pub(super) fn new(model: M, calls: usize, limit: Duration) -> Self {
        let visited = RefCell::default();
        let (until, is_late) = (Instant::now() + limit, Cell::new(false));
        let progress = Rc::new(Progress { visited, until, is_late });
        Self { model, taken: vec![0; calls.div_ceil(64)], progress }
    }

    pub(super) fn progress(&self) -> Rc<Progress<M>> {
        Rc::clone(&self.progress)
    }

    fn take(&mut self, index: usize) {
        if let Some(word) = self.taken.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }
}
