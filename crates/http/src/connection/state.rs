//! What is known of one connection, by the socket's side and by the requests that come over it.

use std::{
    cell::{Cell, RefCell},
    net::IpAddr,
    sync::Arc,
    task::{Context, Waker},
};

use tokio::time::Instant;

use super::{
    Limits,
    seat::{Activity, Seat},
};

/// One connection. It is either answering or waiting for the next request, and then not for long.
pub(crate) struct Connection {
    limits: Limits,
    is_secure: bool,
    is_surplus: bool,
    peer: Option<IpAddr>,
    /// What other workers know of it.
    seat: Arc<Seat>,
    pub(super) answering: Cell<usize>,
    /// Whether a request is being answered whose body is yet to come.
    pub(super) awaits_body: Cell<bool>,
    /// Whether an answer waits until the client reads.
    is_stalled: Cell<bool>,
    /// When the head of the next request must be there, or its first byte, once that is reckoned.
    due: Cell<Option<Instant>>,
    /// Whether the head of the next request has begun.
    pub(super) has_begun: Cell<bool>,
    /// What is woken when the connection must go.
    task: RefCell<Option<Waker>>,
}

impl Connection {
    /// A connection that has just come, whose first request is waited for.
    pub(super) fn new(
        limits: Limits,
        is_secure: bool,
        is_surplus: bool,
        peer: Option<IpAddr>,
        seat: Arc<Seat>,
    ) -> Self {
        Self {
            limits,
            is_secure,
            is_surplus,
            peer,
            seat,
            answering: Cell::new(0),
            awaits_body: Cell::new(false),
            is_stalled: Cell::new(false),
            due: Cell::new(Some(Instant::now() + limits.header_timeout)),
            has_begun: Cell::new(false),
            task: RefCell::new(None),
        }
    }

    /// Whether it is encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether it is one more than there may be.
    pub(crate) fn is_surplus(&self) -> bool {
        self.is_surplus
    }

    /// Whether it ends with the answer that is being given.
    pub(crate) fn is_last(&self) -> bool {
        self.is_surplus || self.seat.is_given_up()
    }

    /// The address at its other end.
    pub(super) fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Gives up waiting for a request, in favour of another connection.
    pub(super) fn give_up(&self) {
        if self.answering.get() == 0 {
            self.seat.give_up();
        }
    }

    /// What the connection is at if it was given up and can go. Else `context` learns when it is.
    pub(super) fn given_up_at(&self, context: &Context<'_>) -> Option<Activity> {
        let mut task = self.task.borrow_mut();
        if !task.as_ref().is_some_and(|task| task.will_wake(context.waker())) {
            self.seat.wake_when_given_up(context.waker());
            *task = Some(context.waker().clone());
        }
        let activity = self.activity();
        (activity != Activity::Working && self.seat.is_given_up()).then_some(activity)
    }

    /// Whether an answer waits until the client reads.
    pub(super) fn set_stalled(&self, is_stalled: bool) {
        self.is_stalled.set(is_stalled);
        self.show_activity();
    }

    fn activity(&self) -> Activity {
        match self.answering.get() {
            _ if self.is_stalled.get() || self.awaits_body.get() => Activity::Waiting,
            0 if self.has_begun.get() => Activity::Waiting,
            0 => Activity::Idle,
            _ => Activity::Working,
        }
    }

    /// Has other workers know what it is at. If it was given up while it was working, it goes now.
    pub(super) fn show_activity(&self) {
        let activity = self.activity();
        self.seat.set_activity(activity);
        if activity != Activity::Working
            && self.seat.is_given_up()
            && let Some(task) = &*self.task.borrow()
        {
            task.wake_by_ref();
        }
    }

    /// When the connection has been waited for long enough, if it is, and that was reckoned.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.answering.get() == 0 { self.due.get() } else { None }
    }

    /// The same, reckoned from now on if it was not yet. A request that comes as a whole is answered
    /// before anybody asks.
    pub(super) fn reckon(&self) -> Option<Instant> {
        if self.answering.get() == 0 && self.due.get().is_none() {
            let Limits { header_timeout, keep_alive, .. } = self.limits;
            let time = if self.has_begun.get() { header_timeout } else { keep_alive };
            self.due.set(Some(Instant::now() + time));
        }
        self.due()
    }

    /// Whether a part of a head was the last that came.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.get()
    }

    /// Whether what comes next is the beginning of a head.
    pub(super) fn awaits_head(&self) -> bool {
        self.answering.get() == 0 && !self.has_begun.get()
    }

    /// Something came.
    pub(super) fn hear(&self) {
        if self.answering.get() == 0 && !self.has_begun.replace(true) {
            self.due.set(None);
            self.show_activity();
        }
    }

    /// Whether an answer is being given.
    pub(super) fn is_answering(&self) -> bool {
        self.answering.get() > 0
    }

    /// All that was to be sent is sent: the next request may come.
    pub(super) fn rest(&self) {
        self.due.set(None);
    }
}
