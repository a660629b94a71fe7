//! How many connections there are, and which of those that are too many is given up first.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{CONNECTIONS_IN_RESERVE, Connection, Limits};

thread_local! {
    /// The connections of the worker that this thread is.
    static HERE: Rc<Here> = Rc::default();
}

#[derive(Default)]
struct Here {
    count: Cell<usize>,
    /// Those that are too many, from the oldest on.
    surplus: RefCell<VecDeque<Weak<Connection>>>,
}

/// The connections of all workers.
#[derive(Clone)]
pub(crate) struct Crowd {
    limits: Limits,
    count: Arc<AtomicUsize>,
}

/// A connection among the others, and gone from them when dropped.
pub(super) struct Member {
    pub(super) connection: Rc<Connection>,
    crowd: Crowd,
    here: Rc<Here>,
}

impl Crowd {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, count: Arc::default() }
    }

    /// Takes in one more. Nobody is refused here: whoever is too many is told so in answer to a request, and
    /// of those that send none the oldest makes room.
    pub(super) fn admit(&self, is_secure: bool) -> Member {
        let here = HERE.with(Rc::clone);
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        here.count.set(here.count.get() + 1);
        let is_surplus = count > self.limits.connections
            || here.count.get() > self.limits.connections_per_worker;
        let connection = Rc::new(Connection::new(self.limits, is_secure, is_surplus));
        if is_surplus {
            here.make_room_for(&connection);
        }
        Member { connection, crowd: self.clone(), here }
    }
}

impl Here {
    fn make_room_for(&self, connection: &Rc<Connection>) {
        let mut surplus = self.surplus.borrow_mut();
        // Half of the reserve is for those that have been told to go, and have not gone yet.
        if surplus.len() >= CONNECTIONS_IN_RESERVE / 2
            && let Some(oldest) = surplus.pop_front().and_then(|it| it.upgrade())
        {
            oldest.give_up();
        }
        surplus.push_back(Rc::downgrade(connection));
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.crowd.count.fetch_sub(1, Ordering::Relaxed);
        self.here.count.set(self.here.count.get() - 1);
    }
}
