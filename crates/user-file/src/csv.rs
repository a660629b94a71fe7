//! Comma-separated values with a header.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::{self, Read},
    rc::Rc,
};

use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use crate::{
    BYTE_ORDER_MARK, Line, MAX_RECORD_BYTES, Record, Source,
    formula::{self, MARK},
    record::{FIELDS, SEPARATOR},
    unknown,
};

/// CSV fields are only enclosed by `"`. Other quotation marks would become part of a password.
const OTHER_MARKS: [(char, char); 6] =
    [('\'', '\''), ('`', '`'), ('‘', '’'), ('“', '”'), ('„', '“'), ('«', '»')];

const STRAY_MARK: &str = "quotation mark inside an unquoted field; quote the whole field and \
                          double the mark";

const STRAY_TEXT: &str = "text after a closing quotation mark; double a quotation mark inside a \
                          quoted field";

/// Reads CSV record by record.
pub struct Reader {
    records: csv::Reader<Guard>,
    watch: Rc<Watch>,
    columns: Vec<&'static str>,
    record: ByteRecord,
}

/// The state of reading, shared by the CSV reader and the guard before it.
#[derive(Default)]
struct Watch {
    /// The number of bytes since the last record.
    bytes: Cell<usize>,
    /// The place in a field after these bytes.
    place: Cell<Place>,
    /// Whether the input has ended.
    is_at_end: Cell<bool>,
    /// The bytes from the beginning of the last record on.
    text: RefCell<Vec<u8>>,
    /// The offset of these bytes in the file.
    offset: Cell<usize>,
    /// The number of lines that end before them.
    lines: Cell<u64>,
    /// The byte before them.
    previous: Cell<u8>,
    /// Stray quotation marks, which neither open nor close a field, and text after a closing one:
    /// the offset of the first in each field, with the flaw.
    stray: RefCell<VecDeque<(u64, &'static str)>>,
    /// The number of bytes read.
    length: Cell<u64>,
}

/// The place of a byte in a field.
#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    /// Before the field: only here a quotation mark opens it.
    #[default]
    Start,
    /// In a field without quotation marks.
    Plain,
    /// Between quotation marks.
    Quoted,
    /// After a quotation mark that closes the field, unless another one follows.
    Closed,
    /// After a byte that makes the field ambiguous.
    Stray,
}

impl Place {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Closed,
            (Self::Quoted, _) | (Self::Start | Self::Closed, b'"') => Self::Quoted,
            (_, b',' | b'\r' | b'\n') => Self::Start,
            (Self::Closed | Self::Stray, _) | (Self::Plain, b'"') => Self::Stray,
            _ => Self::Plain,
        }
    }

    /// The flaw, if `byte` makes the field ambiguous.
    fn flaw_of(self, byte: u8) -> Option<&'static str> {
        match self {
            Self::Closed if self.after(byte) == Self::Stray => Some(STRAY_TEXT),
            Self::Plain if byte == b'"' => Some(STRAY_MARK),
            _ => None,
        }
    }
}

/// Ends a record that grows too long because a closing quotation mark is missing.
struct Guard {
    source: Source,
    watch: Rc<Watch>,
    is_beginning: bool,
}

impl Reader {
    /// Reads the header.
    pub(super) fn new(source: Source) -> Result<Self, String> {
        let watch = Rc::new(Watch::default());
        let guard = Guard { source, watch: Rc::clone(&watch), is_beginning: true };
        let mut records = ReaderBuilder::new().flexible(true).from_reader(guard);
        let header = records.byte_headers().map_err(|error| format!("reading: {error}"))?;
        let header: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
        let columns = columns(&header).map_err(|reason| format!("line 1: {reason}"))?;
        if let Some(flaw) = watch.flaw_before(records.position().byte()) {
            return Err(format!("line 1: {flaw}"));
        }
        watch.bytes.set(0);
        Ok(Self { records, watch, columns, record: ByteRecord::new() })
    }

