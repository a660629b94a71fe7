//! The line of log that each request leaves.

use std::{fmt::Write, time::Duration};

use actix_web::{
    HttpRequest,
    dev::ServiceResponse,
    http::{Method, StatusCode},
};

use crate::{
    request::{
        logged::{LoggedRefusal, RequestNotes, TARGET, logged_address},
        paths::base_path,
    },
    routes,
};

/// What the log calls a method that HTTP does not know.
const UNKNOWN_METHOD: &str = "-";

/// What the log calls a path where there is nothing.
const UNKNOWN_PATH: &str = "-";

/// Longer than most lines.
const USUAL_BYTES: usize = 160;

/// Logs the line of a request that was answered after this time.
pub(crate) fn log<B>(response: &ServiceResponse<B>, notes: &RequestNotes, time: Duration) {
    let (request, status) = (response.request(), response.status());
    let level = level(request, status, notes.refusal.as_ref());
    if level <= log::max_level() {
        let line = line(request, status, notes, time);
        log::log!(target: TARGET, level, "{line}");
    }
}

/// The text of the line. It is put together without `fmt`, which takes three times as long. The
/// path is percent-encoded; names hold no spaces or control characters.
fn line(request: &HttpRequest, status: StatusCode, notes: &RequestNotes, time: Duration) -> String {
    let mut line = String::with_capacity(USUAL_BYTES);
    notes.ids.push_to(&mut line);
    let address = logged_address(request);
    for part in [&*address, method(request.method()), path(request, status), status.as_str()] {
        line.push(' ');
        line.push_str(part);
    }
    // Writing to a string does not fail.
    let _ = write!(line, " {}ms ", time.as_millis());
    line.push_str(notes.user.as_deref().unwrap_or("-"));
    if let Some(refusal) = &notes.refusal {
        let _ = write!(line, "{refusal}");
    }
    line
}

/// The path, and of a request that was refused, or by a method that anyone is answered, the pattern
/// that it has: a user may have typed anything there, such as a password.
fn path(request: &HttpRequest, status: StatusCode) -> &str {
    let is_answered = status.is_success() || status == StatusCode::NOT_MODIFIED;
    if is_answered && request.method() != Method::OPTIONS {
        return base_path::document_path(request);
    }
    let pattern = routes::pattern_of(request);
    pattern.map_or(UNKNOWN_PATH, |pattern| base_path::without_base(request, pattern))
}

/// Refused credentials are a warning, which a full log keeps longest. A probe that succeeds is no
/// news.
fn level(request: &HttpRequest, status: StatusCode, refusal: Option<&LoggedRefusal>) -> log::Level {
    if refusal.is_some() {
        log::Level::Warn
    } else if status.is_success() && base_path::document_path(request).starts_with("/health/") {
        log::Level::Debug
    } else {
        log::Level::Info
    }
}

/// The method, if HTTP knows it: a client can make up any other, as long as a whole head.
fn method(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS
        | Method::TRACE
        | Method::CONNECT => method.as_str(),
        _ => UNKNOWN_METHOD,
    }
}
