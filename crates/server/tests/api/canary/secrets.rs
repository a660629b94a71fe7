//! Secrets, and a search for them in every encoding.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use regex::RegexBuilder;

/// The length of a piece of a secret that counts as a leak.
const PIECE: usize = 16;

/// Every secret that must not leak, by its kind.
#[derive(Default)]
pub(super) struct Secrets(Mutex<BTreeMap<String, String>>);

impl Secrets {
    /// A password that occurs nowhere else on this machine. It contains characters that every
    /// encoding changes.
    pub(super) fn password(&self, what: &str) -> String {
        let [start, end] = [(); 2].map(|()| format!("{:016x}", getrandom::u64().unwrap()));
        let password = format!("{start} \"é\\%/+&;<: {end}");
        self.keep(what, &password);
        password
    }

    /// Adds a secret that was generated elsewhere.
    pub(super) fn keep(&self, what: &str, secret: &str) {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(secret.to_owned(), what.to_owned());
    }

    /// The secrets found in `texts`, which are pairs of a name and a text.
    pub(super) fn found_in<'a>(
        &self,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Vec<String> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names = BTreeMap::new();
        for (secret, what) in secrets.iter() {
            for (form, text) in forms(secret) {
                names.entry(text).or_insert_with(|| format!("{what}, {form}"));
            }
        }
        let any: Vec<_> = names.keys().map(|text| regex::escape(text)).collect();
        let any = RegexBuilder::new(&any.join("|")).size_limit(1 << 30).build().unwrap();
        let mut found = Vec::new();
        for (place, text) in texts {
            for hit in any.find_iter(text) {
                let line = text[..hit.start()].rfind('\n').map_or(0, |end| end + 1);
                let line: String = text[line..].lines().next().unwrap().chars().take(300).collect();
                found.push(format!("{place}: {}: {line}", names[hit.as_str()]));
            }
        }
        found
    }
}

/// The forms that a secret, or a piece of it, has when it is written down.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let mut forms = Vec::new();
    for piece in pieces(secret) {
        let bytes = piece.as_bytes();
        let debug = format!("{piece:?}");
        let json = serde_json::Value::from(piece).to_string();
        let list: Vec<_> = bytes.iter().map(u8::to_string).collect();
        forms.extend([
            ("as it is", piece.to_owned()),
            ("in JSON", inside(&json).to_owned()),
            ("in JSON of ASCII", ascii_json(piece)),
            (
                "in JSON in JSON",
                inside(&serde_json::Value::from(inside(&json)).to_string()).to_owned(),
            ),
            ("in Rust's quotation marks", inside(&debug).to_owned()),
            ("escaped bytes", bytes.escape_ascii().to_string()),
            ("a list of bytes", list.join(", ")),
            ("hexadecimal", hex(bytes, "", false)),
            ("HEXADECIMAL", hex(bytes, "", true)),
            ("percent-encoded", percent(piece, false, "")),
            ("percent-encoded in lower case", percent(piece, true, "")),
            ("percent-encoded as far as a path needs it", percent(piece, false, "/+&;:")),
            ("in a form", percent(piece, false, "").replace("%20", "+")),
        ]);
        for offset in 0..3 {
            forms.push(("in base64", base64_inside(bytes, offset, &BASE64_STANDARD)));
            forms.push((
                "in base64 for URLs",
                base64_inside(bytes, offset, &BASE64_URL_SAFE_NO_PAD),
            ));
        }
    }
    forms
}

/// All of it, and its ends.
fn pieces(secret: &str) -> Vec<&str> {
    let mut pieces = vec![secret];
    if secret.len() >= 2 * PIECE {
        pieces.extend(secret.get(..PIECE));
        pieces.extend(secret.get(secret.len() - PIECE..));
    }
    pieces
}

fn inside(quoted: &str) -> &str {
    &quoted[1..quoted.len() - 1]
}

