//! What a connection goes through with a request.

use std::rc::Rc;

use super::state::Connection;

/// The time in which a connection answers. While there is one, nothing is expected of the client.
pub(crate) struct ResponseGuard(Rc<Connection>);

/// The time in which the body of a request is waited for.
pub(crate) struct AwaitingBody(Rc<Connection>);

impl Connection {
    /// From now on the connection answers, until the guard is dropped.
    pub(crate) fn answer(self: &Rc<Self>) -> ResponseGuard {
        self.answering.set(self.answering.get() + 1);
        self.has_begun.set(false);
        self.has_read_body.set(false);
        self.show_activity();
        ResponseGuard(Rc::clone(self))
    }

    /// From now on the body of the request that is being answered is waited for, until the guard is
    /// dropped.
    pub(crate) fn await_body(self: &Rc<Self>) -> AwaitingBody {
        self.awaits_body.set(true);
        self.show_activity();
        AwaitingBody(Rc::clone(self))
    }
}

impl AwaitingBody {
    /// The body was read to its end.
    pub(crate) fn end(self) {
        self.0.has_read_body.set(true);
    }
}

impl Drop for ResponseGuard {
    fn drop(&mut self) {
        self.0.answering.set(self.0.answering.get() - 1);
        self.0.rest();
        self.0.show_activity();
    }
}

impl Drop for AwaitingBody {
    fn drop(&mut self) {
        self.0.awaits_body.set(false);
        self.0.show_activity();
    }
}
