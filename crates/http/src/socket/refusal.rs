//! The answer to a request that cannot be read. actix-http writes a bare status line, which is
//! replaced here with problem details like those of all other errors.

use std::{fmt::Write as _, net::IpAddr, time::SystemTime};

use actix_web::{
    http::{StatusCode, header::HttpDate},
    web::Bytes,
};
use rollcall_api_spec::{Problem, ProblemType};

use super::head::{Flaw, MAX_FIELDS, MAX_TARGET_BYTES};
use crate::{request::request_id::RequestId, response::headers::for_connection};

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
        .and_then(|code| StatusCode::from_u16(code).ok())?;
    let is_own = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        ["content-length", "connection", "date"].iter().any(|own| name.eq_ignore_ascii_case(own))
    };
    (is_refusal(status) && lines.all(is_own)).then_some((begin, status))
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// The problem for a status of actix-http, given the known flaw of the head.
pub(super) fn problem(status: StatusCode, flaw: Option<Flaw>) -> Problem {
    match (status, flaw) {
        (
            StatusCode::BAD_REQUEST | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Some(Flaw::LongTarget),
        ) => ProblemType::TargetTooLong
            .with_detail(format!("The request target must be at most {MAX_TARGET_BYTES} bytes")),
        (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Some(Flaw::ManyFields)) => {
            ProblemType::HeadTooLarge
                .with_detail(format!("A request must have at most {MAX_FIELDS} header fields"))
        }
        (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, _) => ProblemType::HeadTooLarge.problem(),
        (StatusCode::BAD_REQUEST, Some(Flaw::Hosts)) => ProblemType::InvalidHost.problem(),
        (StatusCode::BAD_REQUEST, _) => ProblemType::InvalidHttp.problem(),
        (StatusCode::REQUEST_TIMEOUT, _) => ProblemType::HeadTooSlow.problem(),
        _ => ProblemType::InternalError.problem(),
    }
}

/// The response to the client at `peer`, after which the connection is closed. A request by HEAD
/// gets the head alone.
pub(super) fn answer(
    problem: &Problem,
    is_by_head: bool,
    is_secure: bool,
    peer: Option<IpAddr>,
) -> Bytes {
    let Problem { title, status, detail, .. } = problem;
    let body = serde_json::json!(problem).to_string();
    let id = RequestId::next();
    let peer = peer.map_or("-".to_owned(), |peer| peer.to_canonical().to_string());
    log::debug!("{id} {peer} {status}: {detail}");
    let mut text = format!(
        "HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\nconnection: close\r\ncache-control: no-store\r\ndate: {}\r\n\
         x-request-id: {id}\r\n",
        body.len(),
        HttpDate::from(SystemTime::now()),
    );
    for (name, value) in for_connection(is_secure) {
        // Writing to a string does not fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text += "\r\n";
    if !is_by_head {
        text += &body;
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::{Flaw, StatusCode, answer, find, problem};

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
        let problem = problem(StatusCode::BAD_REQUEST, None);
        assert_eq!(find(&answer(&problem, false, true, None)), None);
    }

    #[test]
    fn a_flaw_explains_only_the_statuses_that_it_leads_to() {
        let timeout = problem(StatusCode::REQUEST_TIMEOUT, Some(Flaw::LongTarget));
        assert_eq!(timeout.status, 408);
        let refused = problem(StatusCode::BAD_REQUEST, Some(Flaw::ManyFields));
        assert_eq!(refused.detail, "The request is not valid HTTP/1.1");
    }
}