fn ascii_json(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut ascii = String::new();
    for character in inside(&json).chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            let _ = write!(ascii, "\\u{:04x}", u32::from(character));
        }
    }
    ascii
}

fn hex(bytes: &[u8], before: &str, is_upper: bool) -> String {
    let digits = |byte: &u8| {
        if is_upper { format!("{before}{byte:02X}") } else { format!("{before}{byte:02x}") }
    };
    bytes.iter().map(digits).collect()
}

pub(super) fn percent(text: &str, is_lower: bool, plain: &str) -> String {
    let encode = |byte: &u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) || plain.as_bytes().contains(byte)
        {
            char::from(*byte).to_string()
        } else {
            hex(&[*byte], "%", !is_lower)
        }
    };
    text.as_bytes().iter().map(encode).collect()
}

/// The base64 characters that depend only on `bytes` when `offset` bytes, modulo three, come before
/// them.
fn base64_inside(bytes: &[u8], offset: usize, engine: &impl Engine) -> String {
    let behind = [&[0; 2][..offset], bytes].concat();
    let text = engine.encode(&behind);
    text[(offset * 8).div_ceil(6)..behind.len() * 8 / 6].to_owned()
}

mod tests {
    use std::fmt::Write;

    use super::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine, Secrets, percent};

    /// Writes a secret down in the ways in which programs do.
    fn written_down(secret: &str) -> Vec<String> {
        let json = serde_json::json!({ "password": secret }).to_string();
        let bytes = secret.as_bytes();
        let mut hex = String::new();
        for byte in bytes {
            write!(hex, "{byte:02x}").unwrap();
        }
        let mut ways = vec![
            format!("GET /?password={secret} 200"),
            format!("body: {json}"),
            format!("body: {}", serde_json::Value::from(&*json)),
            format!("body: {json:?}"),
            format!("Password({secret:?})"),
            format!("{:?}", bytes),
            format!("b\"{}\"", bytes.escape_ascii()),
            hex.to_uppercase(),
            hex,
            percent(secret, false, ""),
            percent(secret, true, ""),
            percent(secret, false, "").replace("%20", "+"),
            format!("\"{}\"", json.replace('é', "\\u00e9")),
            format!("{}…", &secret[..20]),
            format!("…{}", &secret[secret.len() - 20..]),
            format!("{}…", BASE64_STANDARD.encode(&secret[..20])),
        ];
        for name in ["", "a", "ab", "root:", "some\n"] {
            let text = format!("{name}{secret}{name}");
            ways.push(format!("authorization: Basic {}", BASE64_STANDARD.encode(&text)));
            ways.push(BASE64_URL_SAFE_NO_PAD.encode(&text));
        }
        ways
    }

    #[test]
    fn a_secret_is_found_in_whatever_form_it_is_written_down() {
        let secrets = Secrets::default();
        let password = secrets.password("a password");
        let hash = "$2b$04$cWt1K5pUvQR6JJAjC47TfOJdnlXAZ4xgwe44O.b1EH1YzXaHN8Ifi";
        secrets.keep("a hash", hash);
        secrets.keep("a token", "A0ro-mDEA0YktXcqk0Dyw8M1b4nBQVvDRF9Y1N3qL7E");
        for secret in [&password, hash, "A0ro-mDEA0YktXcqk0Dyw8M1b4nBQVvDRF9Y1N3qL7E"] {
            for text in written_down(secret) {
                let said = format!("line 1\nline 2: {text} and more\nline 3");
                let found = secrets.found_in([("a log", &*said)]);
                assert!(!found.is_empty(), "{text}");
                assert!(
                    found[0].starts_with("a log: a ") && found[0].contains("line 2"),
                    "{found:?}"
                );
            }
        }
    }

    #[test]
    fn a_text_without_secrets_has_no_findings() {
        let secrets = Secrets::default();
        let other = Secrets::default().password("another");
        secrets.password("a password");
        assert_eq!(secrets.found_in([("a log", &*other), ("an answer", "")]), [""; 0]);
    }
}
