//! What is known of one connection, by the socket's side and by the requests that come over it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::{Context, Waker},
};

use tokio::time::Instant;

use super::Limits;

/// One connection. It is either answering or waiting for the next request, and then not for long.
pub(crate) struct Connection {
    limits: Limits,
    is_secure: bool,
    is_surplus: bool,
    is_given_up: Cell<bool>,
    answering: Cell<usize>,
    /// When the head of the next request must be there, or its first byte, once that is reckoned.
    due: Cell<Option<Instant>>,
    /// Whether the head of the next request has begun.
    has_begun: Cell<bool>,
    task: RefCell<Option<Waker>>,
}

/// The time in which a connection answers. While there is one, nothing is expected of the client.
pub(crate) struct Answering(Rc<Connection>);

impl Connection {
    /// A connection that has just come, whose first request is waited for.
    pub(super) fn new(limits: Limits, is_secure: bool, is_surplus: bool) -> Self {
        Self {
            limits,
            is_secure,
            is_surplus,
            is_given_up: Cell::new(false),
            answering: Cell::new(0),
            due: Cell::new(Some(Instant::now() + limits.header_timeout)),
            has_begun: Cell::new(false),
            task: RefCell::new(None),
        }
    }

    /// From now on the connection answers, until what is returned is dropped.
    pub(crate) fn answer(self: &Rc<Self>) -> Answering {
        self.answering.set(self.answering.get() + 1);
        self.has_begun.set(false);
        Answering(Rc::clone(self))
    }

    /// Whether it is encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether it is one more than there may be.
    pub(crate) fn is_surplus(&self) -> bool {
        self.is_surplus
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Gives up waiting for a request, in favour of another connection.
    pub(super) fn give_up(&self) {
        if self.answering.get() == 0 {
            self.is_given_up.set(true);
            if let Some(task) = self.task.take() {
                task.wake();
            }
        }
    }

    /// Whether the connection was given up. If it was not, `context` learns when it is.
    pub(super) fn is_given_up(&self, context: &Context<'_>) -> bool {
        if self.is_surplus {
            let mut task = self.task.borrow_mut();
            if !task.as_ref().is_some_and(|it| it.will_wake(context.waker())) {
                *task = Some(context.waker().clone());
            }
        }
        self.is_given_up.get()
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

    /// Something came.
    pub(super) fn hear(&self) {
        if self.answering.get() == 0 && !self.has_begun.replace(true) {
            self.due.set(None);
        }
    }

    /// All that was to be sent is sent: the next request may come.
    pub(super) fn rest(&self) {
        self.due.set(None);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.set(self.0.answering.get() - 1);
        self.0.rest();
    }
}
