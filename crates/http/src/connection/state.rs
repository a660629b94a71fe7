//! The state of a connection, shared by its socket and the requests on it.

use std::{
    cell::{Cell, OnceCell, RefCell},
    net::IpAddr,
    sync::Arc,
    task::{Context, Waker},
};

use tokio::time::Instant;

use super::{
    limits::{LINGER, Limits},
    seat::{Activity, Seat},
};

/// A connection. It is either answering, or waiting for the next request, which is limited in time.
pub(crate) struct Connection {
    limits: Limits,
    is_secure: bool,
    is_over_limit: bool,
    peer: Option<IpAddr>,
    /// The same as text: each request of the connection is logged with it.
    peer_text: OnceCell<String>,
    /// The part of the state that other workers see.
    seat: Arc<Seat>,
    pub(super) answering: Cell<usize>,
    /// Whether a request is being answered whose body has not arrived yet.
    pub(super) awaits_body: Cell<bool>,
    /// Whether the body of the request that is being answered was read to its end.
    pub(super) has_read_body: Cell<bool>,
    /// Whether the connection is closed soon after the present response, whatever the client sends.
    is_ending: Cell<bool>,
    /// Whether a response waits until the client reads.
    is_stalled: Cell<bool>,
    /// The deadline for the head of the next request, or its first byte; none until it is set.
    deadline: Cell<Option<Instant>>,
    /// Whether the head of the next request has begun.
    pub(super) has_begun: Cell<bool>,
    /// The task to wake when the connection must close.
    task: RefCell<Option<Waker>>,
}

impl Connection {
    /// A new connection that waits for its first request.
    pub(super) fn new(
        limits: Limits,
        is_secure: bool,
        is_over_limit: bool,
        peer: Option<IpAddr>,
        seat: Arc<Seat>,
    ) -> Self {
        Self {
            limits,
            is_secure,
            is_over_limit,
            peer,
            peer_text: OnceCell::new(),
            seat,
            answering: Cell::new(0),
            awaits_body: Cell::new(false),
            has_read_body: Cell::new(false),
            is_ending: Cell::new(false),
            is_stalled: Cell::new(false),
            deadline: Cell::new(Some(Instant::now() + limits.header_timeout)),
            has_begun: Cell::new(false),
            task: RefCell::new(None),
        }
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether the connection is above the limit.
    pub(crate) fn is_over_limit(&self) -> bool {
        self.is_over_limit
    }

    /// Whether the connection closes after the current response.
    pub(crate) fn is_last(&self) -> bool {
        self.is_over_limit || self.seat.is_given_up()
    }

    /// Whether the body of the request that is being answered was read to its end.
    pub(crate) fn has_read_body(&self) -> bool {
        self.has_read_body.get()
    }

    /// The client's address.
    pub(crate) fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// The client's address as text; empty if it is unknown.
    pub(crate) fn peer_text(&self) -> &str {
        self.peer_text.get_or_init(|| self.peer.map_or(String::new(), |peer| peer.to_string()))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Stops waiting for a request, to make room for another connection.
    pub(super) fn give_up(&self) {
        if self.answering.get() == 0 {
            self.seat.give_up();
        }
    }

    /// The activity of the connection if it was given up and can be closed. Otherwise `context` is
    /// woken when it is given up.
    pub(crate) fn given_up_at(&self, context: &Context<'_>) -> Option<Activity> {
        let mut task = self.task.borrow_mut();
        if !task.as_ref().is_some_and(|task| task.will_wake(context.waker())) {
            self.seat.wake_when_given_up(context.waker());
            *task = Some(context.waker().clone());
        }
        let activity = self.activity();
        (activity != Activity::Working && self.seat.is_given_up()).then_some(activity)
    }

    /// Sets whether a response waits until the client reads.
    pub(crate) fn set_stalled(&self, is_stalled: bool) {
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

    /// Publishes the activity to other workers. If the connection was given up while it was
    /// answering, wakes its task so that it closes.
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

    /// The deadline for the next request, if the connection waits for one and it is set.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        if self.answering.get() == 0 { self.deadline.get() } else { None }
    }

    /// Sets the deadline for the next request if there is none, and returns it. Most requests
    /// arrive whole and are answered before this is called.
    pub(crate) fn reckon(&self) -> Option<Instant> {
        if self.answering.get() == 0 && self.deadline.get().is_none() {
            let Limits { header_timeout, keep_alive, .. } = self.limits;
            let time = if self.is_ending.get() {
                LINGER
            } else if self.has_begun.get() {
                header_timeout
            } else {
                keep_alive
            };
            self.deadline.set(Some(Instant::now() + time));
        }
        self.deadline()
    }

    /// Whether only part of a head has arrived.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.get()
    }

    /// Whether the next bytes are the beginning of a head.
    pub(crate) fn awaits_head(&self) -> bool {
        self.answering.get() == 0 && !self.has_begun.get() && !self.is_ending.get()
    }

    /// Notes that bytes have arrived.
    pub(crate) fn hear(&self) {
        if self.awaits_head() {
            self.has_begun.set(true);
            self.deadline.set(None);
            self.show_activity();
        }
    }

    /// Whether a response is being sent.
    pub(crate) fn is_answering(&self) -> bool {
        self.answering.get() > 0
    }

    /// The rest of a body is left unread after the present response.
    pub(crate) fn end(&self) {
        self.is_ending.set(true);
    }

    /// Everything is sent: the connection waits for the next request.
    pub(crate) fn rest(&self) {
        self.deadline.set(None);
    }
}
