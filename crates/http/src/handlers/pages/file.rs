//! Static files, the same for all clients while the process runs.

use std::{
    collections::HashMap,
    convert::Infallible,
    pin::Pin,
    sync::{LazyLock, PoisonError, RwLock},
    task::{Context, Poll},
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, MessageBody},
    http::{StatusCode, header},
    web::Bytes,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::request::conditions;

/// The size of the chunks in which a file is sent, so that it is not buffered whole for a slow
/// client.
const PIECE_BYTES: usize = 32 * 1024;

/// The number of bytes of a file's hash in its entity tag.
const TAG_BYTES: usize = 12;

/// The files requested so far, by folder and name.
static FILES: LazyLock<RwLock<HashMap<(&str, String), File>>> = LazyLock::new(RwLock::default);

/// A file and its headers.
#[derive(Clone)]
pub(in crate::handlers) struct File {
    content_type: String,
    content: Bytes,
    etag: String,
}

/// The rest of a file, sent in chunks.
struct FileBody(Bytes);

impl File {
    pub(in crate::handlers) fn new(content_type: &str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let hash = Sha256::digest(&content);
        let etag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&hash[..TAG_BYTES]));
        Self { content_type: content_type.to_owned(), content, etag }
    }
}

/// The response to `request` with the file of this name in `folder`; `find` loads it the first
/// time. A client that has the current version gets 304.
pub(super) fn serve(
    request: &HttpRequest,
    folder: &'static str,
    name: &str,
    find: impl FnOnce() -> Option<File>,
) -> Option<HttpResponse> {
    let key = (folder, name.to_owned());
    let file = remembered(&key).or_else(|| {
        let file = find()?;
        let mut files = FILES.write().unwrap_or_else(PoisonError::into_inner);
        files.insert(key, file.clone());
        Some(file)
    })?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    response.insert_header((header::ETAG, file.etag.as_str()));
    if conditions::client_has_tag(request.headers(), &file.etag) {
        return Some(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    Some(response.content_type(file.content_type).body(FileBody(file.content)))
}

fn remembered(key: &(&'static str, String)) -> Option<File> {
    FILES.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

impl MessageBody for FileBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let length = self.0.len().min(PIECE_BYTES);
        let piece = self.0.split_to(length);
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}