    pub(super) fn next_line(&mut self) -> io::Result<Option<Line>> {
        let has_record = self.records.read_byte_record(&mut self.record).map_err(|error| {
            let line = self.records.position().line();
            io::Error::other(match error.into_kind() {
                csv::ErrorKind::Io(error) => format!("line {line}: {error}"),
                _ => format!("line {line}: invalid CSV"),
            })
        })?;
        self.watch.bytes.set(0);
        if !has_record {
            return Ok(None);
        }
        let number = self.watch.line_at(self.record.position().map_or(0, csv::Position::byte));
        // At the end of the input, a record without an end was cut off.
        let is_open = self.watch.is_at_end.get() && self.watch.place.get() == Place::Quoted;
        let flaw = self.watch.flaw_before(self.records.position().byte());
        let record = if is_open {
            Err("a quotation mark is not closed".to_owned())
        } else if let Some(flaw) = flaw {
            Err(flaw.to_owned())
        } else {
            parse(&self.columns, &self.record)
        };
        Ok(Some(Line { number, record }))
    }
}

impl Watch {
    /// Tracks the bytes that have been read.
    fn see(&self, bytes: &[u8]) {
        let mut place = self.place.get();
        let is_marked = self.length.get() == 0 && bytes.starts_with(BYTE_ORDER_MARK);
        let mark = if is_marked { BYTE_ORDER_MARK.len() } else { 0 };
        for (byte, offset) in bytes.iter().zip(self.length.get()..).skip(mark) {
            if let Some(flaw) = place.flaw_of(*byte) {
                self.stray.borrow_mut().push_back((offset, flaw));
            }
            place = place.after(*byte);
        }
        self.place.set(place);
        self.bytes.set(self.bytes.get() + bytes.len());
        self.length.set(self.length.get() + bytes.len() as u64);
        self.is_at_end.set(bytes.is_empty());
        self.text.borrow_mut().extend_from_slice(bytes);
    }

    /// The flaw of the record that ends before byte `end`. Flaws of earlier records are dropped.
    fn flaw_before(&self, end: u64) -> Option<&'static str> {
        let mut stray = self.stray.borrow_mut();
        let count = stray.iter().take_while(|(offset, _)| *offset < end).count();
        stray.drain(..count).next().map(|(_, flaw)| flaw)
    }

    /// The line number of a record that begins at this byte, or after empty lines there.
    fn line_at(&self, byte: u64) -> u64 {
        let mut text = self.text.borrow_mut();
        let skipped = usize::try_from(byte).unwrap_or(usize::MAX).saturating_sub(self.offset.get());
        let skipped = skipped.min(text.len());
        let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let skipped = skipped + text[skipped..].iter().take_while(is_end).count();
        for byte in text.drain(..skipped) {
            let is_end = byte == b'\r' || (byte == b'\n' && self.previous.get() != b'\r');
            self.lines.set(self.lines.get() + u64::from(is_end));
            self.previous.set(byte);
        }
        self.offset.set(self.offset.get() + skipped);
        self.lines.get() + 1
    }
}

impl Read for Guard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let watch = &self.watch;
        if watch.bytes.get() > MAX_RECORD_BYTES {
            let reason = format!("more than {MAX_RECORD_BYTES} bytes; close all quotation marks");
            return Err(io::Error::other(reason));
        }
        let mut length = self.source.read(buffer)?;
        // A byte order mark is skipped only as a whole.
        while self.is_beginning && (1..=BYTE_ORDER_MARK.len()).contains(&length) {
            match self.source.read(&mut buffer[length..])? {
                0 => break,
                more => length += more,
            }
        }
        self.is_beginning = false;
        watch.see(&buffer[..length]);
        Ok(length)
    }
}

