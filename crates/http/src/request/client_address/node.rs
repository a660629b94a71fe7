//! One address as proxies write it.

use std::net::IpAddr;

/// Parses an address alone, with a port, in brackets, and of IPv6 with a zone, which names an
/// interface of the proxy. RFC 7239 lets a proxy hide a port behind `_`.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
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
    if let Some(hidden) = text.strip_prefix('_') {
        let is_hidden = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        return !hidden.is_empty() && hidden.bytes().all(is_hidden);
    }
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (text, expected) in [
            ("1.2.3.4", "1.2.3.4"),
            ("203.0.113.7:51234", "203.0.113.7"),
            ("203.0.113.7:_hidden", "203.0.113.7"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:80", "fe80::1"),
        ] {
            let parsed = parse(text).map(|address| address.to_string());
            assert_eq!(parsed.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_addresses() {
        for text in [
            "",
            "unknown",
            "_hidden",
            "1.2.3",
            "1.2.3.4:",
            "1.2.3.4:x",
            "1.2.3.4:_",
            "1.2.3.4:+1",
            "1.2.3.4:70000",
            "1.2.3.4%eth0",
            "[1.2.3.4",
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
