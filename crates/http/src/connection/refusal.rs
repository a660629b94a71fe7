//! The answer to a request that cannot be read. actix-http writes a bare status line, which is
//! replaced here with problem details like those of all other errors.

use std::{borrow::Cow, fmt::Write as _, net::IpAddr, time::SystemTime};

use actix_web::{
    http::{StatusCode, header::HttpDate},
    web::Bytes,
};

use super::head::{Flaw, MAX_FIELDS, MAX_TARGET_BYTES};
use crate::{request_log, security_headers};

/// The end of every head, and of a response without a body.
const END: &[u8] = b"\r\n\r\n";

/// The maximum length of actix-http's own responses.
const LONGEST: usize = 200;

/// Finds where in `written` a response of actix-http's own begins, if it is the last one, and its
/// status. Rollcall's responses have more headers, and none of their values contains line ends.
pub(super) fn find(written: &[u8]) -> Option<(usize, StatusCode)> {
    if !written.ends_with(END) {
        return None;
    }
    let from = written.len().saturating_sub(LONGEST);
    let begin = from + written[from..].windows(7).rposition(|window| window == b"HTTP/1.")?;
    let head = std::str::from_utf8(&written[begin..written.len() - END.len()]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()
        .and_then(|it| StatusCode::from_u16(it).ok())?;
    let is_own = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        ["content-length", "connection", "date"].iter().any(|own| name.eq_ignore_ascii_case(own))
    };
    (is_refusal(status) && lines.all(is_own)).then_some((begin, status))
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Why the request could not be read: the status, and the limit or format that applies.
pub(super) struct Reason {
    status: StatusCode,
    kind: &'static str,
    detail: Cow<'static, str>,
}

impl Reason {
    /// The reason for a status of actix-http, given the known flaw of the head.
    pub(super) fn of(status: StatusCode, flaw: Option<Flaw>) -> Self {
        match (status, flaw) {
            (
                StatusCode::BAD_REQUEST | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                Some(Flaw::LongTarget),
            ) => Self::limit(
                StatusCode::URI_TOO_LONG,
                format!("The request target must be at most {MAX_TARGET_BYTES} bytes"),
            ),
            (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Some(Flaw::ManyFields)) => Self::limit(
                status,
                format!("A request must have at most {MAX_FIELDS} header fields"),
            ),
            (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, _) => {
                Self::limit(status, "The request line and header fields must be at most 128 KiB")
            }
            (StatusCode::BAD_REQUEST, Some(Flaw::Hosts)) => {
                Self::malformed("A request must have exactly one Host field")
            }
            (StatusCode::BAD_REQUEST, _) => Self::malformed("The request is not valid HTTP/1.1"),
            (StatusCode::REQUEST_TIMEOUT, _) => {
                Self::limit(status, "The request line and header fields must arrive in time")
            }
            _ => Self::limit(status, "The request cannot be answered"),
        }
    }

    fn limit(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, kind: "about:blank", detail: detail.into() }
    }

    fn malformed(detail: &'static str) -> Self {
        let kind = "urn:rollcall:problem:malformed-request";
        Self { status: StatusCode::BAD_REQUEST, kind, detail: detail.into() }
    }
}

/// The response to the client at `peer`, after which the connection is closed.
pub(super) fn answer(reason: &Reason, is_secure: bool, peer: Option<IpAddr>) -> Bytes {
    let Reason { status, kind, detail } = reason;
    let title = status.canonical_reason().unwrap_or_default();
    let code = status.as_u16();
    let body = serde_json::json!({
        "type": kind, "title": title, "status": code, "detail": detail,
    })
    .to_string();
    let id = request_log::new_id();
    let peer = peer.map_or("-".to_owned(), |peer| peer.to_canonical().to_string());
    log::debug!("{id} {peer} {code}: {detail}");
    let mut text = format!(
        "HTTP/1.1 {code} {title}\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\nconnection: close\r\ncache-control: no-store\r\ndate: {}\r\n\
         x-request-id: {id}\r\n",
        body.len(),
        HttpDate::from(SystemTime::now()),
    );
    for (name, value) in security_headers::for_connection(is_secure) {
        // Writing to a string does not fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text += "\r\n";
    text += &body;
    text.into()
}

#[cfg(test)]
mod tests {
    use super::{Flaw, Reason, StatusCode, answer, find};

    const OWN: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
        date: Mon, 23 Nov 2026 01:00:00 GMT\r\n\r\n";

    #[test]
    fn an_answer_of_actixs_own_is_found_also_behind_others() {
        assert_eq!(find(OWN.as_bytes()), Some((0, StatusCode::BAD_REQUEST)));
        let behind = format!("HTTP/1.1 204 No Content\r\nx-request-id: 1\r\n\r\n{OWN}");
        let begin = behind.len() - OWN.len();
        assert_eq!(find(behind.as_bytes()), Some((begin, StatusCode::BAD_REQUEST)));
    }

    #[test]
    fn nothing_else_is_taken_for_one() {
        for written in [
            "",
            "\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-request-id: 1\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno",
            "5\r\n\"HTTP/1.1 400 x\"\r\n0\r\n\r\n",
        ] {
            assert_eq!(find(written.as_bytes()), None, "{written:?}");
        }
        let reason = Reason::of(StatusCode::BAD_REQUEST, None);
        assert_eq!(find(&answer(&reason, true, None)), None);
    }

    #[test]
    fn a_flaw_explains_only_the_statuses_that_it_leads_to() {
        let timeout = Reason::of(StatusCode::REQUEST_TIMEOUT, Some(Flaw::LongTarget));
        assert_eq!(timeout.status, StatusCode::REQUEST_TIMEOUT);
        let refused = Reason::of(StatusCode::BAD_REQUEST, Some(Flaw::ManyFields));
        assert_eq!(refused.detail, "The request is not valid HTTP/1.1");
    }
}
