//! A client's side of signed requests, written from the published description alone.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The signing host that clients assume.
pub(crate) const SIGNING_HOST: &str = "pennprovenance.net";

/// A session, as the answer to a login has it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) key: String,
    pub(crate) token: String,
}

/// The parts of a request that a signature covers, beside the key.
#[derive(Clone, Copy)]
pub(crate) struct Signable<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    /// The path, and the query behind `?` if there is one.
    pub(crate) target: &'a str,
    pub(crate) timestamp: &'a str,
    pub(crate) body: &'a str,
}

impl Session {
    /// The session in the answer to a login.
    pub(crate) fn of(answer: &Value) -> Self {
        let text = |name: &str| answer["sessionToken"][name].as_str().unwrap().to_owned();
        Self { key: text("key"), token: text("token") }
    }

    pub(crate) fn string_to_sign(&self, signable: Signable<'_>) -> String {
        let Signable { method, host, target, timestamp, body } = signable;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let body = BASE64_STANDARD.encode(Sha256::digest(body));
        format!("{}\n{method}\n{host}\n{path}\n{query}\n{timestamp}\n{body}", self.key)
    }

    pub(crate) fn signature(&self, signable: Signable<'_>) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.token.as_bytes()).unwrap();
        mac.update(self.string_to_sign(signable).as_bytes());
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// A timestamp as clients write it, some seconds from now.
pub(crate) fn timestamp(seconds_from_now: i64) -> String {
    let time = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds_from_now);
    format!("{time:.3}")
}
