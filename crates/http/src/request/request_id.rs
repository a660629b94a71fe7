//! The id of a request, which its response carries.

use std::{
    fmt,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    web::Bytes,
};
use rollcall_domain::limits::REQUEST_ID_MAX_LENGTH;

use crate::request::logged::RequestNotes;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id of the server's own: two numbers of 64 bits in hexadecimal.
const MAX_BYTES: usize = 16 + 1 + 16;

/// A unique id: the process's random part and a counter.
#[derive(Clone, Copy)]
pub(crate) struct RequestId(u64);

/// The ids of a request.
#[derive(Clone)]
pub(crate) struct RequestIds {
    /// The server's own, unique id.
    own: RequestId,
    /// The client's `X-Request-Id` if it may be logged. Other requests may have the same.
    client: Option<HeaderValue>,
}

/// The server's id of the request, and the client's if it has sent a valid one.
pub(crate) fn request_ids(request: &HttpRequest) -> (Option<String>, Option<String>) {
    let extensions = request.extensions();
    let Some(RequestNotes { ids: RequestIds { own, client }, .. }) = extensions.get() else {
        return (None, None);
    };
    (Some(own.to_string()), client.as_ref().map(|id| text(id).to_owned()))
}

impl RequestId {
    /// An id that no request had before.
    pub(crate) fn next() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// Adds the id to `text`. Each request does this twice, so that it is done without `fmt`.
    fn push_to(self, text: &mut String) {
        static PROCESS: LazyLock<String> =
            LazyLock::new(|| format!("{:016x}-", getrandom::u64().unwrap_or_default()));
        text.push_str(&PROCESS);
        let digits = (u64::BITS - self.0.leading_zeros()).div_ceil(4).max(1);
        let digits = (0..digits).rev().map(|place| (self.0 >> (4 * place)) & 0xf);
        text.extend(digits.filter_map(|digit| char::from_digit(digit.try_into().ok()?, 16)));
    }

    fn header(self) -> HeaderValue {
        let mut text = String::with_capacity(MAX_BYTES);
        self.push_to(&mut text);
        HeaderValue::from_maybe_shared(Bytes::from(text)).unwrap_or(HeaderValue::from_static("-"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(MAX_BYTES);
        self.push_to(&mut text);
        formatter.write_str(&text)
    }
}

impl RequestIds {
    /// The ids of a request with these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let fit = |value: &&HeaderValue| {
            let is_fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            (1..=REQUEST_ID_MAX_LENGTH).contains(&value.len())
                && value.as_bytes().iter().all(is_fit)
        };
        Self { own: RequestId::next(), client: headers.get(X_REQUEST_ID).filter(fit).cloned() }
    }

    /// Adds the ids to `line` as they are logged: the server's own first, so that no client can
    /// imitate another request.
    pub(crate) fn push_to(&self, line: &mut String) {
        self.own.push_to(line);
        if let Some(client) = &self.client {
            line.push('/');
            line.push_str(text(client));
        }
    }

    /// The id in the response: the client's if there is one.
    pub(crate) fn answered(&self) -> HeaderValue {
        self.client.clone().unwrap_or_else(|| self.own.header())
    }
}

impl fmt::Display for RequestIds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        formatter.write_str(&text)
    }
}

fn text(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or("-")
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, RequestId, RequestIds, X_REQUEST_ID, text};

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
    fn the_count_is_written_in_hexadecimal() {
        for count in [0, 1, 9, 10, 15, 16, 0xabc, 0x1000, u64::MAX] {
            let (shown, header) = (RequestId(count).to_string(), RequestId(count).header());
            assert_eq!(shown.split_once('-').unwrap().1, format!("{count:x}"));
            assert_eq!(shown.find('-'), Some(16));
            assert_eq!(text(&header), shown);
        }
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
