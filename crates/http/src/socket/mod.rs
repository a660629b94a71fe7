//! Stands between sockets and HTTP: TLS, time limits, and the answer to a request that cannot be
//! read.
//!
//! actix-http itself limits only the time of the first head on a connection, waits without limit
//! for a client that does not read, and stops accepting at its maximum of connections.
//! [`Stream`](stream::Stream) stands between actix-http and the socket and enforces all limits.

mod head;
pub(crate) mod http;
pub(crate) mod listener;
mod pace;
mod refusal;
pub(crate) mod stream;
mod tls;
