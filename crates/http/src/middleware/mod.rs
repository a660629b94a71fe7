//! What applies to every request: its line of log, pages of other origins, and the headers of its
//! response.

pub(crate) mod cors;
pub(crate) mod every_response;
mod log_line;
pub(crate) mod request_log;
