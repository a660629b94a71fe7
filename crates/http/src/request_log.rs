//! One line of log for each request, and the id that ties it to the answer.

use std::{
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

/// The longest id that is taken over from a client.
const MAX_ID_BYTES: usize = 64;

/// The name of the user that a request was made by, once that is proved.
pub(crate) struct LoggedUser(pub(crate) String);

/// The id of a request: the client's `X-Request-Id` where it is fit to be logged, else a new one.
#[derive(Clone)]
struct RequestId(HeaderValue);

/// Gives the request its id, lets it be answered, logs it and counts it. Nothing of it that could be secret
/// is logged: no header but the client's address, no body, no query, no name that was not proved, and of a
/// path that leads nowhere only what the contract says of it.
pub(crate) async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let in_flight = Worker::of(request.request()).map(InFlight::begin);
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let mut response = next.call(request).await?;
    let time = started.elapsed();
    if let Some(in_flight) = in_flight {
        in_flight.answered(&response, time);
    }
    Line { response: &response, id: id.as_str(), milliseconds: time.as_millis() }.log();
    response.headers_mut().insert(X_REQUEST_ID, id.0);
    Ok(response)
}

/// What the log calls the request.
pub(crate) fn request_id(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<RequestId>().map(|id| id.as_str().to_owned())
}

/// Logs what went wrong inside, which the answer to `request` does not say.
pub(crate) fn log_failure(request: &HttpRequest, error: &ApiError) {
    let extensions = request.extensions();
    let id = extensions.get::<RequestId>().map_or("-", RequestId::as_str);
    log::error!("{id} {} {error:?}", LoggedAddress(request));
}

/// An id that no other request has: the process's own random part and a count.
pub(crate) fn new_id() -> String {
    static PROCESS: LazyLock<String> =
        LazyLock::new(|| format!("{:016x}", getrandom::u64().unwrap_or_default()));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{count:x}", *PROCESS)
}

impl RequestId {
    fn of(headers: &HeaderMap) -> Self {
        let fit = |value: &&HeaderValue| {
            let is_fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            (1..=MAX_ID_BYTES).contains(&value.len()) && value.as_bytes().iter().all(is_fit)
        };
        headers.get(X_REQUEST_ID).filter(fit).map_or_else(Self::new, |value| Self(value.clone()))
    }

    fn new() -> Self {
        Self(HeaderValue::try_from(new_id()).unwrap_or(HeaderValue::from_static("-")))
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or("-")
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, RequestId, X_REQUEST_ID};

    fn id_for(value: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        RequestId::of(&headers).as_str().to_owned()
    }

    #[test]
    fn an_id_that_is_fit_to_be_logged_is_kept() {
        assert_eq!(id_for("a1-B2_c.3"), "a1-B2_c.3");
    }

    #[test]
    fn any_other_is_replaced_by_one_of_its_own() {
        let long = "x".repeat(65);
        let mut ids = ["", "two words", "é", "a\"b", &long].map(id_for).to_vec();
        assert!(ids.iter().all(|id| id.len() >= 18 && !id.contains(['x', ' '])));
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }
}
