//! Response bodies that one thread writes while another sends them, at most a few pieces behind.

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
    connection::{phase::ResponseGuard, state::Connection},
    error::ApiError,
    request::logged::log_failure,
};

/// The sizes of the first piece, which should be sent soon, and of the others, which should be few.
const FIRST_BYTES: usize = 8 * 1024;
const NEXT_BYTES: usize = 64 * 1024;

/// How many pieces may wait to be sent.
const AHEAD: usize = 2;

/// A part of a body.
pub(crate) enum Chunk {
    /// More follows.
    More(Bytes),
    /// Nothing follows.
    Last(Bytes),
}

/// Writes a body. Dropping it before [`StreamWriter::end`] makes the body end with an error.
pub(crate) struct StreamWriter {
    pieces: mpsc::Sender<Result<Chunk, ApiError>>,
    buffer: Vec<u8>,
    full: usize,
}

/// The body that a [`StreamWriter`] writes.
pub(crate) struct StreamBody {
    coming: mpsc::Receiver<Result<Chunk, ApiError>>,
    request: HttpRequest,
    next: Option<Chunk>,
    is_over: bool,
    /// While the body is being written, no deadline for the client's next request applies.
    _answering: Option<ResponseGuard>,
}

/// The body was not written to its end.
#[derive(Debug, Error)]
#[error("the body ends too early")]
pub(crate) struct Incomplete;

/// Creates the body of the response to `request`, and its writer.
pub(crate) fn channel(request: &HttpRequest) -> (StreamWriter, StreamBody) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let writer =
        StreamWriter { pieces: sender, buffer: Vec::with_capacity(FIRST_BYTES), full: FIRST_BYTES };
    let pieces = StreamBody {
        coming: receiver,
        request: request.clone(),
        next: None,
        is_over: false,
        _answering: request.conn_data::<Rc<Connection>>().map(Connection::answer),
    };
    (writer, pieces)
}

impl StreamWriter {
    /// Writes a value after a text; blocks while too many pieces wait. Breaks once the connection
    /// has closed, as it does if its client reads too slowly: a writer holds a snapshot of the
    /// store, which delays the cleanup of old rows.
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
        let piece = Chunk::More(mem::replace(&mut self.buffer, room).into());
        self.send(Ok(piece))
    }

    /// Ends the body, with a text or with the error that stopped it.
    pub(crate) fn end(mut self, outcome: Result<String, ApiError>) {
        let last = outcome.map(|text| {
            self.buffer.extend_from_slice(text.as_bytes());
            Chunk::Last(mem::take(&mut self.buffer).into())
        });
        // A client that has gone needs no end.
        let _ = self.send(last);
    }

    fn send(&self, piece: Result<Chunk, ApiError>) -> ControlFlow<()> {
        match self.pieces.blocking_send(piece) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl StreamBody {
    /// Waits for the first piece, which may be the whole body.
    ///
    /// # Errors
    /// The error that stopped the writer before it.
    pub(crate) async fn first(&mut self) -> Result<&Chunk, ApiError> {
        let piece = self.coming.recv().await.ok_or(ApiError::Stopping)??;
        Ok(self.next.insert(piece))
    }
}

impl MessageBody for StreamBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        match &self.next {
            Some(Chunk::Last(all)) => BodySize::Sized(all.len() as u64),
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
        self.is_over = !matches!(piece, Some(Ok(Chunk::More(_))));
        Poll::Ready(Some(match piece {
            Some(Ok(Chunk::More(bytes) | Chunk::Last(bytes))) => Ok(bytes),
            Some(Err(error)) => {
                log_failure(&self.request, &error);
                Err(Incomplete.into())
            }
            None => Err(Incomplete.into()),
        }))
    }
}
