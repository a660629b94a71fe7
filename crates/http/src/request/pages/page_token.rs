//! Page tokens: a position in an order, opaque to clients.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rollcall_domain::{NameKey, PageQuery, Position, UserId, UserOrder};
use sha2::{Digest, Sha256};

use crate::{error::ApiError, request::pages::parameters};

/// How many bytes of a hash identify the query of a token.
const FINGERPRINT_BYTES: usize = 6;

/// The token that continues after a position in the results of `query`.
#[must_use]
pub fn write(place: &Position, query: &PageQuery) -> String {
    let place = match place {
        Position::Id(id) => id.to_string(),
        Position::Name(key) => key.as_str().to_owned(),
        Position::CreateTime(time, id) => format!("{}:{id}", time.as_second()),
    };
    write_place(&place, &filter(query))
}

/// The token that continues after a position in the results of the query that `filter` identifies.
pub(crate) fn write_place(place: &str, filter: &str) -> String {
    let mut token = fingerprint(filter).to_vec();
    token.extend_from_slice(place.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

/// The position in a token, if the token was made for this `filter`.
pub(crate) fn read_place(token: &str, filter: &str) -> Option<String> {
    let token = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let place = token.strip_prefix(&fingerprint(filter))?;
    std::str::from_utf8(place).ok().map(str::to_owned)
}

/// The error for a token of another query.
pub(crate) fn refusal() -> ApiError {
    parameters::refusal(
        "pageToken",
        &"must be the nextPageToken of a page with the same parameters",
    )
}

/// The position in a token, if the token was made for `query`.
pub(crate) fn read(token: &str, query: &PageQuery) -> Option<Position> {
    let place = read_place(token, &filter(query))?;
    match query.order {
        UserOrder::Id => Some(Position::Id(UserId(place.parse().ok()?))),
        // A client may send any characters, which not every database accepts.
        UserOrder::Name if place.chars().any(char::is_control) => None,
        UserOrder::Name => Some(Position::Name(NameKey::kept(&place))),
        UserOrder::CreateTime => {
            let (seconds, id) = place.split_once(':')?;
            let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
            Some(Position::CreateTime(time, UserId(id.parse().ok()?)))
        }
    }
}

/// Identifies the order and the filter of a query. The limit may change from page to page.
fn filter(query: &PageQuery) -> String {
    format!("{:?} {:?}", query.order, query.filter)
}

fn fingerprint(filter: &str) -> [u8; FINGERPRINT_BYTES] {
    let digest = Sha256::digest(filter);
    let mut fingerprint = [0; FINGERPRINT_BYTES];
    fingerprint.copy_from_slice(&digest[..FINGERPRINT_BYTES]);
    fingerprint
}
