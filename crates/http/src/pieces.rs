//! Bodies that one thread writes while another sends them, a few pieces ahead at most.

use std::{
    mem,
    ops::ControlFlow,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpRequest,
    body::{BodySize, MessageBody},
    web::Bytes,
};
use serde::Serialize;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::{
    connection::{Answering, Connection},
    error::ApiError,
    request_log::log_failure,
};

/// How large the first piece is, which should leave soon, and how large the others, which should be few.
const FIRST_BYTES: usize = 8 * 1024;
const NEXT_BYTES: usize = 64 * 1024;

/// How many pieces wait to be sent.
const AHEAD: usize = 2;

/// Some of a body.
pub(crate) enum Piece {
    /// More follows.
    More(Bytes),
    /// Nothing follows.
    Last(Bytes),
}

/// Writes a body. One that is dropped before its end leaves a body that ends in a failure.
pub(crate) struct Writer {
    pieces: mpsc::Sender<Result<Piece, ApiError>>,
    buffer: Vec<u8>,
    full: usize,
}

/// The body that a [`Writer`] writes.
pub(crate) struct Pieces {
    coming: mpsc::Receiver<Result<Piece, ApiError>>,
    request: HttpRequest,
    next: Option<Piece>,
    is_over: bool,
    /// Nothing is expected of the client before the last piece is written.
    _answering: Option<Answering>,
}

/// A body that was not written to its end.
#[derive(Debug, Error)]
#[error("the body ends too early")]
pub(crate) struct Incomplete;

/// A body of the answer to `request`, and what writes it.
pub(crate) fn channel(request: &HttpRequest) -> (Writer, Pieces) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let writer =
        Writer { pieces: sender, buffer: Vec::with_capacity(FIRST_BYTES), full: FIRST_BYTES };
    let pieces = Pieces {
        coming: receiver,
        request: request.clone(),
        next: None,
        is_over: false,
        _answering: request.conn_data::<Rc<Connection>>().map(Connection::answer),
    };
    (writer, pieces)
}

impl Writer {
    /// Writes a value behind a text; blocks until there is room. Says no more once the connection has ended,
    /// as it does when its client reads too slowly: meanwhile the writer holds a snapshot of the store, which
    /// keeps what others write from being tidied up.
    pub(crate) fn write(&mut self, text: &str, value: &impl Serialize) -> ControlFlow<()> {
        self.buffer.extend_from_slice(text.as_bytes());
        if serde_json::to_writer(&mut self.buffer, value).is_err() {
            return ControlFlow::Break(());
        }
        if self.buffer.len() < self.full {
            return ControlFlow::Continue(());
        }
        self.full = NEXT_BYTES;
        let room = Vec::with_capacity(NEXT_BYTES + NEXT_BYTES / 8);
        let piece = Piece::More(mem::replace(&mut self.buffer, room).into());
        self.send(Ok(piece))
    }

    /// Ends the body: with a text, or where it can't be gone on with.
    pub(crate) fn end(mut self, outcome: Result<String, ApiError>) {
        let last = outcome.map(|text| {
            self.buffer.extend_from_slice(text.as_bytes());
            Piece::Last(mem::take(&mut self.buffer).into())
        });
        // Whoever does not read it misses nothing.
        let _ = self.send(last);
    }

    fn send(&self, piece: Result<Piece, ApiError>) -> ControlFlow<()> {
        match self.pieces.blocking_send(piece) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl Pieces {
    /// Waits for the first piece: all of the body if it is the last, too.
    ///
    /// # Errors
    /// What the writer failed in before it.
    pub(crate) async fn first(&mut self) -> Result<&Piece, ApiError> {
        let piece = self.coming.recv().await.ok_or(ApiError::Stopping)??;
        Ok(self.next.insert(piece))
    }
}

impl MessageBody for Pieces {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        match &self.next {
            Some(Piece::Last(all)) => BodySize::Sized(all.len() as u64),
            _ => BodySize::Stream,
        }
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let piece = match self.next.take() {
            Some(piece) => Some(Ok(piece)),
            None => ready!(self.coming.poll_recv(context)),
        };
        self.is_over = !matches!(piece, Some(Ok(Piece::More(_))));
        Poll::Ready(Some(match piece {
            Some(Ok(Piece::More(bytes) | Piece::Last(bytes))) => Ok(bytes),
            Some(Err(error)) => {
                log_failure(&self.request, &error);
                Err(Incomplete.into())
            }
            None => Err(Incomplete.into()),
        }))
    }
}
