//! The head of a request, followed while it comes in.
//!
//! actix-http refuses a head without saying why, and ends a connection on which a client asks for
//! another protocol, as Java's client does in each request. So the head is read here, too: for the
//! reason, and to blot out the wish, which HTTP lets a server ignore.

/// The longest request target that the crate `http` takes.
pub(super) const MAX_TARGET_BYTES: usize = 65_534;

/// The most header fields that actix-http takes.
pub(super) const MAX_FIELDS: usize = 96;

/// The method whose answers have no body.
const HEAD: &[u8] = b"HEAD";

const UPGRADE: &[u8] = b"upgrade";

/// No name that matters is longer.
const MAX_NAME_BYTES: usize = 10;

/// Written over a byte. It may stand in names and values, and makes another name or value of them.
const BLOT: u8 = b'-';

/// How far a head has come.
#[derive(Debug, Default)]
pub(super) struct Head {
    place: Place,
    /// The first bytes of the method, and its length.
    method: ([u8; HEAD.len()], usize),
    target_bytes: usize,
    is_http_1_1: bool,
    fields: usize,
    hosts: usize,
    /// Whether more has come: a body, or another request.
    is_followed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Before the request line, where empty lines may be.
    #[default]
    Start,
    Method,
    Target,
    /// Behind the target, up to the end of the line.
    Version,
    /// At the beginning of a line.
    Line,
    /// In the name of a field, in lower case so far.
    Name([u8; MAX_NAME_BYTES], usize),
    /// In a value of `Connection`, with so much of an option that may be `upgrade`.
    Option(Option<usize>),
    /// Before a value of `Upgrade`.
    Protocol,
    /// In what does not matter, up to the end of the line.
    Rest,
    /// Behind the head.
    End,
}

/// A flaw of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The target is longer than [`MAX_TARGET_BYTES`].
    LongTarget,
    /// There are more fields than [`MAX_FIELDS`].
    ManyFields,
    /// There is not exactly one `Host`.
    Hosts,
}

impl Head {
    /// The flaw of the head, as far as it is there.
    pub(super) fn flaw(&self) -> Option<Flaw> {
        let lacks_host = self.place == Place::End && self.is_http_1_1 && self.hosts == 0;
        if self.target_bytes > MAX_TARGET_BYTES {
            Some(Flaw::LongTarget)
        } else if self.fields > MAX_FIELDS {
            Some(Flaw::ManyFields)
        } else {
            (self.hosts > 1 || lacks_host).then_some(Flaw::Hosts)
        }
    }

    /// Whether the request that is refused has the method HEAD. Behind a whole head, it may be a
    /// later one, whose method is unknown.
    pub(super) fn is_of_head(&self) -> bool {
        let (method, length) = &self.method;
        !self.is_followed && *length == HEAD.len() && method == HEAD
    }

