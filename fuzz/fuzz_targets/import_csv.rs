//! Files of users with comma-separated values. The input is such a file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rollcall_fuzz::files;
use rollcall_user_file::Format;

fuzz_target!(|data: &[u8]| {
    let (users, end) = files::check(data, Format::Csv);
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
    let header = 1;
    let numbers: Vec<_> = users.iter().map(|(number, _)| *number).collect();
    assert_eq!(starts[header..], numbers);
});
