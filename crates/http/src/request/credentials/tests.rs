//! Which headers are credentials, and what they say.

use super::{BASE64, Credentials, parse_basic};
use crate::error::ApiError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;

fn read(value: &str) -> Option<(String, String)> {
    parse_basic(value).map(|basic| (basic.name, basic.password.expose().to_owned()))
}

fn credentials(headers: &[(&'static str, &'static str)]) -> Result<Option<Credentials>, ApiError> {
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
    assert!([[time], [signature]].iter().all(|half| matches!(credentials(half), Ok(None))));
    assert!(matches!(credentials(&[basic, time]), Ok(Some(Credentials::Basic(_)))));
    let all = credentials(&[key, time, signature]);
    assert!(matches!(all, Ok(Some(Credentials::Signed(signed))) if signed.timestamp == "t"));
    for headers in [
        &[basic, basic][..],
        &[("authorization", "Bearer abc")],
        &[key],
        &[time, signature],
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