    /// Goes on with what has come, up to the end of the head. A wish for another protocol is
    /// blotted out: other bytes may have been passed on already, so no byte is taken away.
    pub(super) fn read(&mut self, bytes: &mut [u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && self.place != Place::End {
            let read = self.step(rest);
            rest = &mut rest[read..];
        }
        self.is_followed |= !rest.is_empty();
    }

    /// Goes on by a part of `bytes`, and returns its length.
    fn step(&mut self, bytes: &mut [u8]) -> usize {
        match self.place {
            Place::Start if matches!(bytes[0], b'\r' | b'\n') => 1,
            Place::Start => self.go_on(Place::Method),
            Place::Method => {
                let read = self.skip(bytes, Place::Target);
                let has_ended = self.place != Place::Method;
                self.read_method(&bytes[..read - usize::from(has_ended)]);
                read
            }
            Place::Target => {
                let read = self.skip(bytes, Place::Version);
                let has_ended = self.place != Place::Target;
                self.target_bytes += read - usize::from(has_ended);
                read
            }
            Place::Version => {
                let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
                if let Some(last) = line.iter().rfind(|byte| **byte != b'\r') {
                    self.is_http_1_1 = *last == b'1';
                }
                self.skip_line(bytes)
            }
            Place::Line => self.begin_line(bytes[0]),
            Place::Name(name, length) => self.read_name(name, length, bytes[0]),
            Place::Option(matched) => self.read_option(matched, &mut bytes[0]),
            Place::Protocol => self.read_protocol(&mut bytes[0]),
            Place::Rest => self.skip_line(bytes),
            Place::End => bytes.len(),
        }
    }

    fn go_on(&mut self, place: Place) -> usize {
        self.place = place;
        0
    }

    /// Skips a word of the request line, and the space behind it.
    fn skip(&mut self, bytes: &[u8], next: Place) -> usize {
        match bytes.iter().position(|byte| matches!(byte, b' ' | b'\n')) {
            Some(end) => {
                self.place = if bytes[end] == b' ' { next } else { Place::Line };
                end + 1
            }
            None => bytes.len(),
        }
    }

    fn read_method(&mut self, bytes: &[u8]) {
        let (method, length) = &mut self.method;
        for (place, byte) in method.iter_mut().skip(*length).zip(bytes) {
            *place = *byte;
        }
        *length += bytes.len();
    }

    fn skip_line(&mut self, bytes: &[u8]) -> usize {
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                self.place = Place::Line;
                end + 1
            }
            None => bytes.len(),
        }
    }

    fn begin_line(&mut self, byte: u8) -> usize {
        match byte {
            b'\r' => return 1,
            b'\n' => {
                self.place = Place::End;
                return 1;
            }
            _ => self.fields += 1,
        }
        let may_matter = matches!(byte.to_ascii_lowercase(), b'c' | b'h' | b'u');
        self.go_on(if may_matter { Place::Name([0; MAX_NAME_BYTES], 0) } else { Place::Rest })
    }

    fn read_name(&mut self, mut name: [u8; MAX_NAME_BYTES], length: usize, byte: u8) -> usize {
        self.place = match (byte, &name[..length]) {
            (b'\n', _) => Place::Line,
            (b':', b"connection") => Place::Option(Some(0)),
            (b':', UPGRADE) => Place::Protocol,
            (b':', b"host") => {
                self.hosts += 1;
                Place::Rest
            }
            (byte, _) if length < MAX_NAME_BYTES => {
                name[length] = byte.to_ascii_lowercase();
                Place::Name(name, length + 1)
            }
            _ => Place::Rest,
        };
        1
    }

    /// The last letter of `upgrade` is blotted out at once: the next byte may come later. So is
    /// that of options which only begin like this; nothing here knows any.
    fn read_option(&mut self, matched: Option<usize>, byte: &mut u8) -> usize {
        self.place = match (*byte, matched) {
            (b'\n', _) => Place::Line,
            (b',', _) | (b' ' | b'\t', Some(0)) => Place::Option(Some(0)),
            (letter, Some(matched)) if letter.eq_ignore_ascii_case(&UPGRADE[matched]) => {
                let is_last = matched + 1 == UPGRADE.len();
                if is_last {
                    *byte = BLOT;
                }
                Place::Option((!is_last).then_some(matched + 1))
            }
            _ => Place::Option(None),
        };
        1
    }

    fn read_protocol(&mut self, byte: &mut u8) -> usize {
        self.place = match *byte {
            b'\n' => Place::Line,
            b' ' | b'\t' => Place::Protocol,
            b'\r' => Place::Rest,
            _ => {
                *byte = BLOT;
                Place::Rest
            }
        };
        1
    }
}

#[cfg(test)]
mod tests {
    use super::{Flaw, Head, MAX_FIELDS, MAX_TARGET_BYTES};

    /// A text as it is passed on when it comes in pieces of this length, and its head.
    fn read(text: &str, length: usize) -> (String, Head) {
        let (mut bytes, mut head) = (text.as_bytes().to_vec(), Head::default());
        bytes.chunks_mut(length).for_each(|piece| head.read(piece));
        (String::from_utf8(bytes).unwrap(), head)
    }

