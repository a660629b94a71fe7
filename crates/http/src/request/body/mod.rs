//! Request bodies: JSON of bounded size.

pub(crate) mod fields;
pub(crate) mod json;
mod merge_patch;
mod numbers;

use std::{future::poll_fn, mem, rc::Rc, time::Duration};

use actix_web::{
    HttpRequest,
    http::header,
    rt,
    web::{self, Bytes},
};
use rollcall_api_spec::MergePatch;
use serde::de::DeserializeOwned;

use crate::{
    connection::state::Connection,
    error::{ApiError, MAX_BODY_BYTES},
};

/// The content types of bodies.
const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// What some systems begin texts in UTF-8 with. It is no part of JSON (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How long a body may take to come.
#[derive(Clone, Copy)]
pub(crate) struct BodyTimeout(pub(crate) Duration);

impl Default for BodyTimeout {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// The body of a request.
pub(crate) struct Body {
    content: Content,
    has_waited: bool,
}

enum Content {
    /// As it comes.
    Unread(web::Payload),
    /// As it came.
    Read(Bytes),
}

impl Body {
    /// A body that is still to be read.
    pub(crate) fn unread(payload: web::Payload) -> Self {
        Self { content: Content::Unread(payload), has_waited: false }
    }

    /// No body.
    pub(crate) fn empty() -> Self {
        Self { content: Content::Read(Bytes::new()), has_waited: false }
    }

    /// Whether the body had to be waited for since this was asked last.
    pub(crate) fn take_has_waited(&mut self) -> bool {
        mem::take(&mut self.has_waited)
    }

    /// The bytes of the body of `request`.
    pub(crate) async fn bytes(&mut self, request: &HttpRequest) -> Result<Bytes, ApiError> {
        let bytes = match mem::replace(&mut self.content, Content::Read(Bytes::new())) {
            Content::Unread(payload) => {
                let mut reading = Box::pin(read(request, payload));
                let read = poll_fn(|context| {
                    let polled = reading.as_mut().poll(context);
                    self.has_waited |= polled.is_pending();
                    polled
                });
                read.await?
            }
            Content::Read(bytes) => bytes,
        };
        self.content = Content::Read(bytes.clone());
        Ok(bytes)
    }

    /// Reads the body of `request` as JSON.
    pub(crate) async fn json<T: DeserializeOwned + Default>(
        &mut self,
        request: &HttpRequest,
    ) -> Result<T, ApiError> {
        parse(&self.bytes_of(request, &[JSON]).await?)
    }

    /// The same of a change, which may be a merge patch.
    pub(crate) async fn patch<T: DeserializeOwned + Default + MergePatch>(
        &mut self,
        request: &HttpRequest,
    ) -> Result<T, ApiError> {
        let body = self.bytes_of(request, &[JSON, MERGE_PATCH]).await?;
        if media_type(request).is_some_and(|media_type| media_type == MERGE_PATCH) {
            parse_merge_patch(&body)
        } else {
            parse(&body)
        }
    }

    /// The bytes of the body, of which there are none or which are of one of these media types.
    async fn bytes_of(
        &mut self,
        request: &HttpRequest,
        media_types: &[&str],
    ) -> Result<Bytes, ApiError> {
        let media_type = media_type(request);
        let coding = request.headers().get(header::CONTENT_ENCODING);
        if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(ApiError::UnsupportedMediaType);
        }
        if media_type.as_deref().is_some_and(|media_type| !media_types.contains(&media_type)) {
            return Err(ApiError::UnsupportedMediaType);
        }
        let bytes = self.bytes(request).await?;
        if media_type.is_none() && !text(&bytes).is_empty() {
            return Err(ApiError::UnsupportedMediaType);
        }
        Ok(bytes)
    }
}

/// Parses a body as JSON; an empty one as one without members.
///
/// # Errors
/// [`ApiError::Malformed`] with the invalid member and the accepted values.
pub fn parse<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, ApiError> {
    let text = numbers::in_range(text(body));
    if text.is_empty() { Ok(T::default()) } else { json::parse(&text).map_err(ApiError::Malformed) }
}

/// The same of a merge patch, in which null takes a member away.
///
/// # Errors
/// [`ApiError::Malformed`], also if the member is always there.
pub fn parse_merge_patch<T: DeserializeOwned + Default + MergePatch>(
    body: &[u8],
) -> Result<T, ApiError> {
    let mut patch = parse(body)?;
    merge_patch::take_away(&numbers::in_range(text(body)), &mut patch)?;
    Ok(patch)
}

/// A body without its byte order mark.
fn text(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// The content type without parameters, in lower case.
fn media_type(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Bytes, ApiError> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > MAX_BODY_BYTES) {
        return Err(ApiError::BodyTooLarge);
    }
    let awaiting = request.conn_data::<Rc<Connection>>().map(Connection::await_body);
    let BodyTimeout(timeout) = request.app_data().copied().unwrap_or_default();
    match rt::time::timeout(timeout, payload.to_bytes_limited(MAX_BODY_BYTES)).await {
        Ok(Ok(Ok(bytes))) => {
            if let Some(awaiting) = awaiting {
                awaiting.end();
            }
            Ok(bytes)
        }
        Ok(Ok(Err(_))) => Err(ApiError::Malformed("the body is incomplete".to_owned())),
        Ok(Err(_)) => Err(ApiError::BodyTooLarge),
        Err(_) => Err(ApiError::BodyTooSlow(timeout)),
    }
}
