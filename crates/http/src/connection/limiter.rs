//! How many connections there are, and which of those that are too many is given up first.

use std::{
    cell::RefCell,
    collections::VecDeque,
    net::{IpAddr, Ipv4Addr},
    rc::{Rc, Weak},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{
    limits::{CONNECTIONS_IN_RESERVE, Limits},
    seat::Seat,
    shares::{Shares, Ticket},
    state::Connection,
};

thread_local! {
    /// The connections of the worker that this thread is.
    static HERE: Rc<WorkerConnections> = Rc::default();
}

#[derive(Default)]
struct WorkerConnections {
    /// Those that are too many, from the oldest on.
    surplus: RefCell<VecDeque<Weak<Connection>>>,
}

/// The connections of all workers.
#[derive(Clone)]
pub(crate) struct ConnectionLimiter {
    limits: Limits,
    shares: Arc<Mutex<Shares>>,
}

/// A connection among the others, and gone from them when dropped.
pub(crate) struct ConnectionGuard {
    pub(crate) connection: Rc<Connection>,
    limiter: ConnectionLimiter,
    /// Unless it is one too many.
    ticket: Option<Ticket>,
}

impl ConnectionLimiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, shares: Arc::default() }
    }

    /// Takes in one more. If there are too many, one of the client that has most makes room for one
    /// of a client that has fewer. No other is refused here: a connection too many learns it in
    /// answer to a request, and of those that send none the oldest makes room.
    pub(crate) fn admit(&self, peer: Option<IpAddr>, is_secure: bool) -> ConnectionGuard {
        let here = HERE.with(Rc::clone);
        let seat = Arc::new(Seat::new(thread::current().id()));
        // A peer that has gone already has no address.
        let address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let ticket = self.find_seat(address, &seat);
        let is_over_limit = ticket.is_none();
        let connection =
            Rc::new(Connection::new(self.limits, is_secure, is_over_limit, peer, seat));
        if is_over_limit {
            here.make_room_for(&connection);
        }
        ConnectionGuard { connection, limiter: self.clone(), ticket }
    }

    /// Finds a place for a connection.
    fn find_seat(&self, peer: IpAddr, seat: &Arc<Seat>) -> Option<Ticket> {
        let mut shares = self.lock();
        let is_full = shares.len() >= self.limits.connections;
        let served = shares.of_worker(seat.worker());
        let is_full_here = served >= self.limits.connections_per_worker;
        if is_full || is_full_here {
            let may_go = |other: &Seat| !is_full_here || other.worker() == seat.worker();
            let (ticket, other) = shares.giving_way_to(peer, &may_go)?;
            shares.remove(&ticket);
            other.give_up();
        }
        Some(shares.add(peer, Arc::clone(seat)))
    }

    fn lock(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WorkerConnections {
    fn make_room_for(&self, connection: &Rc<Connection>) {
        let mut surplus = self.surplus.borrow_mut();
        // Half of the reserve is for those that have been told to go, and have not gone yet.
        if surplus.len() >= CONNECTIONS_IN_RESERVE / 2
            && let Some(oldest) = surplus.pop_front().and_then(|connection| connection.upgrade())
        {
            oldest.give_up();
        }
        surplus.push_back(Rc::downgrade(connection));
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        if let Some(ticket) = &self.ticket {
            self.limiter.lock().remove(ticket);
        }
    }
}
