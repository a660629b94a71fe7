//! What all workers know of one connection: whether it waits for its client, and that it must go.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::Waker,
    thread::ThreadId,
};

/// What a connection is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Nothing: it waits for the next request.
    Idle = 0,
    /// It waits for its client in the middle of something: for the rest of a request, or to send.
    Waiting = 1,
    /// A request that is there is being answered.
    Working = 2,
}

/// A connection's place among others.
#[derive(Debug)]
pub(super) struct Seat {
    worker: ThreadId,
    activity: AtomicU8,
    is_given_up: AtomicBool,
    task: Mutex<Option<Waker>>,
}

impl Seat {
    /// The seat of a connection that has just come to a worker.
    pub(super) fn new(worker: ThreadId) -> Self {
        let (activity, is_given_up) = (AtomicU8::default(), AtomicBool::default());
        Self { worker, activity, is_given_up, task: Mutex::default() }
    }

    /// The worker that serves it.
    pub(super) fn worker(&self) -> ThreadId {
        self.worker
    }

    pub(super) fn set_activity(&self, activity: Activity) {
        self.activity.store(activity as u8, Ordering::Relaxed);
    }

    /// Whether the connection is at this. It may be at something else in the next moment.
    pub(super) fn is(&self, activity: Activity) -> bool {
        self.activity.load(Ordering::Relaxed) == activity as u8
    }

    /// Tells the connection to end, as soon as it is not working.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::SeqCst);
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.wake();
        }
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::SeqCst)
    }

    /// Has `task` woken when the connection must go.
    pub(super) fn wake_when_given_up(&self, task: &Waker) {
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.clone());
    }
}
