//! `Authorization`, and the three headers of a signed request. The input is header fields, one per
//! line: `authorization: Basic QTpi`.

#![no_main]

use std::string::FromUtf8Error;

use libfuzzer_sys::fuzz_target;
use rollcall_fuzz::{SECRET, base64};
use rollcall_http::fuzzing::{Proof, credentials, headers};

const NAMES: [&str; 4] = ["authorization", "sessionkey", "timestamp", "signature"];

fuzz_target!(|data: &[u8]| {
    let fields: Vec<_> = data.split(|byte| *byte == b'\n').filter_map(field).collect();
    let Some(headers) = headers(fields.iter().copied()) else { return };
    let proof = credentials(&headers);
    assert_eq!(proof.as_ref().ok(), expected(&fields).as_ref().ok());
    match proof {
        Ok(Some(Proof::Basic(name, password))) => survives(name, password),
        Ok(_) => {}
        Err(refusal) => {
            assert_eq!(refusal.status, 401);
            assert!(!refusal.body.contains(SECRET));
        }
    }
});

/// A field's name, in lower case, and its value.
fn field(line: &[u8]) -> Option<(&'static str, &[u8])> {
    let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
    let name = NAMES.into_iter().find(|it| it.as_bytes().eq_ignore_ascii_case(name))?;
    Some((name, value[1..].trim_ascii()))
}

/// What the fields say, if they are not to be refused.
fn expected(fields: &[(&str, &[u8])]) -> Result<Option<Proof>, ()> {
    let [authorization, key, timestamp, signature] = NAMES.map(|name| {
        let values = fields.iter().filter(|(other, _)| *other == name).map(|(_, value)| *value);
        values.collect::<Vec<_>>()
    });
    match (authorization.is_empty(), key.is_empty()) {
        (true, true) => Ok(None),
        (false, true) => text(&authorization).and_then(basic).map(unless_empty).ok_or(()),
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
    Some(Proof::Basic(name.to_owned(), password[1..].to_owned()))
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
    let proof = Some(Proof::Basic(name, password));
    for value in
        [format!("Basic {encoded}"), format!("bASIC {padded}"), format!("BASIC  {padded} ")]
    {
        let again = headers([("authorization", value.as_bytes())]).expect("base64 fits in headers");
        assert_eq!(credentials(&again).expect("it was credentials before"), proof);
    }
}
