//! Signed requests: the signed text, and the checks of signature and timestamp.

use std::{iter, time::Duration};

use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{SessionKey, secret::SessionToken};
use crate::{clock::time_text::parse_time, error::signature::SignatureFlaw};

/// Standard base64 as clients write it, with its padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request as received, with its signature headers.
#[derive(Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The header `sessionKey`.
    pub key: &'a SessionKey,
    /// The method, in upper case.
    pub method: &'a str,
    /// The path, percent-encoded.
    pub path: &'a str,
    /// The path before proxies changed it: a signature of any of these is valid, too.
    pub other_paths: &'a [String],
    /// The query after `?`, percent-encoded; empty without one.
    pub query: &'a str,
    /// The header `timestamp`.
    pub timestamp: &'a str,
    /// The header `signature`.
    pub signature: &'a str,
    /// The body's bytes.
    pub body: &'a [u8],
}

/// The host in the signed text, and the times at which signatures are valid.
#[derive(Clone, Debug)]
pub struct SigningPolicy {
    /// The host name that clients sign, regardless of the name by which they reach the server.
    pub host: String,
    /// The maximum age of a timestamp.
    pub max_age: Duration,
    /// How far a timestamp may be ahead of the server's clock.
    pub max_ahead: Duration,
}

impl SignedRequest<'_> {
    /// The text to sign.
    #[must_use]
    pub fn string_to_sign(&self, host: &str) -> String {
        let body = BASE64.encode(Sha256::digest(self.body));
        let Self { key, method, path, query, timestamp, .. } = self;
        [key.as_str(), method, host, path, query, timestamp, &body].join("\n")
    }

    /// The bytes of the signature if it was made with `token`. Compares in constant time.
    pub(crate) fn verified_signature(&self, token: &SessionToken, host: &str) -> Option<[u8; 32]> {
        let signature: [u8; 32] = BASE64.decode(self.signature).ok()?.try_into().ok()?;
        let mac = Hmac::<Sha256>::new_from_slice(token.as_str().as_bytes()).ok()?;
        let is_over = |path: &str| {
            let signed = SignedRequest { path, ..*self }.string_to_sign(host);
            mac.clone().chain_update(signed).verify_slice(&signature).is_ok()
        };
        let mut paths = iter::once(self.path).chain(self.other_paths.iter().map(String::as_str));
        paths.any(is_over).then_some(signature)
    }

    /// Whether the request changes nothing, so that its signature may be used again.
    pub(crate) fn is_safe(&self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }
}

impl SigningPolicy {
    /// Parses `timestamp` and checks that it is neither too old nor too far ahead.
    pub(crate) fn check(
        &self,
        timestamp: &str,
        now: Timestamp,
    ) -> Result<Timestamp, SignatureFlaw> {
        let Self { max_age, max_ahead, .. } = *self;
        let of_now = |time: &Timestamp| {
            let age = now.duration_since(*time);
            let limit = if age.is_negative() { max_ahead } else { max_age };
            age.abs() <= SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX)
        };
        let time = parse_time(timestamp).ok().filter(of_now);
        time.ok_or(SignatureFlaw::Timestamp { max_age, max_ahead })
    }
}

#[cfg(test)]
mod tests {
    use super::{SessionKey, SignedRequest, SigningPolicy};
    use crate::session::secret::SessionSecret;
    use jiff::Timestamp;
    use std::time::Duration;

    fn policy() -> SigningPolicy {
        SigningPolicy {
            host: "example.com".to_owned(),
            max_age: Duration::from_secs(300),
            max_ahead: Duration::from_secs(30),
        }
    }

    #[test]
    fn a_timestamp_is_of_now_from_its_age_to_its_lead() {
        let now: Timestamp = "2017-05-04T16:24:00Z".parse().unwrap();
        for text in [
            "2017-05-04T16:24:00.535Z",
            "2017-05-04T16:19:00Z",
            "2017-05-04T16:24:30Z",
            "2017-05-04T18:24:00+02:00",
            "2017-05-04T16:24:00",
            "2017-05-04T16:24:00.5",
            "2017-05-04T16:24:00.535123",
            "2017-05-04T16:23:59.999999999",
            "2017-05-04 16:24:00.535123",
        ] {
            assert!(policy().check(text, now).is_ok(), "{text}");
        }
        let fraction = policy().check("2017-05-04T16:24:00.535123", now);
        assert_eq!(fraction, Ok("2017-05-04T16:24:00.535123Z".parse().unwrap()));
        for text in [
            "2017-05-04T16:18:59.999Z",
            "2017-05-04T16:24:30.001Z",
            "2017-05-04T16:18:59.999",
            "2017-05-04T16:24:30.001",
            "2017-05-04T16:24:00.",
            "2017-05-04T16:24:00.1234567890",
            "2017-05-04T16:24:61",
            "2017-02-29T16:24:00",
            "2017-05-04T16:24",
            "2017-05-04T16:24:00[UTC]",
            "２017-05-04T16:24:00",
            "2017-05-04",
            "1493915040",
            "-009999-01-01T00:00:00Z",
            "9999-12-30T22:00:00Z",
            "now",
            "",
        ] {
            assert!(policy().check(text, now).is_err(), "{text}");
        }
    }

    fn request<'a>(key: &'a SessionKey, method: &'a str, signature: &'a str) -> SignedRequest<'a> {
        let (path, query, timestamp, other_paths) = ("/", "", "", &[]);
        SignedRequest { key, method, path, other_paths, query, timestamp, signature, body: b"" }
    }

    #[test]
    fn only_what_changes_nothing_may_come_twice() {
        let key = SessionKey::of("key");
        for method in ["GET", "HEAD"] {
            assert!(request(&key, method, "").is_safe(), "{method}");
        }
        for method in ["POST", "PUT", "PATCH", "DELETE", "get", "GET ", ""] {
            assert!(!request(&key, method, "").is_safe(), "{method}");
        }
    }

    #[test]
    fn a_signature_is_32_bytes_of_base64() {
        let key = SessionKey::of("key");
        let token = SessionSecret::new(b"the session secret of these tests").unwrap().token(&key);
        for signature in ["", "?", "AAAA", "é", &"A".repeat(43), &"A".repeat(1000)] {
            let request = request(&key, "GET", signature);
            assert_eq!(request.verified_signature(&token, "host"), None, "{signature}");
        }
    }
}
