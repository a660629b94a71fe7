//! Names, beginnings of names, addresses and roles. The input is the text.

#![no_main]

use icu_casemap::CaseMapper;
use libfuzzer_sys::fuzz_target;
use rollcall_domain::{
    Email, NameKey, NamePrefix, Password, RoleName, Username,
    limits::{EMAIL_MAX_LENGTH, NAME_MAX_LENGTH},
};
use unicode_normalization::UnicodeNormalization;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Username::parse(text) {
        Ok(name) => holds(text, &name),
        Err(_) => assert_eq!(NameKey::of(text).as_str(), ""),
    }
    prefix(text);
    email(text);
    let length = text.nfc().count();
    assert_eq!(RoleName::parse(text).is_ok(), is_role(text));
    assert!(Password::parse(text).is_err() || (8..=256).contains(&length));
});

/// Checks the rules that hold for every name.
fn holds(text: &str, name: &Username) {
    let spelling = name.as_str();
    let is_safe = !spelling.contains(['?', '#', '%', '\\']);
    assert_eq!(Username::parse_new(text).ok().as_ref(), is_safe.then_some(name));
    assert_eq!(name.require_safe_in_paths().is_ok(), is_safe);
    let is_barred = |character: char| {
        character.is_whitespace() || character.is_control() || matches!(character, ':' | '/')
    };
    assert!((1..=NAME_MAX_LENGTH).contains(&spelling.chars().count()));
    assert!(!spelling.contains(is_barred) && !matches!(spelling, "." | ".."));
    assert_eq!(Username::parse(spelling).as_ref(), Ok(name), "another spelling each time");
    assert_eq!(NameKey::of(text), name.key());
    assert!(!name.key().as_str().is_empty() && !name.key().as_str().contains(is_barred));
    for other in variants(spelling) {
        let Ok(variant) = Username::parse(&other) else { continue };
        assert_eq!(variant.key() == name.key(), is_same(variant.as_str(), spelling), "{other:?}");
    }
    is_between(name);
}

/// Texts that are the same name, or nearly.
fn variants(text: &str) -> Vec<String> {
    let mapper = CaseMapper::new();
    let folded = mapper.fold_string(text).into_owned();
    let decomposed: String = text.nfd().collect();
    vec![
        text.to_lowercase(),
        text.to_uppercase(),
        decomposed.to_uppercase(),
        mapper.fold_string(&decomposed).into_owned(),
        folded.nfd().collect(),
        folded.nfkc().collect(),
        text.chars().rev().collect(),
        decomposed,
        folded,
    ]
}

/// Canonical caseless matching, as the Unicode standard defines it (D145).
fn is_same(left: &str, right: &str) -> bool {
    let form = |text: &str| -> String {
        let decomposed: String = text.nfd().collect();
        CaseMapper::new().fold_string(&decomposed).nfd().collect()
    };
    form(left) == form(right)
}

/// A name lies between its own beginning and that beginning's end.
fn is_between(name: &Username) {
    let key = name.key();
    for (end, _) in key.as_str().char_indices().skip(1) {
        let start = &key.as_str()[..end];
        let Ok(prefix) = NamePrefix::parse(start) else {
            assert!(start.chars().count() > NAME_MAX_LENGTH, "{start:?}");
            continue;
        };
        // Cut off in the middle, a letter may take another form.
        if prefix.as_str() == start {
            assert!(prefix.as_str() <= key.as_str());
            assert!(prefix.end().is_none_or(|end| key.as_str() < end.as_str()));
        }
    }
}

/// Nothing but what begins with the prefix lies between it and its end.
fn prefix(text: &str) {
    let Ok(prefix) = NamePrefix::parse(text) else { return };
    let start = prefix.as_str();
    let Some(end) = prefix.end() else { return };
    assert!(start < end.as_str());
    assert!(!end.starts_with(start));
    assert!(format!("{start}\u{10ffff}").as_str() < end.as_str());
}

fn email(text: &str) {
    let email = Email::parse(text);
    if text.is_ascii() {
        assert_eq!(email.is_ok(), is_email(text));
    }
    let Ok(email) = email else { return };
    let composed: String = text.nfc().collect();
    assert_eq!(email.as_str(), composed);
    assert!(email.as_str().len() <= EMAIL_MAX_LENGTH && !composed.contains(char::is_whitespace));
    assert!(!composed.contains(char::is_control));
    assert_eq!(Email::parse(email.as_str()), Ok(email.clone()), "another spelling each time");
    if text.is_ascii() {
        assert_eq!(email.key().as_str(), text.to_ascii_lowercase());
    }
    // In other letters its domain may be another one, or none.
    for other in [text.to_ascii_uppercase(), text.nfd().collect()] {
        assert!(Email::parse(&other).is_ok_and(|other| other.key() == email.key()), "{other:?}");
    }
    let (_, domain) = composed.split_once('@').expect("an address");
    let key = email.key();
    let (_, key_domain) = key.as_str().split_once('@').expect("the key of an address");
    assert!(key_domain.is_ascii());
    assert!(!domain.is_ascii() || domain.eq_ignore_ascii_case(key_domain));
}

/// Whether a label that begins with `xn--` is what its Unicode form is written as in ASCII.
fn is_a_label(label: &str) -> bool {
    let unicode = idna::domain_to_unicode(label).0;
    !unicode.is_ascii()
        && idna::domain_to_ascii_strict(&unicode)
            .is_ok_and(|ascii| ascii.eq_ignore_ascii_case(label))
}

/// Whether a text of ASCII is an address.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_atom = |atom: &str| {
        let is_fit =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
        !atom.is_empty() && atom.bytes().all(is_fit)
    };
    let is_label = |label: &str| {
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_dashed = label.starts_with('-') || label.ends_with('-');
        let is_plain = (1..=63).contains(&label.len()) && !is_dashed && label.bytes().all(is_fit);
        is_plain && (!label.to_ascii_lowercase().starts_with("xn--") || is_a_label(label))
    };
    text.len() <= EMAIL_MAX_LENGTH
        && local.len() <= 64
        && local.split('.').all(is_atom)
        && domain.split('.').all(is_label)
}

fn is_role(text: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let is_admin = text.to_lowercase() == "admin";
    begins && text.len() <= 64 && text.bytes().all(is_fit) && (!is_admin || text == "admin")
}
