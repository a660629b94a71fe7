//! A socket, with or without TLS, that enforces time limits.

use std::{
    io, mem,
    net::IpAddr,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_web::{http::StatusCode, rt::net::TcpStream, web::Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

use super::{head::Head, pace::Pace, refusal, tls::Socket};
use crate::connection::{
    limiter::{ConnectionGuard, ConnectionLimiter},
    seat::Activity,
    state::Connection,
};

/// A connection's socket. When the client exceeds a limit, reading reports that it has
/// disconnected, and writing to a client that does not read fails.
pub(crate) struct Stream {
    socket: Socket,
    member: ConnectionGuard,
    alarm: Pin<Box<Sleep>>,
    is_alarm_set: bool,
    /// How fast the client reads responses.
    pace: Pace,
    /// The head of the last request, unless it was pipelined behind another.
    head: Head,
    /// Whether reading was postponed because the client does not read either.
    was_not_read: bool,
    /// A refusal to send, instead of what actix-http wrote or before the connection is closed.
    refusal: Option<Bytes>,
}

impl Stream {
    pub(crate) fn new(
        socket: TcpStream,
        peer: Option<IpAddr>,
        tls: Option<Arc<ServerConfig>>,
        limiter: &ConnectionLimiter,
    ) -> Self {
        let member = limiter.admit(peer, tls.is_some());
        let socket = match tls {
            None => Socket::Plain(socket),
            Some(tls) => Socket::Handshake(Box::new(TlsAcceptor::from(tls).accept(socket))),
        };
        let alarm = Box::pin(sleep_until(Instant::now()));
        let pace = Pace::new(member.connection.limits());
        let (is_alarm_set, was_not_read, refusal) = (false, false, None);
        let head = Head::default();
        Self { socket, member, alarm, is_alarm_set, pace, head, was_not_read, refusal }
    }

    /// The shared state of the connection.
    pub(crate) fn connection(&self) -> &Rc<Connection> {
        &self.member.connection
    }

    fn refuse(&self, status: StatusCode) -> Bytes {
        let connection = self.connection();
        let problem = refusal::problem(status, self.head.flaw());
        let is_by_head = self.head.is_of_head();
        refusal::answer(&problem, is_by_head, connection.is_secure(), connection.peer())
    }

    /// Whether a deadline has passed. Otherwise `context` is woken when one does.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        let Some(due) = self.pace.due().or_else(|| self.connection().deadline()) else {
            return false;
        };
        // An alarm that rings too early costs less than setting it for each request.
        if self.is_alarm_set && !self.alarm.is_elapsed() && self.alarm.deadline() <= due {
            return false;
        }
        self.alarm.as_mut().reset(due);
        self.is_alarm_set = self.alarm.as_mut().poll(context).is_pending();
        !self.is_alarm_set
    }

    /// Tracks the pace of sending. `count` returns the number of bytes sent.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
        count: impl FnOnce(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        let Self { member: ConnectionGuard { connection, .. }, pace, was_not_read, .. } = self;
        match &outcome {
            Poll::Pending => {
                if !pace.is_behind() {
                    pace.fall_behind(connection.limits(), Instant::now());
                    connection.set_stalled(true);
                }
                if self.is_overdue(context) {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
            Poll::Ready(Ok(sent)) if pace.is_behind() => {
                pace.advance(connection.limits(), count(sent), Instant::now());
                connection.set_stalled(false);
                connection.rest();
                if mem::take(was_not_read) {
                    context.waker().wake_by_ref();
                }
            }
            Poll::Ready(_) => {}
        }
        outcome
    }

    /// Sends the pending refusal.
    fn poll_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.refusal.as_mut().filter(|rest| !rest.is_empty()) {
            let outcome = self.socket.poll_write(context, rest);
            let sent = ready!(self.watch(context, outcome, |sent| *sent))?;
            if let Some(rest) = &mut self.refusal {
                drop(rest.split_to(sent));
            }
        }
        self.refusal = None;
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.connection().given_up_at(context) {
            None | Some(Activity::Working) => {}
            Some(Activity::Idle) => return Poll::Ready(Ok(())),
            Some(Activity::Waiting) => {
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
        }
        // Responses are not buffered for a client that does not read.
        if self.pace.is_behind() {
            if self.is_overdue(context) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.was_not_read = true;
            return Poll::Pending;
        }
        if self.connection().awaits_head() {
            self.head = Head::default();
        }
        let before = buffer.filled().len();
        let outcome = self.socket.poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.head.read(&mut buffer.filled_mut()[before..]);
            self.connection().hear();
        }
        if outcome.is_pending() && self.is_overdue(context) {
            if self.connection().has_begun() {
                let refusal = self.refuse(StatusCode::REQUEST_TIMEOUT);
                self.refusal = Some(refusal);
            }
            return Poll::Ready(Ok(()));
        }
        outcome
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let bytes = match refusal::find(bytes) {
            Some((0, status)) => {
                if self.refusal.is_none() {
                    self.refusal = Some(self.refuse(status));
                }
                ready!(self.poll_refusal(context))?;
                return Poll::Ready(Ok(bytes.len()));
            }
            Some((begin, _)) => &bytes[..begin],
            None => bytes,
        };
        let outcome = self.socket.poll_write(context, bytes);
        self.watch(context, outcome, |sent| *sent)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = self.socket.poll_flush(context);
        let outcome = ready!(self.watch(context, outcome, |()| 0));
        if !self.connection().is_answering() {
            self.pace.finish();
        }
        // A response may just have ended, or part of a head have arrived, so a deadline applies.
        self.connection().reckon();
        if self.is_overdue(context) {
            context.waker().wake_by_ref();
        }
        Poll::Ready(outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refusal(context))?;
        let outcome = self.socket.poll_shutdown(context);
        self.watch(context, outcome, |()| 0)
    }
}
