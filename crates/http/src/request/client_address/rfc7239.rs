//! Elements of `Forwarded`, the header of RFC 7239.

use std::{borrow::Cow, net::IpAddr};

use super::node;

/// The address in the one `for` of an element, such as `for="[2001:db8::7]:4711";proto=https`.
pub(super) fn client(element: &str) -> Option<IpAddr> {
    let mut client = None;
    for pair in pairs(element) {
        let (name, value) = pair.split_once('=')?;
        if name.eq_ignore_ascii_case("for") {
            if client.is_some() {
                return None;
            }
            client = Some(node::parse(&unquoted(value)?)?);
        }
    }
    client
}

/// The pairs of an element. A semicolon in quotes is a part of its pair.
fn pairs(element: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let is_end = move |character: char| {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' => return !is_quoted,
            _ => {}
        }
        false
    };
    element.split(is_end).map(str::trim).filter(|pair| !pair.is_empty())
}

/// A value without its quotes, and without the backslash before each character that has one.
fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let Some(quoted) = value.strip_prefix('"') else {
        return (!value.contains(['"', '\\', ' ', '\t'])).then_some(value.into());
    };
    let mut characters = quoted.strip_suffix('"')?.chars();
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => text.push(characters.next()?),
            character => text.push(character),
        }
    }
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::client;

    #[test]
    fn the_client_is_the_address_of_for() {
        for (element, expected) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=\"192.0.2.60:51234\"", "192.0.2.60"),
            ("for=\"192.0.2.60:_gazonk\"", "192.0.2.60"),
            ("proto=https; for=192.0.2.60 ;", "192.0.2.60"),
            ("host=\"a;for=6.6.6.6\";for=192.0.2.60", "192.0.2.60"),
            ("host=\"a\\\";for=6.6.6.6\";for=192.0.2.60", "192.0.2.60"),
            ("for=\"1\\92.0.2.60\"", "192.0.2.60"),
            ("for=[2001:db8::7]:443", "2001:db8::7"),
        ] {
            let address = client(element).map(|address| address.to_string());
            assert_eq!(address.as_deref(), Some(expected), "{element}");
        }
    }

    #[test]
    fn an_element_without_one_readable_for_has_no_client() {
        for element in [
            "",
            "for",
            "for=",
            "for=unknown",
            "for=_secret",
            "proto=https;by=192.0.2.60",
            "for=192.0.2.60;for=192.0.2.61",
            "for=\"192.0.2.60",
            "for=192.0.2.60\"",
            "for=\"192.0.2.60\\\"",
            "for=\"192.0.2.60\"x\"",
            "for = 192.0.2.60",
            "for=192.0.2.60 for=192.0.2.61",
            "x-for=192.0.2.60",
        ] {
            assert_eq!(client(element), None, "{element}");
        }
    }
}
