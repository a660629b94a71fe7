//! Signs requests with a Rollcall session, as `POST /tokens` describes.

#![warn(missing_docs)]

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Extensions, HeaderValue};
use reqwest::{Body, Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use sha2::{Digest as _, Sha256};
use std::sync::{Mutex, PoisonError};

/// The signing host of every server whose operator has not set another.
pub const DEFAULT_HOST: &str = "pennprovenance.net";

/// A middleware that signs each request. It has to be the last that changes anything.
pub struct Signer {
    key: String,
    token: String,
    host: String,
    last: Mutex<DateTime<Utc>>,
}

impl Signer {
    /// Signs with a session's key and token.
    #[must_use]
    pub fn new(key: String, token: String) -> Self {
        Self { key, token, host: DEFAULT_HOST.to_owned(), last: Mutex::default() }
    }

    /// Signs for another signing host.
    #[must_use]
    pub fn for_host(self, host: String) -> Self {
        Self { host, ..self }
    }

    /// The base64 text of a request's signature. The path and the query are as they are sent.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of any length")]
    pub fn signature(
        &self,
        method: &str,
        path: &str,
        query: &str,
        timestamp: &str,
        body: &[u8],
    ) -> String {
        let body = BASE64.encode(Sha256::digest(body));
        let text = [&self.key, method, &self.host, path, query, timestamp, &body].join("\n");
        let mac = Hmac::<Sha256>::new_from_slice(self.token.as_bytes());
        let mac = mac.expect("a key of any length").chain_update(text);
        BASE64.encode(mac.finalize().into_bytes())
    }

    /// The time, or a nanosecond after the last one: a signature is taken only once, and equal
    /// requests differ by nothing else.
    fn timestamp(&self) -> String {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Utc::now().max(*last + TimeDelta::nanoseconds(1));
        last.to_rfc3339_opts(SecondsFormat::Nanos, true)
    }
}

#[async_trait::async_trait]
impl Middleware for Signer {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let body = request.body().map_or(Some(&[][..]), Body::as_bytes);
        let body =
            body.ok_or_else(|| Error::middleware(std::io::Error::other("cannot sign a stream")))?;
        let (url, timestamp) = (request.url(), self.timestamp());
        let query = url.query().unwrap_or_default();
        let signature =
            self.signature(request.method().as_str(), url.path(), query, &timestamp, body);
        for (name, value) in
            [("sessionkey", &self.key), ("timestamp", &timestamp), ("signature", &signature)]
        {
            let value = HeaderValue::try_from(value).map_err(Error::middleware)?;
            request.headers_mut().insert(name, value);
        }
        next.run(request, extensions).await
    }
}
