//! The credentials of a request: HTTP Basic (RFC 7617), an API key as a Bearer token (RFC 6750) or
//! as the password of Basic, or the three headers of a signed request.

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use rollcall_domain::{PresentedKey, PresentedPassword, key::KeySecret, session::SessionKey};
use zeroize::Zeroizing;

use crate::error::ApiError;

const SESSION_KEY: HeaderName = HeaderName::from_static("sessionkey");
const TIMESTAMP: HeaderName = HeaderName::from_static("timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// The credentials of a request.
pub enum Credentials {
    /// A name and a password.
    Basic(Basic),
    /// An API key.
    Key(PresentedKey),
    /// A signature by a session's token.
    Signed(Signed),
}

/// The name and the password of a user.
pub struct Basic {
    /// The name.
    pub name: String,
    /// The password.
    pub password: PresentedPassword,
}

/// The headers of a signed request.
pub struct Signed {
    /// `sessionKey`.
    pub key: SessionKey,
    /// `timestamp`.
    pub timestamp: String,
    /// `signature`.
    pub signature: String,
}

/// Base64 as clients write it, with its padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The error for an `Authorization` that is neither Basic nor Bearer, or is incomplete.
const MALFORMED: &str = "Authorization must be Basic with a name and a password, or Bearer with a \
    complete API key; the headers sessionKey, timestamp and signature are accepted instead";

/// The error for a signed request without one of its headers, or with several of one.
const INCOMPLETE: &str = "A signed request requires the headers sessionKey, timestamp and \
    signature, each of them once";

/// The session key in the headers, which proves nothing without a signature.
pub(crate) fn session_key(headers: &HeaderMap) -> Option<SessionKey> {
    only(headers, &SESSION_KEY).map(SessionKey::of)
}

impl Basic {
    /// Whether name and password are both empty, as generated clients (Ruby's) send them if they
    /// have neither. No user has an empty name.
    fn is_empty(&self) -> bool {
        self.name.is_empty() && self.password.expose().is_empty()
    }
}

impl Credentials {
    /// Reads the credentials of a request; none if it has none.
    ///
    /// # Errors
    /// [`ApiError`] when they are malformed, ambiguous or incomplete.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        match (headers.contains_key(AUTHORIZATION), headers.contains_key(SESSION_KEY)) {
            // Half of a signed request is no anonymous one.
            (false, false)
                if [TIMESTAMP, SIGNATURE].iter().all(|name| headers.contains_key(name)) =>
            {
                Err(ApiError::Credentials(INCOMPLETE))
            }
            (false, false) => Ok(None),
            (true, false) => match only(headers, &AUTHORIZATION) {
                Some(value) if is_bearer(value) => bearer(value).map(Self::Key).map(Some),
                value => basic(value),
            },
            (false, true) => match signed(headers) {
                Some(signed) => Ok(Some(Self::Signed(signed))),
                None => Err(ApiError::Credentials(INCOMPLETE)),
            },
            (true, true) => {
                Err(ApiError::Credentials("Send either Authorization or sessionKey, not both"))
            }
        }
    }
}

/// The credentials in `Authorization: Basic`, whose password may be an API key.
fn basic(authorization: Option<&str>) -> Result<Option<Credentials>, ApiError> {
    match authorization.and_then(parse_basic) {
        Some(basic) if basic.is_empty() => Ok(None),
        Some(basic) => Ok(Some(match KeySecret::parse(basic.password.expose()) {
            Some(secret) => Credentials::Key(PresentedKey { secret, name: Some(basic.name) }),
            None => Credentials::Basic(basic),
        })),
        None => Err(ApiError::Credentials(MALFORMED)),
    }
}

/// Whether the scheme of `Authorization` is Bearer.
pub(crate) fn is_bearer(authorization: &str) -> bool {
    let scheme = authorization.split_once(' ').map_or(authorization, |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("bearer")
}

/// The API key in `Authorization: Bearer`. A mistyped one is refused without a look at the store.
fn bearer(authorization: &str) -> Result<PresentedKey, ApiError> {
    let token = authorization.split_once(' ').map_or("", |(_, token)| token.trim());
    let secret = KeySecret::parse(token).ok_or(ApiError::Credentials(MALFORMED))?;
    Ok(PresentedKey { secret, name: None })
}

/// Decodes Basic credentials, in UTF-8 as the challenge announces, else in Latin-1, which older
/// clients send regardless. The name ends at the first colon; the rest is the password.
fn parse_basic(authorization: &str) -> Option<Basic> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(BASE64.decode(encoded.trim()).ok()?);
    let latin_1;
    let text = if let Ok(text) = std::str::from_utf8(&decoded) {
        text
    } else {
        latin_1 = read_latin_1(&decoded);
        &*latin_1
    };
    let (name, password) = text.split_once(':')?;
    let password = PresentedPassword::new(Zeroizing::new(password.to_owned()));
    Some(Basic { name: name.to_owned(), password })
}

/// Decodes Latin-1 (ISO 8859-1), in which each byte is a character.
fn read_latin_1(bytes: &[u8]) -> Zeroizing<String> {
    // A string that has to grow would leave a copy behind that is not wiped.
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    text.extend(bytes.iter().map(|byte| char::from(*byte)));
    text
}

fn signed(headers: &HeaderMap) -> Option<Signed> {
    Some(Signed {
        key: session_key(headers)?,
        timestamp: only(headers, &TIMESTAMP)?.to_owned(),
        signature: only(headers, &SIGNATURE)?.to_owned(),
    })
}

/// The header's value, if it is present exactly once: which of several values counts is ambiguous.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod memory;
#[cfg(test)]
mod tests;
