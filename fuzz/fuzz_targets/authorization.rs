//! `Authorization`, and the three headers of a signed request. The input is header fields, one per
//! line: `authorization: Basic QTpi`.

#![no_main]

use std::string::FromUtf8Error;

use libfuzzer_sys::fuzz_target;
use rollcall_fuzz::{
    SECRET, base64,
    requests::{headers, refusal},
};
use rollcall_http::parsers::Credentials;

const NAMES: [&str; 4] = ["authorization", "sessionkey", "timestamp", "signature"];

/// What credentials say.
#[derive(Debug, PartialEq)]
enum Proof {
    /// A name and a password.
    Basic(String, String),
    /// An API key, with the name beside it if it came as a password.
    Key(Option<String>, String),
    /// `sessionKey`, `timestamp` and `signature`.
    Signed(String, String, String),
}

fuzz_target!(|data: &[u8]| {
    let fields: Vec<_> = data.split(|byte| *byte == b'\n').filter_map(field).collect();
    let Some(headers) = headers(fields.iter().copied()) else { return };
    let proof = Credentials::of(&headers).map(|credentials| credentials.map(proof));
    assert_eq!(proof.as_ref().ok(), expected(&fields).as_ref().ok());
    match proof {
        Ok(Some(Proof::Basic(name, password))) => survives(name, password),
        Ok(_) => {}
        Err(error) => {
            let refusal = refusal(&error);
            assert_eq!(refusal.status, 401);
            assert!(!refusal.body.contains(SECRET));
        }
    }
});

fn proof(credentials: Credentials) -> Proof {
    match credentials {
        Credentials::Basic(basic) => Proof::Basic(basic.name, basic.password.expose().to_owned()),
        Credentials::Key(key) => Proof::Key(key.name, key.secret.expose().to_owned()),
        Credentials::Signed(signed) => {
            Proof::Signed(signed.key.as_str().to_owned(), signed.timestamp, signed.signature)
        }
    }
}

/// A field's name, in lower case, and its value.
fn field(line: &[u8]) -> Option<(&'static str, &[u8])> {
    let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
    let name = NAMES.into_iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name))?;
    Some((name, value[1..].trim_ascii()))
}

/// What the fields say, if they are not to be refused.
fn expected(fields: &[(&str, &[u8])]) -> Result<Option<Proof>, ()> {
    let [authorization, key, timestamp, signature] = NAMES.map(|name| {
        let values = fields.iter().filter(|(other, _)| *other == name).map(|(_, value)| *value);
        values.collect::<Vec<_>>()
    });
    match (authorization.is_empty(), key.is_empty()) {
        (true, true) if !timestamp.is_empty() && !signature.is_empty() => Err(()),
        (true, true) => Ok(None),
        (false, true) => text(&authorization)
            .and_then(|value| bearer(value).or_else(|| basic(value)))
            .map(unless_empty)
            .ok_or(()),
        (true, false) => signed(&key, &timestamp, &signature).map(Some).ok_or(()),
        (false, false) => Err(()),
    }
}

fn signed(key: &[&[u8]], timestamp: &[&[u8]], signature: &[&[u8]]) -> Option<Proof> {
    let key = text(key)?;
    let key = if key.contains([' ', '\t']) { "" } else { key };
    let [timestamp, signature] = [text(timestamp)?, text(signature)?];
    Some(Proof::Signed(key.to_owned(), timestamp.to_owned(), signature.to_owned()))
}

/// The text of a field that is there once.
fn text<'a>(values: &[&'a [u8]]) -> Option<&'a str> {
    let [value] = values else { return None };
    let is_text = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    std::str::from_utf8(value).ok().filter(|_| is_text)
}

fn basic(value: &str) -> Option<Proof> {
    let encoded = value.get(5..).filter(|_| value[..5].eq_ignore_ascii_case("basic"))?;
    let encoded = encoded.strip_prefix(' ')?.trim_matches([' ', '\t']);
    let decoded = base64::decode(encoded)?;
    let latin_1 = |error: FromUtf8Error| error.into_bytes().into_iter().map(char::from).collect();
    let text = String::from_utf8(decoded).unwrap_or_else(latin_1);
    let (name, password) = text.split_at(text.find(':')?);
    let (name, password) = (name.to_owned(), password[1..].to_owned());
    Some(if is_key(&password) {
        Proof::Key(Some(name), password)
    } else {
        Proof::Basic(name, password)
    })
}

fn bearer(value: &str) -> Option<Proof> {
    let key = value.get(6..).filter(|_| value[..6].eq_ignore_ascii_case("bearer"))?;
    let key = key.strip_prefix(' ')?.trim_matches([' ', '\t']);
    is_key(key).then(|| Proof::Key(None, key.to_owned()))
}

/// Whether the last six digits say the CRC-32 of the text before them.
fn is_key(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("rck_") else { return false };
    if digits.len() != 49 || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let (checked, checksum) = text.split_at(text.len() - 6);
    checksum.bytes().fold(0, |number, byte| number * 62 + value_of(byte)) == crc_32(checked)
}

fn value_of(digit: u8) -> u64 {
    u64::from(match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'Z' => digit - b'A' + 10,
        _ => digit - b'a' + 36,
    })
}

fn crc_32(text: &str) -> u64 {
    let mut rest = u32::MAX;
    for byte in text.bytes() {
        rest ^= u32::from(byte);
        for _ in 0..8 {
            rest = if rest % 2 == 1 { rest / 2 ^ 0xedb8_8320 } else { rest / 2 };
        }
    }
    u64::from(!rest)
}

/// Clients that were given no credentials send empty ones.
fn unless_empty(proof: Proof) -> Option<Proof> {
    Some(proof).filter(|proof| *proof != Proof::Basic(String::new(), String::new()))
}

/// What was read once is read again, however it is written.
fn survives(name: String, password: String) {
    assert!(!name.contains(':'));
    let encoded = base64::encode(format!("{name}:{password}").as_bytes());
    let padded = format!("{encoded}{}", base64::padding(&encoded));
    let expected = Some(Proof::Basic(name, password));
    for value in
        [format!("Basic {encoded}"), format!("bASIC {padded}"), format!("BASIC  {padded} ")]
    {
        let again = headers([("authorization", value.as_bytes())]).expect("base64 fits in headers");
        let again = Credentials::of(&again).expect("it was credentials before");
        assert_eq!(again.map(proof), expected);
    }
}
