//! The credentials of a request: HTTP Basic (RFC 7617), or the three headers of a signed request.

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use rollcall_domain::{PresentedPassword, UserError, session::SessionKey};
use zeroize::Zeroizing;

use crate::error::ApiError;

const SESSION_KEY: HeaderName = HeaderName::from_static("sessionkey");
const TIMESTAMP: HeaderName = HeaderName::from_static("timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// The credentials of a request.
pub(crate) enum Credentials {
    /// A name and a password.
    Basic(Basic),
    /// A signature by a session's token.
    Signed(Signed),
}

/// The name and the password of a user.
pub(crate) struct Basic {
    pub(crate) name: String,
    pub(crate) password: PresentedPassword,
}

/// The headers of a signed request.
pub(crate) struct Signed {
    pub(crate) key: SessionKey,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
}

/// Base64 as clients write it, with its padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

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
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        match (headers.contains_key(AUTHORIZATION), headers.contains_key(SESSION_KEY)) {
            (false, false) => Ok(None),
            (true, false) => match only(headers, &AUTHORIZATION).and_then(parse_basic) {
                Some(basic) if basic.is_empty() => Ok(None),
                Some(basic) => Ok(Some(Self::Basic(basic))),
                None => Err(UserError::Unauthenticated.into()),
            },
            (false, true) => match signed(headers) {
                Some(signed) => Ok(Some(Self::Signed(signed))),
                None => Err(ApiError::Credentials(
                    "A signed request requires the headers sessionKey, timestamp and signature, \
                     each of them once",
                )),
            },
            (true, true) => {
                Err(ApiError::Credentials("Send either Authorization or sessionKey, not both"))
            }
        }
    }
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
mod tests {
    use super::{BASE64, Credentials, parse_basic};
    use crate::error::ApiError;
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
    use base64::Engine;
    use rollcall_domain::UserError;

    fn read(value: &str) -> Option<(String, String)> {
        parse_basic(value).map(|basic| (basic.name, basic.password.expose().to_owned()))
    }

    fn credentials(
        headers: &[(&'static str, &'static str)],
    ) -> Result<Option<Credentials>, ApiError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Credentials::of(&map)
    }

    #[test]
    fn the_name_ends_at_the_first_colon() {
        let expected = Some(("Aladdin".to_owned(), "open:sesame".to_owned()));
        assert_eq!(read("Basic QWxhZGRpbjpvcGVuOnNlc2FtZQ=="), expected);
        assert_eq!(read("bAsIc  QWxhZGRpbjpvcGVuOnNlc2FtZQ"), expected);
    }

    #[test]
    fn credentials_are_utf_8_or_else_latin_1() {
        let expected = Some(("test".to_owned(), "123£".to_owned()));
        assert_eq!(read("Basic dGVzdDoxMjPCow=="), expected);
        assert_eq!(read("Basic dGVzdDoxMjOj"), expected);
        // Valid UTF-8 is never decoded as Latin-1, which would be `Ã±`.
        assert_eq!(read("Basic w7E6w7E="), Some(("ñ".to_owned(), "ñ".to_owned())));
        let every_byte = BASE64.encode((0..=255).collect::<Vec<u8>>());
        let (name, password) = read(&format!("Basic {every_byte}")).unwrap();
        let characters: Vec<_> = format!("{name}:{password}").chars().map(u32::from).collect();
        assert_eq!(characters, (0..=255).collect::<Vec<_>>());
    }

    #[test]
    fn malformed_basic_credentials_are_rejected() {
        for value in ["", "Basic", "Basic ", "Basic ???", "Basic QWxhZGRpbg==", "Bearer QTpi"] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn one_kind_of_credentials_once_is_what_counts() {
        let basic = ("authorization", "Basic QTpi");
        let [key, time, signature] = [("sessionkey", "k"), ("timestamp", "t"), ("signature", "s")];
        assert!(matches!(credentials(&[]), Ok(None)));
        assert!(matches!(credentials(&[("authorization", "Basic Og==")]), Ok(None)));
        assert!(matches!(credentials(&[time, signature]), Ok(None)));
        assert!(matches!(credentials(&[basic, time]), Ok(Some(Credentials::Basic(_)))));
        let all = credentials(&[key, time, signature]);
        assert!(matches!(all, Ok(Some(Credentials::Signed(it))) if it.timestamp == "t"));
        assert!(matches!(
            credentials(&[basic, basic]),
            Err(ApiError::User(UserError::Unauthenticated))
        ));
        for headers in [
            &[key][..],
            &[key, time],
            &[key, signature],
            &[key, time, signature, key],
            &[key, time, signature, time],
            &[key, time, signature, signature],
            &[key, time, signature, basic],
        ] {
            assert!(matches!(credentials(headers), Err(ApiError::Credentials(_))), "{headers:?}");
        }
    }
}
