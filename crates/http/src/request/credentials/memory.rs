//! What stays of a password in the memory of the process.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
};

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use rollcall_domain::{HashCost, PasswordHash};
use zeroize::Zeroizing;

use crate::request::credentials::Credentials;

/// `user:` and a password, in base64; then the same behind a letter that is not in Unicode form
/// NFC, so that the service makes a second text of it; then behind a letter in Latin-1.
const BASIC: [&str; 3] = [
    "Basic dXNlcjpRdTFsdDpaZXBoeXItT3JjaGFyZC03Nw==",
    "Basic dXNlcjplzIFRdTFsdDpaZXBoeXItT3JjaGFyZC03Nw==",
    "Basic dXNlcjrx8ulRdTFsdDpaZXBoeXItT3JjaGFyZC03Nw==",
];

/// The beginning of that password, each byte inverted: to ask for it must not put it there.
const INVERTED: [u8; 14] = [174, 138, 206, 147, 139, 197, 165, 154, 143, 151, 134, 141, 210, 176];

const PAGE: usize = 4096;

/// Whether any memory that the process can write holds the password.
fn is_in_memory() -> bool {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    // Wiped, so that what was found once is not found here.
    let mut page = Zeroizing::new(vec![0; PAGE]);
    let writable = maps.lines().filter(|line| line.contains(" rw"));
    let pages = writable.flat_map(|line| {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        (start..end).step_by(PAGE)
    });
    let is_password =
        |bytes: &[u8]| bytes.iter().zip(INVERTED).all(|(byte, inverted)| *byte == !inverted);
    // Some pages can't be read.
    pages.into_iter().any(|place| {
        memory.read_exact_at(&mut page, place).is_ok()
            && page.windows(INVERTED.len()).any(is_password)
    })
}

#[test]
fn nothing_of_a_password_stays_in_memory_once_it_was_checked() {
    for authorization in BASIC {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static(authorization));
        let Ok(Some(Credentials::Basic(basic))) = Credentials::of(&headers) else {
            panic!("no Basic")
        };
        assert!(is_in_memory());
        assert!(!PasswordHash::decoy(HashCost::new(4).unwrap()).matches(basic.password.expose()));
        drop(basic);
        assert!(!is_in_memory());
    }
}
