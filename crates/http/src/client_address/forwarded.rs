//! Reading `X-Forwarded-For`.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;

/// The entries of all lines of the header, the last first. None for one that is no address.
pub(super) fn from_the_right(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines: Vec<_> = headers.get_all("X-Forwarded-For").collect();
    lines.into_iter().rev().flat_map(|line| {
        // Bytes that are no text spoil only their own entry: clients write all but the last.
        let entries = line.as_bytes().rsplit(|byte| *byte == b',');
        entries.map(|entry| parse(std::str::from_utf8(entry).ok()?))
    })
}

/// Parses an address as proxies spell it: alone, with a port, and of IPv6 in brackets or with a
/// zone, which names the proxy's own interface.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let host = match text.strip_prefix('[') {
        Some(text) => {
            let (host, rest) = text.split_once(']')?;
            let port = rest.strip_prefix(':');
            (rest.is_empty() || port.is_some_and(is_port)).then_some(host)?
        }
        None => match text.split_once(':') {
            Some((host, port)) if is_port(port) && host.contains('.') => host,
            _ => text,
        },
    };
    let address = match host.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => address,
        _ => host,
    };
    address.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn addresses_are_read_as_proxies_spell_them() {
        for (text, expected) in [
            ("1.2.3.4", "1.2.3.4"),
            (" 1.2.3.4:5678 ", "1.2.3.4"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:80", "fe80::1"),
        ] {
            assert_eq!(parse(text).map(|it| it.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "unknown",
            "_hidden",
            "1.2.3",
            "1.2.3.4:",
            "1.2.3.4:x",
            "1.2.3.4:+1",
            "1.2.3.4:70000",
            "1.2.3.4%eth0",
            "fe80::1%",
            "[2001:db8::1",
            "[2001:db8::1]80",
            "[2001:db8::1]:x",
            "1.2.3.4 5.6.7.8",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
