//! HTTP Basic credentials (RFC 7617).

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// What a client says to prove who it is.
pub(crate) struct Basic {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// Base64 as clients write it, with its padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The request's credentials, whatever they are. Several of them, or what is no text, come out
/// empty, which proves nothing about anyone.
pub(crate) fn authorization(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let first = values.next()?.to_str().unwrap_or_default();
    Some(if values.next().is_none() { first } else { "" })
}

/// Reads Basic credentials in UTF-8. The name ends at the first colon; the rest is the password.
pub(crate) fn parse_basic(authorization: &str) -> Option<Basic> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    Some(Basic { name: name.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::{authorization, parse_basic};
    use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

    fn read(value: &str) -> Option<(String, String)> {
        parse_basic(value).map(|basic| (basic.name, basic.password))
    }

    #[test]
    fn the_name_ends_at_the_first_colon() {
        let expected = Some(("Aladdin".to_owned(), "open:sesame".to_owned()));
        assert_eq!(read("Basic QWxhZGRpbjpvcGVuOnNlc2FtZQ=="), expected);
        assert_eq!(read("bAsIc  QWxhZGRpbjpvcGVuOnNlc2FtZQ"), expected);
    }

    #[test]
    fn credentials_are_utf_8() {
        assert_eq!(read("Basic dGVzdDoxMjPCow=="), Some(("test".into(), "123£".into())));
        assert_eq!(read("Basic dGVzdDoxMjOj"), None);
    }

    #[test]
    fn what_is_not_basic_credentials_is_nobody() {
        for value in ["", "Basic", "Basic ", "Basic ???", "Basic QWxhZGRpbg==", "Bearer QTpi"] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn two_headers_prove_nothing() {
        let mut headers = HeaderMap::new();
        assert!(authorization(&headers).is_none());
        headers.append(AUTHORIZATION, HeaderValue::from_static("Basic QTpi"));
        assert!(parse_basic(authorization(&headers).unwrap()).is_some());
        headers.append(AUTHORIZATION, HeaderValue::from_static("Basic QTpi"));
        assert!(parse_basic(authorization(&headers).unwrap()).is_none());
    }
}
