//! Answers to HEAD: what GET would be answered, without the body.
//!
//! actix-http leaves a body out if the request that it decoded last was by HEAD. By the time of the
//! answer that may be another one, which came right behind. So the body is taken away here.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody, None as NoLength},
    dev::ServiceResponse,
    http::header::{CONTENT_LENGTH, HeaderValue},
    web::Bytes,
};

/// No bytes, though the head of the answer says a length.
struct Nothing;

/// Takes the body away, and leaves its length where that is known.
pub(crate) fn without_body(response: ServiceResponse) -> ServiceResponse {
    response.map_body(|head, body| match body.size() {
        BodySize::None | BodySize::Sized(0) => body,
        BodySize::Sized(length) => {
            head.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
            head.no_chunking(true);
            BoxBody::new(Nothing)
        }
        BodySize::Stream => BoxBody::new(NoLength::new()),
    })
}

impl MessageBody for Nothing {
    type Error = Infallible;

    /// A stream, because actix-http counts the bytes of a body that has a size.
    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}
