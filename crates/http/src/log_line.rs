//! The line of log that each request leaves.

use std::{borrow::Cow, fmt};

use actix_web::{
    HttpMessage, HttpRequest,
    dev::ServiceResponse,
    http::{Method, StatusCode},
};
use rollcall_domain::{RefusalReason, UserId};

use crate::{
    base_path, client_address,
    request_log::{LoggedUser, RequestIds},
};

/// What lines are filtered by, and found by: docker/fail2ban knows it.
const TARGET: &str = "rollcall_http::request_log";

/// What the log calls a method that HTTP does not know.
const UNKNOWN_METHOD: &str = "-";

/// What the log calls a path where there is nothing.
const UNKNOWN_PATH: &str = "-";

/// Why the credentials of a request were refused, and which account they name.
struct LoggedRefusal {
    reason: RefusalReason,
    account: Option<UserId>,
}

/// Where a request comes from, as far as it is known.
pub(crate) struct LoggedAddress<'a>(pub(crate) &'a HttpRequest);

/// The line of an answered request.
pub(crate) struct Line<'a, B> {
    pub(crate) response: &'a ServiceResponse<B>,
    pub(crate) ids: &'a RequestIds,
    pub(crate) milliseconds: u128,
}

impl<B> Line<'_, B> {
    /// Writes it.
    pub(crate) fn log(&self) {
        let request = self.response.request();
        let extensions = request.extensions();
        let user = extensions.get::<LoggedUser>().map_or("-", |user| &user.0);
        let refusal = extensions.get::<LoggedRefusal>();
        // The path is percent-encoded; names hold no spaces or control characters.
        log::log!(
            target: TARGET,
            self.level(refusal),
            "{} {} {} {} {} {}ms {user}{}",
            self.ids,
            LoggedAddress(request),
            method(request.method()),
            self.path(),
            self.response.status().as_u16(),
            self.milliseconds,
            refusal.map_or(String::new(), LoggedRefusal::to_string),
        );
    }

    /// The path, and of a request that was refused, or by a method that anyone is answered, the
    /// pattern that it has: a user may have typed anything there, such as a password.
    fn path(&self) -> Cow<'_, str> {
        let (request, status) = (self.response.request(), self.response.status());
        let is_answered = status.is_success() || status == StatusCode::NOT_MODIFIED;
        if is_answered && request.method() != Method::OPTIONS {
            return base_path::document_path(request).into();
        }
        let pattern = request.match_pattern();
        pattern.map_or(UNKNOWN_PATH.into(), |pattern| {
            base_path::without_base(request, &pattern).to_owned().into()
        })
    }

    /// Refused credentials are a warning, which a full log keeps longest. A probe that succeeds is
    /// no news.
    fn level(&self, refusal: Option<&LoggedRefusal>) -> log::Level {
        let is_probe = base_path::document_path(self.response.request()).starts_with("/health/");
        if refusal.is_some() {
            log::Level::Warn
        } else if is_probe && self.response.status().is_success() {
            log::Level::Debug
        } else {
            log::Level::Info
        }
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

/// Has the line of `request` say why its credentials were refused.
pub(crate) fn note_refusal(request: &HttpRequest, reason: RefusalReason, account: Option<UserId>) {
    request.extensions_mut().insert(LoggedRefusal { reason, account });
}

impl fmt::Display for LoggedAddress<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match client_address::client(self.0) {
            Some(address) => address.fmt(formatter),
            None => formatter.write_str("-"),
        }
    }
}

impl fmt::Display for LoggedRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, " refused={}", self.reason.as_str())?;
        self.account.map_or(Ok(()), |account| write!(formatter, " account={account}"))
    }
}
