//! Logs one line for each request, with the id that its response carries.

use std::{
    fmt,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
};

use crate::{
    error::ApiError,
    log_line::{Line, LoggedAddress},
    statistics::{InFlight, Worker},
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is accepted from a client.
const MAX_ID_BYTES: usize = 64;

/// The authenticated user of a request.
pub(crate) struct LoggedUser(pub(crate) String);

/// The ids of a request.
#[derive(Clone)]
pub(crate) struct RequestIds {
    /// The server's own, unique id.
    own: HeaderValue,
    /// The client's `X-Request-Id` if it may be logged. Other requests may have the same.
    client: Option<HeaderValue>,
}

/// Assigns an id to the request, answers it, logs and counts it. Nothing that could be secret is
/// logged: no header but the client's address, no body, no query, no name that was not
/// authenticated. Of an unknown path only the documented part is logged.
pub(crate) async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let in_flight = Worker::of(request.request()).map(InFlight::begin);
    let ids = RequestIds::of(request.headers());
    request.extensions_mut().insert(ids.clone());
    let mut response = next.call(request).await?;
    let time = started.elapsed();
    if let Some(in_flight) = in_flight {
        in_flight.answered(&response, time);
    }
    Line { response: &response, ids: &ids, milliseconds: time.as_millis() }.log();
    response.headers_mut().insert(X_REQUEST_ID, ids.answered());
    Ok(response)
}

/// The server's id of the request, and the client's if it has sent a valid one.
pub(crate) fn request_ids(request: &HttpRequest) -> (Option<String>, Option<String>) {
    let extensions = request.extensions();
    let Some(RequestIds { own, client }) = extensions.get::<RequestIds>() else {
        return (None, None);
    };
    (Some(text(own).to_owned()), client.as_ref().map(|id| text(id).to_owned()))
}

/// Logs the cause of an internal error, which the response to `request` does not contain.
pub(crate) fn log_failure(request: &HttpRequest, error: &ApiError) {
    let extensions = request.extensions();
    let address = LoggedAddress(request);
    let reason = match error {
        ApiError::User(error) => error.to_string(),
        error => format!("{error:?}"),
    };
    let reason = reason.replace(['\n', '\r'], " ");
    match extensions.get::<RequestIds>() {
        Some(ids) => log::error!("{ids} {address} {reason}"),
        None => log::error!("- {address} {reason}"),
    }
}

/// A unique id: the process's random part and a counter.
pub(crate) fn new_id() -> String {
    static PROCESS: LazyLock<String> =
        LazyLock::new(|| format!("{:016x}", getrandom::u64().unwrap_or_default()));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{count:x}", *PROCESS)
}

impl RequestIds {
    fn of(headers: &HeaderMap) -> Self {
        let fit = |value: &&HeaderValue| {
            let is_fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            (1..=MAX_ID_BYTES).contains(&value.len()) && value.as_bytes().iter().all(is_fit)
        };
        let own = HeaderValue::try_from(new_id()).unwrap_or(HeaderValue::from_static("-"));
        Self { own, client: headers.get(X_REQUEST_ID).filter(fit).cloned() }
    }

    /// The id in the response: the client's if there is one.
    fn answered(self) -> HeaderValue {
        self.client.unwrap_or(self.own)
    }
}

/// The ids as logged, with the server's own first, so that no client can imitate another request.
impl fmt::Display for RequestIds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(text(&self.own))?;
        let Some(client) = &self.client else { return Ok(()) };
        write!(formatter, "/{}", text(client))
    }
}

fn text(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or("-")
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, RequestIds, X_REQUEST_ID, text};

    fn ids_for(value: &str) -> RequestIds {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        RequestIds::of(&headers)
    }

    fn answered_for(value: &str) -> String {
        text(&ids_for(value).answered()).to_owned()
    }

    #[test]
    fn an_id_that_is_fit_to_be_logged_is_kept() {
        assert_eq!(answered_for("a1-B2_c.3"), "a1-B2_c.3");
    }

    #[test]
    fn requests_with_the_same_id_are_told_apart_in_the_log() {
        let logged = [(); 2].map(|()| ids_for("same").to_string());
        assert!(logged.iter().all(|ids| ids.ends_with("/same")), "{logged:?}");
        assert_ne!(logged[0], logged[1]);
    }

    #[test]
    fn any_other_is_replaced_by_one_of_its_own() {
        let long = "x".repeat(65);
        let mut ids = ["", "two words", "é", "a\"b", &long].map(answered_for).to_vec();
        assert!(ids.iter().all(|id| id.len() >= 18 && !id.contains(['x', ' '])));
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }
}
