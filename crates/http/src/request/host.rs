//! The `Host` header.

use std::net::Ipv6Addr;

use actix_web::http::header::{HOST, HeaderMap};

/// Whether the request has no `Host`, as HTTP/1.0 lets it, or one that RFC 9112 allows: nothing, or
/// a name or an address, with a port or without.
pub(crate) fn is_valid(headers: &HeaderMap) -> bool {
    headers.get(HOST).is_none_or(|host| host.to_str().is_ok_and(is_host))
}

fn is_host(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[') {
        return address.split_once(']').is_some_and(|(address, rest)| {
            address.parse::<Ipv6Addr>().is_ok()
                && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
        });
    }
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    is_name(name.as_bytes()) && is_port(port)
}

/// A name of RFC 3986, which may be percent-encoded.
fn is_name(name: &[u8]) -> bool {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&'..=b',' | b';' | b'=')
    };
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        let mut is_digit = || bytes.next().is_some_and(u8::is_ascii_hexdigit);
        let is_fit = if *byte == b'%' { is_digit() && is_digit() } else { is_plain(*byte) };
        if !is_fit {
            return false;
        }
    }
    true
}

/// A port may be left out behind its colon.
fn is_port(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.is_empty() || (is_number && text.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn names_and_addresses_are_hosts_with_ports_or_without() {
        for host in [
            "",
            "x",
            "rollcall",
            "users.example.com",
            "users.example.com:8443",
            "my_service:80",
            "127.0.0.1:8080",
            "[::1]",
            "[2001:db8::7]:443",
            "example.com:",
            "xn--bcher-kva.example",
            "b%C3%BCcher.example",
        ] {
            assert!(is_host(host), "{host}");
        }
    }

    #[test]
    fn other_texts_are_no_hosts() {
        for host in [
            "a b",
            "a/b",
            "http://a",
            "user@a",
            "a:b",
            "a:80:80",
            "a:65536",
            "a:+80",
            "::1",
            "[::1",
            "[x]",
            "[::1]80",
            "a%2",
            "a%zz",
            "a\"b",
            "bücher.example",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }
}
