//! Files of users with comma-separated values. The input is such a file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rollcall_domain::RoleName;
use rollcall_fuzz::files;
use rollcall_user_file::Format;
use unicode_normalization::UnicodeNormalization;

fuzz_target!(|data: &[u8]| {
    let (users, end) = files::check(data, Format::Csv);
    let is_utf16 = files::is_utf16(data);
    assert_eq!(end.as_ref().is_some_and(|end| end.starts_with("the file ")), is_utf16, "{end:?}");
    // Without quotation marks, a record is a line.
    if end.is_some() || data.contains(&b'"') {
        return;
    }
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let (mut line, mut starts, mut is_empty) = (1, Vec::new(), true);
    for (index, byte) in data.iter().enumerate() {
        match byte {
            b'\n' | b'\r' => is_empty = true,
            _ if is_empty => {
                is_empty = false;
                starts.push(line);
            }
            _ => {}
        }
        let is_second = *byte == b'\n' && data[..index].ends_with(b"\r");
        line += u64::from(matches!(byte, b'\n' | b'\r') && !is_second);
    }
    let numbers: Vec<_> = users.iter().map(|(number, _)| *number).collect();
    assert_eq!(starts[1..], numbers);

    let lines = data.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty());
    let mut lines = lines.map(|line| line.split(|byte| *byte == b',').collect::<Vec<_>>());
    let columns = lines.next().unwrap_or_default();
    for (fields, (_, user)) in lines.zip(&users) {
        let Ok(user) = user else { continue };
        let field = |name: &str| columns.iter().position(|column| *column == name.as_bytes());
        let is_guarded = field("guarded").is_some();
        let value = |name: &str| {
            let text = fields[field(name)?];
            let is_secret = name.contains("assword");
            let guarded = text.strip_prefix(b"'").filter(|_| is_guarded && !is_secret);
            Some(guarded.unwrap_or(text))
        };
        let text = |name| value(name).filter(|text| !text.is_empty());
        assert_eq!(fields.len(), columns.len());
        let email =
            text("email").map(|email| String::from_utf8_lossy(email).nfc().collect::<String>());
        assert_eq!(email.as_deref(), user.email.as_ref().map(rollcall_domain::Email::as_str));
        assert_eq!(text("status").unwrap_or(b"ENABLED"), user.status.as_str().as_bytes());
        let roles: Vec<_> = user.roles.iter().map(RoleName::as_str).collect();
        let mut names: Vec<_> =
            text("roles").map_or(vec![], |names| names.split(|byte| *byte == b';').collect());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names, roles.iter().map(|role| role.as_bytes()).collect::<Vec<_>>());
        assert!(text("plaintextPassword").is_some() != text("passwordHash").is_some());
    }
});
