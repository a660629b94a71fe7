//! User files: properties that hold for every file that is read.

use std::io::{self, Read};

use jiff::Timestamp;
use rollcall_domain::{Account, HashCost, NewUser, PasswordHash, UserId};
use rollcall_user_file::{Format, Reader, Record, Source, Writer};

use crate::SECRET;

/// A line number, and its user or error.
pub type Outcome = (u64, Result<NewUser, String>);

/// The hash of some password.
const HASH: &str = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

/// A file that is read `length` bytes at a time.
struct Pieces {
    bytes: Vec<u8>,
    begin: usize,
    length: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.begin..];
        let length = self.length.min(rest.len()).min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.begin += length;
        Ok(length)
    }
}

/// Reads a file in pieces of several sizes, and writes its users in both formats.
///
/// # Panics
/// When a property does not hold.
#[must_use]
pub fn check(data: &[u8], format: Format) -> (Vec<Outcome>, Option<String>) {
    let (lines, end) = read(data, format, usize::MAX);
    for length in [1, 7] {
        let (again, other_end) = read(data, format, length);
        assert_eq!(other_end, end);
        assert_eq!(again.len(), lines.len());
        for ((number, user), (other_number, other)) in lines.iter().zip(&again) {
            assert_eq!(number, other_number);
            match (user, other) {
                (Ok(user), Ok(other)) => is_same(user, other),
                (user, other) => assert_eq!(user.as_ref().err(), other.as_ref().err()),
            }
        }
    }
    let numbers: Vec<_> = lines.iter().map(|(number, _)| *number).collect();
    assert!(numbers.is_sorted_by(|left, right| left < right), "{numbers:?}");
    let ends = data.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
    assert!(numbers.iter().all(|number| (1..=ends + 1).contains(number)), "{numbers:?}");
    let flaws = lines.iter().filter_map(|(_, user)| user.as_ref().err()).chain(&end);
    for flaw in flaws {
        assert!(!flaw.is_empty() && !flaw.contains(SECRET), "{flaw}");
    }
    let users: Vec<_> = lines.iter().filter_map(|(_, user)| user.as_ref().ok()).collect();
    for format in [Format::Ndjson, Format::Csv] {
        is_the_same_again(&users, format);
    }
    is_the_same_without_guards(&users);
    (lines, end)
}

/// Whether a file begins as one in UTF-16 does: with a byte order mark, or a letter of it.
#[must_use]
pub fn is_utf16(data: &[u8]) -> bool {
    let has_mark = [[0xfe, 0xff], [0xff, 0xfe]].iter().any(|mark| data.starts_with(mark));
    has_mark || data.len() > 1 && data[..2].contains(&0)
}

/// The lines of a file, and the error that ends it early.
fn read(data: &[u8], format: Format, length: usize) -> (Vec<Outcome>, Option<String>) {
    let pieces = Pieces { bytes: data.to_owned(), begin: 0, length };
    let mut lines = Vec::new();
    let mut reader = match Reader::new(Source::new(pieces, None), format) {
        Ok(reader) => reader,
        Err(reason) => return (lines, Some(reason)),
    };
    loop {
        match reader.next_line() {
            Ok(Some(line)) => lines.push((line.number, line.record.and_then(user))),
            Ok(None) => return (lines, None),
            Err(error) => {
                let reason = error.to_string();
                assert!(reason.starts_with("line "), "{reason}");
                return (lines, Some(reason));
            }
        }
    }
}

fn user(record: Record) -> Result<NewUser, String> {
    let user = record.parse()?;
    // A real hash of a password takes too long here.
    let decoy = PasswordHash::decoy(HashCost::new(4).map_err(|error| error.to_string())?);
    let hash = user.password.hash().cloned().unwrap_or(decoy);
    Ok(user.with_password(hash))
}

/// Checks that exported users are imported unchanged.
fn is_the_same_again(users: &[&NewUser], format: Format) {
    let mut writer = Writer::new(Vec::new(), format, true).expect("memory");
    for user in users {
        writer.write((*user).clone()).expect("memory");
    }
    let written = writer.finish().expect("memory");
    let (lines, end) = read(&written, format, usize::MAX);
    assert_eq!((lines.len(), end), (users.len(), None));
    for (user, (_, again)) in users.iter().zip(&lines) {
        let again = again.as_ref().expect("what was written is taken");
        assert_eq!(again.differences(&account(user)), None);
        assert_eq!(again.create_time, user.create_time);
    }
}

/// Users who are exported without hashes are imported as the same users with some.
fn is_the_same_without_guards(users: &[&NewUser]) {
    let mut writer = Writer::new(Vec::new(), Format::Csv, false).expect("memory");
    for user in users {
        writer.write((*user).clone()).expect("memory");
    }
    let written = String::from_utf8(writer.finish().expect("memory")).expect("UTF-8");
    let with_hash = |(at, line): (usize, &str)| {
        let value = if at == 0 { "passwordHash" } else { HASH };
        format!("{line},{value}\n")
    };
    // No field holds the end of a line.
    let written: String = written.lines().enumerate().map(with_hash).collect();
    let (lines, end) = read(written.as_bytes(), Format::Csv, usize::MAX);
    assert_eq!((lines.len(), end), (users.len(), None));
    for (user, (_, again)) in users.iter().zip(&lines) {
        let again = again.as_ref().expect("what was written is taken");
        let mut expected = account(user);
        expected.password_hash = again.password.clone();
        assert_eq!(again.differences(&expected), None);
        assert!(again.name.as_str() == user.name.as_str() && again.email == user.email);
    }
}

fn account(user: &NewUser) -> Account {
    user.clone().into_account(UserId(1), Timestamp::UNIX_EPOCH)
}

fn is_same(user: &NewUser, other: &NewUser) {
    assert_eq!(user.differences(&account(other)), None);
    assert_eq!(user.create_time, other.create_time);
}
