//! One line of log for each request, and the id that ties it to the answer.

use std::{
    borrow::Cow,
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
    http::{
        StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use crate::{
    error::ApiError,
    statistics::{InFlight, Worker},
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the log calls a path where there is nothing.
const UNKNOWN_PATH: &str = "-";

/// The longest id that is taken over from a client.
const MAX_ID_BYTES: usize = 64;

/// The name of the user that a request was made by, once that is proved.
pub(crate) struct LoggedUser(pub(crate) String);

/// The id of a request: the client's `X-Request-Id` where it is fit to be logged, else a new one.
#[derive(Clone)]
struct RequestId(HeaderValue);

/// Gives the request its id, lets it be answered, logs it and counts it. Nothing of it that could be secret
/// is logged: no header, no body, no query, no name that was not proved, and of a path that leads nowhere only
/// what the contract says of it.
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
    Line { response: &response, id: &id, milliseconds: time.as_millis() }.log();
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
    log::error!("{id} {error:?}");
}

/// An id that no other request has: the process's own random part and a count.
pub(crate) fn new_id() -> String {
    static PROCESS: LazyLock<String> =
        LazyLock::new(|| format!("{:016x}", getrandom::u64().unwrap_or_default()));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{count:x}", *PROCESS)
}

struct Line<'a, B> {
    response: &'a ServiceResponse<B>,
    id: &'a RequestId,
    milliseconds: u128,
}

impl<B> Line<'_, B> {
    fn log(&self) {
        let request = self.response.request();
        let extensions = request.extensions();
        let user = extensions.get::<LoggedUser>().map_or("-", |user| &user.0);
        // The path comes percent-encoded, and neither names nor methods hold control characters.
        log::log!(
            self.level(),
            "{} {} {} {} {}ms {user}",
            self.id.as_str(),
            request.method(),
            self.path(),
            self.response.status().as_u16(),
            self.milliseconds,
        );
    }

    /// The path, and of a request that was refused the pattern that it has: what it names may be anything that
    /// somebody has typed, such as a password.
    fn path(&self) -> Cow<'_, str> {
        let (request, status) = (self.response.request(), self.response.status());
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return request.path().into();
        }
        request.match_pattern().map_or(UNKNOWN_PATH.into(), Cow::Owned)
    }

    /// A balancer that asks twice a second whether all is well, and it is, is no news.
    fn level(&self) -> log::Level {
        let is_probe = self.response.request().path().starts_with("/health/");
        if is_probe && self.response.status().is_success() {
            log::Level::Debug
        } else {
            log::Level::Info
        }
    }
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
