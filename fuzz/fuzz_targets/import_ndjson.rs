//! Files of users with one JSON object a line. The input is such a file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rollcall_fuzz::{files, json::Json};
use rollcall_user_file::Format;
use unicode_normalization::UnicodeNormalization;

const FIELDS: [&str; 7] =
    ["name", "email", "status", "roles", "createTime", "plaintextPassword", "passwordHash"];

fuzz_target!(|data: &[u8]| {
    let (users, end) = files::check(data, Format::Ndjson);
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    if files::is_utf16(data) || text.trim_ascii_start().first() == Some(&b'[') {
        return assert!(users.is_empty() && end.is_some_and(|end| end.starts_with("the file ")));
    }
    assert_eq!(end, None);
    let lines = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data).split(|byte| *byte == b'\n');
    let lines = lines.enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
    let lines: Vec<_> = lines.map(|(index, line)| (index as u64 + 1, line)).collect();
    let numbers: Vec<_> = lines.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, users.iter().map(|(number, _)| *number).collect::<Vec<_>>());
    for ((_, line), (_, user)) in lines.iter().zip(&users) {
        let Ok(user) = user else { continue };
        let json = Json::parse(line).expect("only JSON is taken");
        assert!(json.members(&FIELDS).is_some(), "a field is unknown, or there twice");
        let text = |name| json.get(name).and_then(Json::text);
        let email = user.email.as_ref().map(rollcall_domain::Email::as_str);
        let composed = text("email").map(|email| email.nfc().collect::<String>());
        assert_eq!(composed.as_deref(), email);
        assert_eq!(text("status").unwrap_or("ENABLED"), user.status.as_str());
        assert_eq!(text("createTime"), user.create_time.map(|time| time.to_string()).as_deref());
        assert!(text("plaintextPassword").is_some() != text("passwordHash").is_some());
    }
});