fn columns(header: &[std::borrow::Cow<'_, str>]) -> Result<Vec<&'static str>, String> {
    let mut columns = Vec::with_capacity(header.len());
    for name in header {
        let mut known = FIELDS.into_iter().chain([MARK]);
        let column = known.find(|field| field == name).ok_or_else(|| unknown_column(name))?;
        if columns.contains(&column) {
            return Err(format!("duplicate column {column}"));
        }
        columns.push(column);
    }
    if !columns.contains(&"name") {
        return Err("the header has no column name, which is required".to_owned());
    }
    Ok(columns)
}

/// The error for an unknown column, which may be several columns with another separator.
fn unknown_column(name: &str) -> String {
    let separators = [(';', "semicolons"), ('\t', "tabs")];
    let Some((separator, called)) = separators.into_iter().find(|entry| name.contains(entry.0))
    else {
        return unknown(name);
    };
    let is_known = |part: &str| FIELDS.contains(&part.trim().trim_matches('"'));
    if name.split(separator).any(is_known) {
        format!("columns are separated by {called}; commas are required")
    } else {
        format!("{}; commas separate columns", unknown(name))
    }
}

fn parse(columns: &[&'static str], fields: &ByteRecord) -> Result<Record, String> {
    if fields.len() != columns.len() {
        let is_short = fields.len() < columns.len();
        let has_others =
            is_short && fields.iter().any(|field| field.iter().any(|byte| b";\t".contains(byte)));
        let hint = if has_others { "; commas separate columns" } else { "" };
        let (count, expected) = (fields.len(), columns.len());
        let fields_word = if count == 1 { "field" } else { "fields" };
        return Err(format!("{count} {fields_word}, but the header has {expected}{hint}"));
    }
    let mut record = Map::new();
    let is_guarded = columns.contains(&MARK);
    for (column, bytes) in columns.iter().zip(fields) {
        let text = std::str::from_utf8(bytes).map_err(|_| format!("{column} is not UTF-8"))?;
        let text = if is_guarded { formula::unguarded(column, text) } else { text };
        let value: Value = match (*column, text) {
            (_, "") => continue,
            ("roles", _) => text.split(SEPARATOR).collect(),
            ("plaintextPassword", _) if has_other_marks(text) => {
                return Err(format!(
                    "{column} has marks around it that would be part of it; use double quotation \
                     marks, or NDJSON"
                ));
            }
            _ => text.into(),
        };
        record.insert((*column).to_owned(), value);
    }
    Record::of(record)
}

/// Whether a text is enclosed by quotation marks that CSV does not use.
fn has_other_marks(text: &str) -> bool {
    let is_between = |(open, close): (char, char)| {
        text.strip_prefix(open).is_some_and(|text| text.ends_with(close))
    };
    OTHER_MARKS.into_iter().any(is_between)
}

#[cfg(test)]
mod tests {
    use super::{Reader, Source};
    use std::io::{self, Read};

    /// An input that arrives byte by byte, as from a slow pipe.
    struct Bytes(&'static [u8]);

    impl Read for Bytes {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    fn numbers(input: impl Read + 'static) -> Vec<u64> {
        let mut reader = Reader::new(Source::new(input, None)).unwrap();
        std::iter::from_fn(|| reader.next_line().unwrap()).map(|line| line.number).collect()
    }

    #[test]
    fn skips_a_byte_order_mark_that_arrives_in_pieces() {
        assert_eq!(numbers(Bytes(b"\xef\xbb\xbfname\nbob\n")), [2]);
        assert_eq!(numbers(Bytes(b"name")), [0; 0]);
    }

    #[test]
    fn counts_the_line_ends_of_all_systems() {
        for text in ["name\na\n\nb\n\"c\nd\"\ne", "name\ra\r\rb\r\"c\rd\"\re"] {
            assert_eq!(numbers(text.as_bytes()), [2, 4, 5, 7], "{text:?}");
            assert_eq!(numbers(Bytes(text.as_bytes())), [2, 4, 5, 7], "{text:?}");
        }
        let text = b"name\r\na\r\n\r\nb\r\n\"c\r\nd\"\r\ne";
        assert_eq!(numbers(&text[..]), [2, 4, 5, 7]);
        assert_eq!(numbers(Bytes(text)), [2, 4, 5, 7]);
    }
}