    fn flaw(text: &str) -> Option<Flaw> {
        let flaws = [1, 7, usize::MAX].map(|length| read(text, length).1.flaw());
        assert!(flaws.iter().all(|flaw| *flaw == flaws[0]), "{text}: {flaws:?}");
        flaws[0]
    }

    #[test]
    fn a_wish_for_another_protocol_is_blotted_out() {
        let begin = "GET /upgrade HTTP/1.1\r\nHost: upgrade\r\n";
        for (lines, expected) in [
            ("Connection: Upgrade\r\n", "Connection: Upgrad-\r\n"),
            ("connection:\tkeep-alive , UPGRADE\n", "connection:\tkeep-alive , UPGRAD-\n"),
            ("Connection: upgrade, HTTP2-Settings\r\n", "Connection: upgrad-, HTTP2-Settings\r\n"),
            ("Upgrade: h2c\r\n", "Upgrade: -2c\r\n"),
            ("UPGRADE:websocket\r\n", "UPGRADE:-ebsocket\r\n"),
            ("Upgrade:\r\nConnection: upgrade\r\n", "Upgrade:\r\nConnection: upgrad-\r\n"),
            ("Connection: close, no-upgrade\r\n", "Connection: close, no-upgrade\r\n"),
            ("Upgrade-Insecure-Requests: 1\r\n", "Upgrade-Insecure-Requests: 1\r\n"),
            ("X-Connection: upgrade\r\n", "X-Connection: upgrade\r\n"),
            ("Connections: upgrade\r\n", "Connections: upgrade\r\n"),
        ] {
            let body = "\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n";
            for length in [1, 2, 5, usize::MAX] {
                let (passed_on, head) = read(&format!("{begin}{lines}{body}"), length);
                assert_eq!(passed_on, format!("{begin}{expected}{body}"), "{length}");
                assert_eq!(head.flaw(), None);
            }
        }
    }

    #[test]
    fn the_method_of_a_refused_head_is_known() {
        for (text, expected) in [
            ("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", true),
            ("\r\nHEAD /a", true),
            ("HEAD ", true),
            ("HEA", false),
            ("HEADER / HTTP/1.1\r\n", false),
            ("HEAP / HTTP/1.1\r\n", false),
            ("GET /HEAD HTTP/1.1\r\n", false),
            ("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n", false),
        ] {
            for length in [1, 3, usize::MAX] {
                assert_eq!(read(text, length).1.is_of_head(), expected, "{text}: {length}");
            }
        }
    }

    #[test]
    fn the_flaw_of_a_head_is_known() {
        let target = "x".repeat(MAX_TARGET_BYTES);
        let fields = |count| "x: y\r\n".repeat(count);
        for (head, expected) in [
            (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", &target[1..]), None),
            (format!("GET /{target} HTTP/1.1\r\nHost: x\r\n\r\n"), Some(Flaw::LongTarget)),
            (format!("\r\nGET /{target}x"), Some(Flaw::LongTarget)),
            (format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", fields(MAX_FIELDS - 1)), None),
            (
                format!("GET / HTTP/1.1\r\nHost: x\r\n{}", fields(MAX_FIELDS)),
                Some(Flaw::ManyFields),
            ),
            ("GET / HTTP/1.1\r\nhost: x\r\nHOST:x\r\n".to_owned(), Some(Flaw::Hosts)),
            ("GET / HTTP/1.1\r\nx: host\r\n\r\n".to_owned(), Some(Flaw::Hosts)),
            ("GET / HTTP/1.1\r\nx: host\r\n".to_owned(), None),
            ("GET / HTTP/1.0\r\n\r\n".to_owned(), None),
            ("nonsense\r\n\r\n".to_owned(), None),
        ] {
            assert_eq!(flaw(&head), expected, "{head:.80}");
        }
    }
}
