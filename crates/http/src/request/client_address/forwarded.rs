//! Reads the header in which proxies say whom they forward.

use std::{iter, net::IpAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};

use super::{node, rfc7239};

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The header that is read. Any other is ignored: a proxy adds to one, and passes on the others
/// as clients made them up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: addresses.
    #[default]
    XForwardedFor,
    /// `Forwarded` of RFC 7239.
    Forwarded,
}

impl ForwardedHeader {
    /// The elements of all lines of the header, the last first. None for one without an address
    /// that can be read.
    pub(super) fn clients(self, headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
        let name = match self {
            Self::XForwardedFor => X_FORWARDED_FOR,
            Self::Forwarded => FORWARDED,
        };
        let lines: Vec<_> = headers.get_all(name).collect();
        let has_quotes = self == Self::Forwarded;
        let elements =
            lines.into_iter().rev().flat_map(move |line| elements(line.as_bytes(), has_quotes));
        elements.map(move |element| self.parse(element))
    }

    fn parse(self, element: &[u8]) -> Option<IpAddr> {
        // Bytes that are no text spoil only their own element: clients write all but the last.
        let text = std::str::from_utf8(element).ok()?.trim();
        match self {
            Self::XForwardedFor => {
                let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                node::parse(quoted.unwrap_or(text))
            }
            Self::Forwarded => rfc7239::client(text),
        }
    }
}

/// The elements of a line, the last first. A comma in quotes is a part of its element. Quotes are
/// paired from the right, so that a quote which a client leaves open hides nothing that a proxy
/// adds behind it.
fn elements(line: &[u8], has_quotes: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    iter::from_fn(move || {
        let text = rest.take()?;
        let mut is_quoted = false;
        for (place, byte) in text.iter().enumerate().rev() {
            match byte {
                b'"' if has_quotes && !ends_with_escape(&text[..place]) => is_quoted = !is_quoted,
                b',' if !is_quoted => {
                    rest = Some(&text[..place]);
                    return Some(&text[place + 1..]);
                }
                _ => {}
            }
        }
        Some(text)
    })
}

fn ends_with_escape(text: &[u8]) -> bool {
    text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}
